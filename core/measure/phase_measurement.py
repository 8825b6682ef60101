"""Measurement of when a reverse process decides on its digit.

At many timesteps t, the x_t of several seeds goes on k times with fresh noise. While the children
end on different digits, nothing is decided; once they agree, it is (the symmetry breaking that
Raya & Ambrogioni 2023 describe). How far x0_hat is from the finished children says how much of
the picture is still open.

Definitions, with c(t) the agreement from chance (0) to always (1), m(t) the distance of x0_hat
from the finished children as a share of what it is at the start:

- static | blob: c reaches 0.1;
- blob | lock-in: c reaches 0.5;
- lock-in | refinement: m falls below 0.2;
- decided: c reaches 0.9 (the write-up has no such line).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..array_types import Array
from ..errors import DiffvizError
from ..models.digit_classifier import DigitClassifier
from ..models.lenet_numpy import CLASSES
from ..names import CONSISTENCY, SAMPLER_INFO, SIDE
from ..noise import NoiseStream, philox
from ..own import OwnPipeline
from ..own.own_classifier import OwnClassifier
from ..phases import Phase
from ..pipeline import Pipeline
from .metrics import Estimate, agreement
from .phase_record import Boundary, MeasuredPhases, weights_sha256

REPLICATES = 1000
_BATCH = 64
_MAX_VALUES = 2**29  # of the pictures that are kept: 2 GB

Floats = NDArray[np.float64]

LEVELS = (
    ("static | blob", "certainty", 0.1, Phase.STATIC.low),
    ("blob | lock-in", "certainty", 0.5, Phase.BLOB.low),
    ("decided", "certainty", 0.9, None),
    ("lock-in | refinement", "movement", 0.2, Phase.LOCK_IN.low),
)
_MEANING = {
    "certainty": "branches agree on the {what}: {level:.0%}, where 0% is chance",
    "movement": "less than {level:.0%} of x0_hat's way is left",
}


@dataclass(frozen=True, slots=True)
class PhaseProgress:
    """Network evaluations done, of all."""

    done: int
    total: int


def measure_phases(
    pipeline: Pipeline | OwnPipeline,
    classifier: DigitClassifier | OwnClassifier,
    seeds: range,
    *,
    children: int = 8,
    points: int = 25,
    num_inference_steps: int | None = None,
) -> Iterator[PhaseProgress | MeasuredPhases]:
    """Branch ``seeds`` at ``points`` timesteps into ``children`` each; yield the result last.

    The process is DDPM's, or multistep consistency sampling of distilled weights.
    ``num_inference_steps`` below 1000 (the default) takes a respaced DDPM, faster and coarser.

    Raises:
        DiffvizError: if the pictures of a model of your own don't fit into memory.
        ValueError: if there are fewer than 2 seeds, children or points.
    """
    if min(len(seeds), children, points) < 2:
        raise ValueError("phases need at least 2 seeds, 2 children and 2 points")
    sampler = CONSISTENCY if getattr(pipeline.weights, "distilled_steps", 0) else "ddpm"
    steps = num_inference_steps or SAMPLER_INFO[sampler].default_steps
    classes = _classes_of(classifier)
    work = _Branching(pipeline, seeds, children, sampler, steps, points, classes)
    yield from work.sample_parents()
    # late timesteps first: they are cheap, so the estimated time left is rather too long
    for point in reversed(range(len(work.grid))):
        yield from work.sample_children(point, classifier)
    timesteps = np.array(work.timesteps)
    yield _summarise(pipeline, seeds, children, sampler, steps, timesteps, work.counts, work.moved)


class _Branching:
    """The digits of several seeds, and where their branches at a grid of timesteps end."""

    def __init__(
        self, pipeline: Pipeline | OwnPipeline, seeds: range, children: int, sampler: str,
        steps: int, points: int, classes: int,
    ) -> None:  # fmt: skip
        self._pipeline, self._seeds, self._children = pipeline, seeds, children
        self._steps, self._sampler = steps, sampler
        self.grid = sorted({round(i) for i in np.linspace(0, steps - 1, points)})
        """Indices of the records that are branched."""
        self.timesteps = [0] * len(self.grid)
        n, g = len(seeds), len(self.grid)
        shape = pipeline.shape if isinstance(pipeline, OwnPipeline) else (SIDE, SIDE)
        if 2 * g * n * math.prod(shape) > _MAX_VALUES:
            raise DiffvizError(
                f"{n} pictures of {shape} at {g} timesteps don't fit into memory: "
                "take fewer seeds (-n) or --points"
            )
        self._x_t, self._x0_hat = np.zeros((2, g, n, *shape), np.float32)
        self.counts = np.zeros((n, g, classes), np.int64)
        """The children's classes."""
        self.moved = np.zeros((n, g))
        """Mean distance from x0_hat to the children."""
        self._done = 0
        self._total = n * (steps + children * sum(steps - index for index in self.grid))

    def _progress(self, evaluations: int) -> PhaseProgress:
        self._done += evaluations
        return PhaseProgress(self._done, self._total)

    def sample_parents(self) -> Iterator[PhaseProgress]:
        """Sample the seeds and store their records at the grid."""
        for first in range(0, len(self._seeds), _BATCH):
            batch = self._seeds[first : first + _BATCH]
            rows = slice(first, first + len(batch))
            for step in self._pipeline.sample(batch, self._steps, sampler=self._sampler):
                if step.index in self.grid:
                    point = self.grid.index(step.index)
                    self._x_t[point, rows], self._x0_hat[point, rows] = step.x_t, step.x0_hat
                    self.timesteps[point] = step.t
                yield self._progress(len(batch) * (step.t > 0))

    def sample_children(
        self, point: int, classifier: DigitClassifier | OwnClassifier
    ) -> Iterator[PhaseProgress]:
        """Finish the branches taken at one grid point, and count their digits."""
        seeds, numbers = range(len(self._seeds)), range(1, self._children + 1)
        jobs = [(row, child) for row in seeds for child in numbers]
        for first in range(0, len(jobs), _BATCH):
            part = jobs[first : first + _BATCH]
            t = self.timesteps[point]
            streams = [NoiseStream(self._seeds[row]).child(t, child) for row, child in part]
            rows = np.array([row for row, _ in part])
            last = None
            how: dict[str, Any] = {
                "sampler": self._sampler,
                "start": (self.grid[point], self._x_t[point, rows]),
            }
            for last in self._pipeline.sample(streams, self._steps, **how):
                yield self._progress(len(part) * (last.t > 0))
            assert last is not None
            self._count(point, rows, last.x_t.clip(-1.0, 1.0), classifier)

    def _count(
        self,
        point: int,
        rows: NDArray[np.int64],
        final: Array,
        classifier: DigitClassifier | OwnClassifier,
    ) -> None:
        """Add finished children: their digits, and their distances from the parents' x0_hat."""
        n = len(self._seeds)
        labels = classifier.probabilities(final).argmax(axis=1)
        classes = self.counts.shape[2]
        found = np.bincount(classes * rows + labels, minlength=classes * n)
        self.counts[:, point] += found.reshape(-1, classes)
        gap = (self._x0_hat[point, rows].clip(-1.0, 1.0) - final).reshape(len(rows), -1)
        distance = np.linalg.norm(gap, axis=1) / self._children
        self.moved[:, point] += np.bincount(rows, distance, minlength=n)


def _summarise(
    pipeline: Pipeline | OwnPipeline,
    seeds: range,
    children: int,
    sampler: str,
    steps: int,
    timesteps: NDArray[np.int64],
    counts: NDArray[np.int64],
    moved: Floats,
) -> MeasuredPhases:
    generator = philox(0, "phases-bootstrap", 0)
    n = len(seeds)
    chance = chance_agreement(counts[:, 0])
    draws = [np.arange(n)] + [generator.integers(0, n, n) for _ in range(REPLICATES)]
    replicas = [curves(counts[rows], moved[rows], chance) for rows in draws]
    crossings = [_crossings(timesteps, certainty, movement) for _, certainty, movement in replicas]
    own = isinstance(pipeline, OwnPipeline)
    what = "class" if own else "digit"
    boundaries = tuple(
        Boundary(
            name, _MEANING[curve].format(level=level, what=what), written, _percentiles(values)
        )
        for (name, curve, level, written), values in zip(LEVELS, np.array(crossings).T, strict=True)
    )
    agreed, certainty, movement = (np.array([r[i] for r in replicas]) for i in range(3))
    return MeasuredPhases(
        weights=pipeline.weights.name,
        set=pipeline.weights.set,
        weights_sha256="" if own else weights_sha256(pipeline.weights.name),
        sampler=sampler,
        steps=steps,
        first_seed=seeds[0],
        seeds=n,
        children=children,
        timesteps=tuple(timesteps.tolist()),
        chance=chance,
        agreement=tuple(_percentiles(column) for column in agreed.T),
        certainty=tuple(_percentiles(column) for column in certainty.T),
        movement=tuple(_percentiles(column) for column in movement.T),
        boundaries=boundaries,
    )


def _classes_of(classifier: DigitClassifier | OwnClassifier) -> int:
    return len(classifier.names) if isinstance(classifier, OwnClassifier) else CLASSES


def chance_agreement(counts: NDArray[np.int64]) -> float:
    """Return how often children of different seeds agree; ``counts`` is ``[S, K]``.

    It stands for chance, so that a network which draws some digits more often than others is not
    called certain for it.
    """
    everyone, members = counts.sum(axis=0), counts.sum(axis=1)
    pairs = members.sum() ** 2 - (members**2).sum()
    return float(((everyone**2).sum() - (counts**2).sum()) / pairs)


def curves(
    counts: NDArray[np.int64], moved: Floats, chance: float
) -> tuple[Floats, Floats, Floats]:
    """Return agreement, certainty and movement, ``[G]`` each.

    ``counts`` ``[S, G, K]`` are the children's classes, ``moved`` ``[S, G]`` their distances from
    x0_hat.
    """
    agreed = agreement(counts).mean(axis=0)
    certainty = (agreed - chance) / max(1e-9, 1.0 - chance)
    distance = moved.mean(axis=0)
    return agreed, certainty, distance / max(1e-9, distance[0])


def _crossings(timesteps: NDArray[np.int64], certainty: Floats, movement: Floats) -> list[float]:
    t = np.append(timesteps, 0).astype(float)
    by_name = {"certainty": np.append(certainty, 1.0), "movement": 1.0 - np.append(movement, 0.0)}
    return [
        crossing(t, by_name[curve], level if curve == "certainty" else 1.0 - level)
        for _, curve, level, _ in LEVELS
    ]


def crossing(t: Floats, rising: Floats, level: float) -> float:
    """Return the timestep at which a curve over falling ``t`` reaches ``level``.

    The curve is made monotone first (:func:`monotone`), then read off by straight lines; one that
    begins above ``level`` reaches it at the first ``t``, one that never does at the last.
    """
    smooth = monotone(rising)
    if smooth[0] >= level:
        return float(t[0])
    after = int(np.argmax(smooth >= level)) if smooth[-1] >= level else len(t) - 1
    low, high = smooth[after - 1], smooth[after]
    share = min(1.0, (level - low) / (high - low)) if high > low else 1.0
    return float(t[after - 1] + share * (t[after] - t[after - 1]))


def monotone(values: Floats) -> Floats:
    """Return the rising curve nearest to ``values`` in least squares (pool adjacent violators)."""
    blocks: list[tuple[float, int]] = []  # mean, length
    for value in values:
        blocks.append((float(value), 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (b, m), (a, n) = blocks.pop(), blocks.pop()
            blocks.append(((a * n + b * m) / (n + m), n + m))
    return np.concatenate([np.full(length, mean) for mean, length in blocks])


def _percentiles(values: Floats) -> Estimate:
    """Return the first value (of all seeds) with the 2.5% and 97.5% points of the others."""
    low, high = np.percentile(values[1:], (2.5, 97.5)).tolist()
    return Estimate(float(values[0]), low, high)
