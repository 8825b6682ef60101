"""A diffusion model as a classifier: which label explains a picture best (Li et al. 2023).

Noise is added to a picture; the label with which the network predicts that noise best is the
answer. All labels are given the same noise.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..array_types import Grey
from ..noise import BatchNoise
from ..pictures import from_grey
from ..pipeline import Pipeline
from ..sampling.denoiser import Labels
from ..schedule import Schedule
from .evaluate import Progress
from .metrics import Estimate, bootstrap

SCHEMA = "diffviz-diffusion-classifier/1"


@dataclass(frozen=True, slots=True)
class DiffusionClassified:
    """How many pictures got their own label as the best explanation."""

    n: int
    timesteps: tuple[int, ...]
    """Where noise was added, falling."""
    accuracy: Estimate
    """With the errors of all timesteps added up."""
    by_timestep: tuple[Estimate, ...]
    """With the error of each timestep alone."""
    confusion: tuple[tuple[int, ...], ...]
    """Pictures by their own label (row) and the best explanation (column)."""
    source: dict[str, Any]
    """The weights."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values: ``schema`` and the fields above under their own names."""
        return {"schema": SCHEMA} | asdict(self)


def timesteps_of(points: int) -> list[int]:
    """Return ``points`` timesteps, falling, each in the middle of an equal part of T … 0."""
    T = Schedule().num_train_timesteps
    return [round(T - (i + 0.5) * T / points) for i in range(points)]


def classify_by_diffusion(
    pipeline: Pipeline,
    images: Grey,
    labels: Labels,
    timesteps: Sequence[int],
    *,
    batch: int = 32,
) -> Iterator[Progress | DiffusionClassified]:
    """Classify ``images`` ``[n, 28, 28]`` and compare with ``labels`` ``[n]``.

    The last record is the result. A picture takes an evaluation a timestep and class. Picture
    ``i`` is given the noise of seed ``i``.
    """
    classes = len(pipeline.weights.classes)
    errors = np.zeros((len(timesteps), len(images), classes))
    done, total = 0, len(images) * len(timesteps) * classes
    for first in range(0, len(images), batch):
        rows = range(first, min(first + batch, len(images)))
        x_0 = from_grey(images[rows.start : rows.stop])
        noise = BatchNoise.from_seeds(list(rows))
        for place, t in enumerate(timesteps):
            eps = noise.draw(place)
            alpha_bar = np.float32(Schedule().alpha_bar(t))
            x_t = np.sqrt(alpha_bar) * x_0 + np.sqrt(1 - alpha_bar) * eps
            for label in range(classes):
                given = np.full(len(rows), label, np.int64)
                gap = pipeline.denoiser(x_t, t, given) - eps
                mean = np.square(gap, dtype=np.float64).mean(axis=(1, 2))
                errors[place, rows.start : rows.stop, label] = mean
                done += len(rows)
            yield Progress("network evaluations", done, total)
    weights = pipeline.weights
    source = {"weights": weights.name, "set": weights.set, "architecture": weights.architecture}
    best = errors.sum(axis=0).argmin(axis=1)
    confusion = np.zeros((classes, classes), np.int64)
    np.add.at(confusion, (labels, best), 1)
    yield DiffusionClassified(
        len(images),
        tuple(timesteps),
        _share(best == labels),
        tuple(_share(each.argmin(axis=1) == labels) for each in errors),
        tuple(tuple(row) for row in confusion.tolist()),
        source,
    )


def _share(right: NDArray[np.bool_]) -> Estimate:
    return bootstrap(lambda rows: float(right[rows].mean()), len(right), bounds=(0.0, 1.0))
