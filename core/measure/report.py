"""The result of an evaluation, as records and as JSON."""

from dataclasses import asdict, dataclass
from typing import Any

from .metrics import Estimate

SCHEMA = "diffviz-eval/1"


@dataclass(frozen=True, slots=True)
class Frechet:
    """Squared Fréchet distance between Gaussians fitted to classifier features."""

    to_test: Estimate
    """Samples against the test set."""
    floor: float
    """As many training digits against the test set: mean over ``floor_sets`` disjoint sets."""
    floor_low: float
    floor_high: float
    """Lowest and highest of these."""
    floor_sets: int
    ratio: float
    """``to_test / floor``."""


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure the classifier is of the samples, and of the test set (``real_``)."""

    share_sure: Estimate
    """Share of samples whose best class has a probability above 0.9."""
    mean_best: Estimate
    """Mean probability of the best class."""
    real_share_sure: float
    real_mean_best: float


@dataclass(frozen=True, slots=True)
class Classes:
    """Which digits the classifier sees."""

    counts: tuple[int, ...]
    entropy: Estimate
    """As a share of the uniform distribution's."""
    real_entropy: float


@dataclass(frozen=True, slots=True)
class Asked:
    """Whether the samples are of the classes that were asked for."""

    share: Estimate
    """Share of samples whose best class is the one asked for."""
    real_share: float
    """Share of test digits whose best class is their label."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """k-NN precision and recall in feature space, on sets of ``size`` samples and test digits."""

    k: int
    size: int
    precision: Estimate
    recall: Estimate
    real_precision: float
    real_recall: float
    """Of as many training digits in the samples' place."""


@dataclass(frozen=True, slots=True)
class Diversity:
    """Mean L2 distance between two different pictures (ink 0 … 1), over ``size`` of them."""

    size: int
    pairwise: Estimate
    real_pairwise: float
    """Of as many test digits."""


@dataclass(frozen=True, slots=True)
class NearestPair:
    """A sample, counted from 0, and the training digit nearest to it."""

    sample: int
    train: int
    distance: float


@dataclass(frozen=True, slots=True)
class Memorisation:
    """L2 distance (ink 0 … 1) to the nearest training digit, compared with the test digits'."""

    median: float
    real_median: float
    ratio: Estimate
    """``median / real_median``: well below 1 where training digits are repeated."""
    real_percentile_1: float
    """1% of the test digits are nearer to a training digit than this."""
    share_below: Estimate
    """Share of samples nearer than that."""
    nearest: tuple[NearestPair, ...]
    """The nearest pairs, nearest first."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What sampling took."""

    seconds: float
    evaluations_per_digit: int
    network_evaluations: int


@dataclass(frozen=True, slots=True)
class AccuracyScore:
    """Accuracy on the test digits of a LeNet that was trained on ``n`` digits."""

    n: int
    samples: Estimate
    """Trained on samples with the labels they were asked for."""
    real: Estimate
    """Trained on training digits with their labels."""


@dataclass(frozen=True, slots=True)
class EvalReport:
    """All that ``diffviz eval`` measures on a set of ``n`` digits.

    Every :class:`~.metrics.Estimate` has a 95% interval.
    """

    n: int
    source: dict[str, Any]
    """How the samples were made, or the file they came from."""
    frechet: Frechet
    confidence: Confidence
    classes: Classes
    neighbours: Neighbours
    diversity: Diversity
    memorisation: Memorisation
    cost: Cost | None
    """None for samples from a file."""
    real: dict[str, Any]
    """The real digits and the classifier compared with: sizes, md5s, hash."""
    asked: Asked | None = None
    """None for samples without labels."""
    accuracy_score: AccuracyScore | None = None
    """None unless a classifier was trained on the samples."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values: ``schema`` and the fields above under their own names.

        An estimate is ``{"value", "low", "high"}``; tuples are lists. A field may be added
        within a schema, never changed; ``asked`` and ``accuracy_score`` are left out where they
        are None.
        """
        values = {"schema": SCHEMA} | asdict(self)
        for name in ("asked", "accuracy_score"):
            if values[name] is None:
                del values[name]
        return values
