"""Evaluation of a set of digits against MNIST, in pixels and in a small classifier's features.

Feature distances are comparable only if the classifier is the same. The floor, measured on as many
real digits, is the smallest value to expect.
"""

import contextlib
import io
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..array_types import Grey
from ..data import ImageData
from ..errors import DiffvizError
from ..files.atomic import write_atomically
from ..files.cache import cache_folder
from ..files.reading import read_bounded
from ..machine.blas import one_thread
from ..models.digit_classifier import FeatureClassifier
from ..noise import philox
from ..pictures import from_grey
from ..sampling.denoiser import Labels
from .metrics import CONFIDENT, FrechetDistance, Gaussian, bootstrap, class_counts, entropy_share
from .neighbours import coverage, mean_pairwise_distances, nearest_images
from .report import (
    Asked,
    Classes,
    Confidence,
    Cost,
    Diversity,
    EvalReport,
    Frechet,
    Memorisation,
    NearestPair,
    Neighbours,
)

K = 3
COVERAGE_SIZE, DIVERSITY_SIZE = 5000, 5000  # caps: these two cost n squared
FLOOR_SETS = 8
PAIRS = 8
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Progress:
    """Work under way: ``done`` of ``total`` images."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, eq=False)
class RealDigits:
    """Features and distances of the real digits; computed once, used for any number of sets."""

    train: ImageData
    test: ImageData
    train_features: NDArray[Any]
    test_features: NDArray[Any]
    test_probabilities: NDArray[Any]
    test_nearest: NDArray[np.float64]
    """Each test digit's distance to the nearest training digit; empty if it wasn't measured."""


def measure_real(
    train: ImageData,
    test: ImageData,
    classifier: FeatureClassifier,
    threads: int = 1,
    *,
    memorisation: bool = True,
) -> Iterator[Progress | RealDigits]:
    """Measure the real digits; the last record is the result.

    The distances from test to training digits, which only ``memorisation`` needs, are cached for
    the user. ``threads`` is the number of CPU threads.
    """
    train_features, _ = yield from classified("training digits", train.images, classifier)
    features, probabilities = yield from classified("test digits", test.images, classifier)
    nearest = np.zeros(0)
    if memorisation:
        nearest = yield from _test_nearest(train, test, threads)
    yield RealDigits(train, test, train_features, features, probabilities, nearest)


def evaluate(
    images: Grey,
    real: RealDigits,
    classifier: FeatureClassifier,
    source: dict[str, Any],
    cost: Cost | None = None,
    threads: int = 1,
    labels: Labels | None = None,
) -> Iterator[Progress | EvalReport]:
    """Measure ``images`` (uint8 ``[n, 28, 28]``, n at least 100); the last record is the result.

    ``labels`` are the digits that were asked for, ``[n]``.
    """
    n = len(images)
    features, probabilities = yield from classified("samples", images, classifier)
    distances, indices = yield from _nearest("nearest training digits", images, real.train, threads)
    yield Progress("statistics", 0, n)
    yield EvalReport(
        n=n,
        source=source,
        frechet=frechet(features, real),
        confidence=confidence(probabilities, real),
        classes=_classes(probabilities, real),
        neighbours=neighbours(features, real, threads),
        diversity=_diversity(images, real, threads),
        memorisation=_memorisation(distances, indices, real),
        cost=cost,
        real={
            "train": len(real.train),
            "train_md5": real.train.md5,
            "test": len(real.test),
            "test_md5": real.test.md5,
            "classifier_sha256": classifier.sha256,
        },
        asked=None if labels is None else asked_for(probabilities, labels, real),
    )


def pick(label: str, total: int, n: int) -> NDArray[np.int64]:
    """Return ``n`` different indices below ``total``, always the same, in random order."""
    return philox(0, f"eval-{label}", 0).permutation(total)[:n]


@one_thread()  # more wait for each other over matrices as small as these
def frechet(features: NDArray[Any], real: RealDigits) -> Frechet:
    """Return the distance of ``features`` ``[n, 84]`` to the test digits, and the floor."""
    distance = FrechetDistance(Gaussian.fit(real.test_features))
    to_test = bootstrap(
        lambda rows: distance.to(Gaussian.fit(features[rows])), len(features), replicates=100
    )
    n = min(len(features), len(real.train_features))
    order = pick("floor", len(real.train_features), len(real.train_features))
    sets = min(FLOOR_SETS, len(order) // n)
    floors = [
        distance.to(Gaussian.fit(real.train_features[order[i * n : (i + 1) * n]]))
        for i in range(sets)
    ]
    floor = float(np.mean(floors))
    ratio = to_test.value / floor if floor > 0 else float("inf")
    return Frechet(to_test, floor, min(floors), max(floors), sets, ratio)


def confidence(probabilities: NDArray[Any], real: RealDigits) -> Confidence:
    """Return how sure the classifier is of samples with ``probabilities`` ``[n, 10]``."""
    best, real_best = probabilities.max(axis=1), real.test_probabilities.max(axis=1)
    sure = best > CONFIDENT
    unit = (0.0, 1.0)
    return Confidence(
        bootstrap(lambda rows: float(sure[rows].mean()), len(sure), bounds=unit),
        bootstrap(lambda rows: float(best[rows].mean(dtype=float)), len(best), bounds=unit),
        float((real_best > CONFIDENT).mean()),
        float(real_best.mean(dtype=float)),
    )


def _classes(probabilities: NDArray[Any], real: RealDigits) -> Classes:
    labels = probabilities.argmax(axis=1)
    return Classes(
        tuple(class_counts(labels).tolist()),
        bootstrap(
            lambda rows: entropy_share(class_counts(labels[rows])), len(labels), bounds=(0.0, 1.0)
        ),
        entropy_share(class_counts(real.test_probabilities.argmax(axis=1))),
    )


def asked_for(probabilities: NDArray[Any], labels: Labels, real: RealDigits) -> Asked:
    """Return how many samples are of their ``labels`` ``[n]``."""
    right = probabilities.argmax(axis=1) == labels
    real_right = real.test_probabilities.argmax(axis=1) == real.test.labels
    share = bootstrap(lambda rows: float(right[rows].mean()), len(right), bounds=(0.0, 1.0))
    return Asked(share, float(real_right.mean()))


def neighbours(features: NDArray[Any], real: RealDigits, threads: int) -> Neighbours:
    """Return precision and recall of samples with ``features`` ``[n, 84]``."""
    size = min(len(features), len(real.test_features), len(real.train_features), COVERAGE_SIZE)
    test = real.test_features[pick("coverage-test", len(real.test_features), size)]
    train = real.train_features[pick("coverage-train", len(real.train_features), size)]
    inside, reached = coverage(test, features[pick("coverage", len(features), size)], K, threads)
    real_inside, real_reached = coverage(test, train, K, threads)
    return Neighbours(
        K,
        size,
        bootstrap(lambda rows: float(inside[rows].mean()), size, bounds=(0.0, 1.0)),
        bootstrap(lambda rows: float(reached[rows].mean()), size, bounds=(0.0, 1.0)),
        float(real_inside.mean()),
        float(real_reached.mean()),
    )


def _diversity(images: Grey, real: RealDigits, threads: int) -> Diversity:
    size = min(len(images), len(real.test), DIVERSITY_SIZE)
    means = mean_pairwise_distances(images[pick("diversity", len(images), size)], threads)
    chosen = pick("diversity-test", len(real.test), size)
    real_means = mean_pairwise_distances(real.test.images[chosen], threads)
    mean = float(means.mean())
    # Each picture stands in a pair's first and second place, so it moves the mean twice as much
    # as its own row does (Hoeffding 1948: a U-statistic of degree 2).
    estimate = bootstrap(lambda rows: mean + 2 * float(means[rows].mean() - mean), size)
    return Diversity(size, estimate, float(real_means.mean()))


def _memorisation(
    distances: NDArray[np.float64], indices: NDArray[np.int64], real: RealDigits
) -> Memorisation:
    real_median = float(np.median(real.test_nearest))
    threshold = float(np.percentile(real.test_nearest, 1))
    below, n = distances < threshold, len(distances)
    nearest = np.argsort(distances, kind="stable")[:PAIRS]
    return Memorisation(
        median=float(np.median(distances)),
        real_median=real_median,
        ratio=bootstrap(lambda rows: float(np.median(distances[rows]) / real_median), n),
        real_percentile_1=threshold,
        share_below=bootstrap(lambda rows: float(below[rows].mean()), n, bounds=(0.0, 1.0)),
        nearest=tuple(
            NearestPair(int(i), int(indices[i]), round(float(distances[i]), 4)) for i in nearest
        ),
    )


def classified(
    stage: str, images: Grey, classifier: FeatureClassifier
) -> Generator[Progress, None, tuple[NDArray[Any], NDArray[Any]]]:
    """Yield the progress; return features ``[n, 84]`` and probabilities ``[n, 10]``."""
    parts = []
    for start in range(0, len(images), _CHUNK):
        yield Progress(stage, start, len(images))
        chunk = from_grey(images[start : start + _CHUNK])
        parts.append(classifier.features_and_probabilities(chunk))
    yield Progress(stage, len(images), len(images))
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def _nearest(
    stage: str, images: Grey, others: ImageData, threads: int
) -> Generator[Progress, None, tuple[NDArray[Any], NDArray[Any]]]:
    parts, done = [], 0
    yield Progress(stage, 0, len(images))
    for part in nearest_images(images, others.images, threads=threads):
        parts.append(part)
        done += len(part[0])
        yield Progress(stage, done, len(images))
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def _test_nearest(
    train: ImageData, test: ImageData, threads: int
) -> Generator[Progress, None, NDArray[Any]]:
    path = cache_folder("real") / f"nearest-{train.md5[:16]}-{test.md5[:16]}.npy"
    cached = _load_distances(path, len(test))
    if cached is not None:
        return cached
    distances, _ = yield from _nearest("test digits' nearest", test.images, train, threads)
    buffer = io.BytesIO()
    np.save(buffer, distances)
    with contextlib.suppress(DiffvizError):  # it only saves time
        write_atomically(path, buffer.getvalue())
    return distances


def _load_distances(path: Path, n: int) -> NDArray[np.float64] | None:
    try:
        content = read_bounded(path, 8 * n + 1000)
        distances = np.load(io.BytesIO(content), allow_pickle=False)
    except Exception:  # absent, or damaged in one of numpy's many ways
        return None
    good = isinstance(distances, np.ndarray) and distances.shape == (n,)
    return distances if good and distances.dtype == np.float64 else None
