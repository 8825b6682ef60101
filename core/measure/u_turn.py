"""How often the class of a picture stays when it goes to x_t and back (the U-turn).

Sclocchi, Favero & Wyart 2024 ("A phase transition in diffusion models reveals the hierarchical
nature of data") found that the class flips at a sharp time. For a network that has learnt its
data exactly, and pictures of these data, the picture is one of the ways back from its own x_t: its
class then stays as often as two branches of an x_t agree, which ``phase_measurement`` measures.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..array_types import Array
from ..models.digit_classifier import DigitClassifier
from ..names import SEEDS
from ..noise import NoiseStream
from ..pipeline import Pipeline
from ..sampling import Given, SamplingSpec
from .metrics import Estimate
from .phase_measurement import PhaseProgress, crossing
from .phase_record import MeasuredPhases

SCHEMA = "diffviz-uturn/1"
HALF = 0.5
_Z = 1.959963984540054  # of a 95% interval
_BATCH = 64


@dataclass(frozen=True, slots=True)
class UTurns:
    """How often the class stays over t, with everything it depends on."""

    weights: str
    set: str
    pictures: str
    """The picture file, or the name of the data set."""
    count: int
    """Number of pictures."""
    repeats: int
    """Ways back of each picture at each timestep."""
    first_seed: int
    spec: dict[str, Any]
    timesteps: tuple[int, ...]
    """Falling."""
    stays: tuple[Estimate, ...]
    """How often the class stays at each timestep, with a 95% interval."""
    became: tuple[tuple[int, ...], ...]
    """How many ways back ended as each digit 0 … 9, at each timestep."""
    was: tuple[int, ...]
    """How many pictures are each digit 0 … 9 to the classifier."""
    half: Estimate
    """The timestep above which the class stays less than half of the time."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values: ``schema`` and the fields under their own names."""
        return {"schema": SCHEMA} | asdict(self)


@dataclass(frozen=True, slots=True)
class BranchCurve:
    """The agreement of two branches of one x_t at the timesteps of U-turns."""

    agreement: tuple[Estimate, ...]
    half: Estimate
    """The timestep above which two branches agree less than half of the time."""
    source: str
    """How it was measured, in words."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values: the fields under their own names."""
        return asdict(self)


def u_turn_timesteps(points: int) -> list[int]:
    """Return ``points`` timesteps, evenly spaced and falling from 1000 to 1."""
    return [int(t) for t in np.rint(np.linspace(1000, 1, points))]


def measure_u_turns(
    pipeline: Pipeline,
    classifier: DigitClassifier,
    images: Array,
    name: str,
    *,
    spec: SamplingSpec,
    timesteps: Sequence[int],
    repeats: int = 1,
    first_seed: int = 0,
) -> Iterator[PhaseProgress | UTurns]:
    """Send ``images`` ``[n, 28, 28]`` to each timestep and back; yield the result last.

    Way ``r`` of picture ``i`` has the noise of seed ``first_seed + i * repeats + r``. ``name`` says
    what the pictures are.

    Raises:
        ValueError: if there is no picture, timestep or repeat.
        DiffvizError: if sampling fails.
    """
    n = len(images)
    if min(n, repeats, len(timesteps)) < 1:
        raise ValueError("U-turns need at least one picture, one timestep and one repeat")
    was = classifier.probabilities(images).argmax(axis=1)
    ways = [(i, (first_seed + i * repeats + r) % SEEDS) for i in range(n) for r in range(repeats)]
    stayed, became = np.zeros((len(timesteps), n)), np.zeros((len(timesteps), 10), np.int64)
    done, total = 0, len(ways) * sum(timesteps) * spec.total // 1000
    # late timesteps first: they are cheap, so the time left is rather overestimated
    for point in reversed(range(len(timesteps))):
        for first in range(0, len(ways), _BATCH):
            part = ways[first : first + _BATCH]
            rows = np.array([row for row, _ in part])
            streams = [NoiseStream(seed) for _, seed in part]
            given, last = Given(images[rows], timesteps[point]), None
            for last in pipeline.sample(streams, **spec.keywords, given=given):
                done += len(part) * (last.t > 0)
                yield PhaseProgress(done, max(done, total))
            assert last is not None
            classes = classifier.probabilities(last.x_t.clip(-1.0, 1.0)).argmax(axis=1)
            became[point] += np.bincount(classes, minlength=10)
            np.add.at(stayed[point], rows, (classes == was[rows]) / repeats)
    # ways back of one picture aren't independent: pictures count, where there are several
    units = n if n > 1 else repeats
    stays = tuple(wilson(float(share), units) for share in stayed.mean(axis=1))
    yield UTurns(
        weights=pipeline.weights.name,
        set=pipeline.weights.set,
        pictures=name,
        count=n,
        repeats=repeats,
        first_seed=first_seed,
        spec=spec.resolved().to_json(),
        timesteps=tuple(timesteps),
        stays=stays,
        became=tuple(tuple(row) for row in became.tolist()),
        was=tuple(np.bincount(was, minlength=10).tolist()),
        half=half_of(timesteps, stays),
    )


def wilson(share: float, n: int) -> Estimate:
    """Return a share of ``n`` independent trials and its 95% interval (Wilson 1927)."""
    z2 = _Z**2 / n
    middle = (share + z2 / 2) / (1 + z2)
    margin = _Z / (1 + z2) * (share * (1 - share) / n + z2 / (4 * n)) ** 0.5
    return Estimate(share, max(0.0, middle - margin), min(1.0, middle + margin))


def half_of(timesteps: Sequence[int], curve: Sequence[Estimate]) -> Estimate:
    """Return the timestep where a curve over falling t reaches one half.

    The ends of its interval are where the ends of the curve's intervals do.
    """
    t = np.append(np.array(timesteps, float), 0.0)

    def reached(values: list[float]) -> float:
        return crossing(t, np.array([*values, 1.0]), HALF)

    lower, upper = reached([e.low for e in curve]), reached([e.high for e in curve])
    return Estimate(reached([e.value for e in curve]), lower, upper)


def branch_curve(phases: MeasuredPhases, timesteps: Sequence[int]) -> BranchCurve:
    """Return the agreement of branches that ``phases`` measured, read off at ``timesteps``."""

    def read_off(values: list[float]) -> NDArray[np.float64]:
        known = np.array([*phases.timesteps, 0], float)[::-1]
        return np.interp(np.array(timesteps, float), known, np.array([*values, 1.0])[::-1])

    parts = ([getattr(e, k) for e in phases.agreement] for k in ("value", "low", "high"))
    rows = zip(*map(read_off, parts), strict=True)
    return BranchCurve(
        tuple(Estimate(*map(float, row)) for row in rows),
        half_of(phases.timesteps, phases.agreement),
        f"{phases.sampler} {phases.steps} steps, {phases.seeds} seeds, {phases.children} branches",
    )


def outside(turns: UTurns, branches: BranchCurve) -> list[int]:
    """Return the timesteps at which the intervals of both curves don't meet."""
    pairs = zip(turns.timesteps, turns.stays, branches.agreement, strict=True)
    return [t for t, a, b in pairs if a.low > b.high or b.low > a.high]
