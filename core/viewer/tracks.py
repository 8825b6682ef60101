"""What a page plays: the pictures of one sample by timestep, and how many of them fit."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..array_types import Array, Grey
from ..phases import Phase
from ..pictures import resized, to_picture
from ..step import Step

MAX_PICTURES = 1100
"""Moments of all tracks together. A run of 1000 steps has 1001."""
_LEVELS = 2_000_000  # of a page with few moments: about what it has room for
_FEW_MOMENTS, _FEWEST_MOMENTS = 24, 8  # of one track alone, of each of many
_RAW_BYTES = 16_000_000  # of pictures before they are compressed, which takes a second for 8 MB
MOST_CLASSES = 10
"""Classes that a page shows beliefs in."""


@dataclass(frozen=True, eq=False, slots=True)
class Track:
    """The pictures of one sample at rising moments: timesteps, or batches of a training."""

    name: str
    times: tuple[int, ...]
    """The timestep of each moment, falling; in a training the batches done, rising."""
    x_t: Grey
    """What is shown at each moment: uint8 ``[n, 28, 28]``, or with three channels last."""
    x0_hat: Grey | None = None
    """The expected finished digit at each moment; None where there is no such picture."""
    belief: np.ndarray | None = None
    """The probability of each class in per cent: uint8 ``[n, K]``; None without a classifier."""
    parent: int | None = None
    """The place of the track that this one is a branch of; None for a root."""
    alpha_bars: tuple[float, ...] = ()
    """The share of signal at each moment; empty in a training."""
    phases: tuple[Phase, ...] = ()
    """The phase of each moment; empty in a training."""

    def only(self, places: Sequence[int]) -> "Track":
        """Return the track with the moments at ``places`` alone."""
        kept = list(places)
        return replace(
            self,
            times=tuple(self.times[place] for place in kept),
            x_t=self.x_t[kept],
            x0_hat=None if self.x0_hat is None else self.x0_hat[kept],
            belief=None if self.belief is None else self.belief[kept],
            alpha_bars=tuple(self.alpha_bars[place] for place in kept if self.alpha_bars),
            phases=tuple(self.phases[place] for place in kept if self.phases),
        )


def track_of(
    name: str,
    steps: Sequence[Step],
    row: int = 0,
    belief: np.ndarray | None = None,
    parent: int | None = None,
    size: tuple[int, int] | None = None,
) -> Track:
    """Return the track of one sample of a batch.

    Args:
        name: What to call it.
        steps: At least one, in their order.
        row: The sample's place in the batch.
        belief: Probabilities of each class for each step, ``[n, K]`` in [0, 1], or None.
        parent: The place of the track that it is a branch of.
        size: Height and width to average the pictures down to; None for their own.
    """

    def pictures(images: Iterable[Array]) -> Grey:
        # one after the other, for all of them as floats would take much memory
        shown = (to_picture(image)[np.newaxis] for image in images)
        return np.concatenate([one if size is None else resized(one, *size) for one in shown])

    return Track(
        name,
        tuple(step.t for step in steps),
        pictures(step.x_t[row] for step in steps),
        pictures(step.x0_hat[row] for step in steps),
        None if belief is None else np.rint(belief * 100).astype(np.uint8),
        parent,
        tuple(step.alpha_bar for step in steps),
        tuple(step.phase for step in steps),
    )


def fitting_size(shape: Sequence[int], tracks: int) -> tuple[int, int]:
    """Return the height and width at which a page has room for some moments of each track.

    ``shape`` is that of an image: ``(H, W)`` or ``(C, H, W)``. Pictures are averaged down where a
    page of 1.5 MB would have room for a few moments only.
    """
    height, width = shape[-2:]
    moments = max(_FEW_MOMENTS, _FEWEST_MOMENTS * tracks)
    shrink = (_LEVELS / (2 * moments * math.prod(shape))) ** 0.5
    if shrink >= 1:
        return height, width
    return max(1, round(height * shrink)), max(1, round(width * shrink))


def most_moments(values: int) -> int:
    """Return how many moments of all tracks together a page begins with.

    ``values`` are the levels of one picture.
    """
    return min(MAX_PICTURES, _RAW_BYTES // (2 * values))


def likeliest_classes(beliefs: Sequence[np.ndarray | None]) -> list[int]:
    """Return the classes to show: of more than ten those that are the most likely at a moment.

    ``beliefs`` are those of each track, ``[n, K]`` with one K for all, or None.
    """
    known = [belief for belief in beliefs if belief is not None and len(belief)]
    if not known:
        return []
    most = np.concatenate(known).max(axis=0)
    return sorted(np.argsort(-most, kind="stable")[:MOST_CLASSES].tolist())


def within_budget(lengths: Sequence[int], budget: int = MAX_PICTURES) -> list[list[int]]:
    """Return which moments of each track to keep, so that all together they fit.

    A track keeps its first and its last moment, and between them as many as its share of the
    ``budget`` allows, evenly spread. What short tracks don't need goes to the longer ones.
    """
    shares = [0] * len(lengths)
    left, open_tracks = budget, len(lengths)
    for place in sorted(range(len(lengths)), key=lambda place: lengths[place]):
        shares[place] = min(lengths[place], max(2, left // open_tracks))
        left, open_tracks = left - shares[place], open_tracks - 1
    return [
        np.linspace(0, length - 1, share).round().astype(int).tolist()
        for length, share in zip(lengths, shares, strict=True)
    ]
