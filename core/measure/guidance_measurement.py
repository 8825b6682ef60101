"""What guidance does to digits: accuracy, distance, precision and recall."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..errors import DiffvizError
from ..models.digit_classifier import FeatureClassifier
from ..names import ALL_LABELS
from ..pipeline import Pipeline
from ..samples.files import DIGITS
from ..samples.sets import sample_digits, source_of
from ..sampling import SamplingSpec
from ..sampling.labels import labels_of
from ..sampling.samplers import evaluations
from .evaluate import (
    Progress,
    RealDigits,
    asked_for,
    classified,
    confidence,
    frechet,
    neighbours,
)
from .guidance_record import Guidance, GuidancePoint, GuidanceReport, RealFigures


def check_classes(classes: Sequence[str]) -> None:
    """Check that weights draw digits, which the classifier can judge.

    Raises:
        DiffvizError: if they have no labels, or others.
    """
    if tuple(classes) != tuple(DIGITS):
        has = f"have the labels {', '.join(classes)}" if classes else "were trained without labels"
        raise DiffvizError(
            f"these weights {has}: the effect of guidance is judged by a classifier of digits, so "
            "choose weights trained on MNIST with --labels"
        )


def with_guidance(spec: SamplingSpec, guidance: Guidance) -> SamplingSpec:
    """Return ``spec`` for one digit of each class, with this guidance."""
    if not guidance.weight:
        guidance = Guidance(0.0)  # wherever nothing is added, the digits are the same
    return replace(
        spec,
        label=ALL_LABELS[0],
        guidance=guidance.weight,
        guidance_from=guidance.start,
        guidance_until=guidance.until,
    )


def measure_guidance(
    pipeline: Pipeline,
    classifier: FeatureClassifier,
    real: RealDigits,
    spec: SamplingSpec,
    guidances: Sequence[Guidance],
    seeds: range,
    *,
    batch: int = 32,
    threads: int = 1,
) -> Iterator[Progress | GuidanceReport]:
    """Measure every guidance on the digits of ``seeds``; a report follows each point.

    Digits are kept in the user's cache, so a measurement that was stopped goes on where it was.

    Raises:
        DiffvizError: if the weights have no labels 0 to 9, or the sampler or guidance can't be.
    """
    classes = pipeline.weights.classes
    check_classes(classes)
    labels = labels_of(seeds, ALL_LABELS[0], classes)
    facts = source_of(pipeline, with_guidance(spec, Guidance(0.0))).to_json()
    for name in ("label", "guidance", "guidance_from", "guidance_until"):
        del facts[name]
    points: list[GuidancePoint] = []
    for number, guidance in enumerate(guidances, 1):
        source = source_of(pipeline, with_guidance(spec, guidance))
        stage, sampled = f"guidance {number} of {len(guidances)}", None
        for sampled in sample_digits(pipeline, source, seeds, batch=batch):
            yield Progress(stage, int(sampled.done), sampled.total)
        assert sampled is not None
        features, probabilities = yield from classified("classified", sampled.images, classifier)
        distance, sure = frechet(features, real), confidence(probabilities, real)
        asked, near = asked_for(probabilities, labels, real), neighbours(features, real, threads)
        points.append(
            GuidancePoint(
                guidance,
                asked.share,
                distance.to_test,
                sure.share_sure,
                near.precision,
                near.recall,
                evaluations(source.spec),
                round(sampled.seconds, 3),
            )
        )
        of_real = RealFigures(
            asked.real_share,
            distance.floor,
            sure.real_share_sure,
            near.real_precision,
            near.real_recall,
        )
        yield GuidanceReport(len(seeds), seeds.start, facts, tuple(points), len(guidances), of_real)
