"""Columns of numbers that grow at the end, as a training log does."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_ROOM = 4096  # rows: several for each dot of a chart, also where it shows a part of them
_POINTS = 1024  # of a smooth line


class Columns:
    """Rows of numbers under fixed names: the newest ones, and one in so many of the older ones."""

    def __init__(self, names: Sequence[str], room: int = _ROOM) -> None:
        """Make columns of at most ``room`` rows, the newest quarter of which is never thinned."""
        self._names = {name: index for index, name in enumerate(names)}
        self._rows = np.empty((room, len(names)))
        self._numbers = np.empty(room, np.int64)  # which row of all each one is
        self._length = 0
        self.every = 1
        """Of the older rows, one in so many is left."""

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        """Return a column as it is now."""
        return self._rows[: self._length, self._names[name]].copy()

    def append(self, values: Sequence[float]) -> None:
        """Add a row: a value for each name, in their order; NaN for what isn't known."""
        if self._length == len(self._rows):
            self._thin()
        self._rows[self._length] = values
        self._numbers[self._length] = self._numbers[self._length - 1] + 1 if self._length else 0
        self._length += 1

    def _thin(self) -> None:
        older = self._length - self._length // 4
        kept = self._numbers[: self._length] % self.every == 0
        while kept[:older].sum() > self._length // 2:
            self.every *= 2
            kept[:older] = self._numbers[:older] % self.every == 0
        kept[older:] = True
        self._length = int(kept.sum())
        self._rows[: self._length] = self._rows[kept]
        self._numbers[: self._length] = self._numbers[kept]

    def cut(self, length: int) -> None:
        """Keep the first ``length`` rows."""
        self._length = min(self._length, length)


def smoothed(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    span: int,
    steps: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean of each ``span`` successive finite values, at the last one's ``x``.

    Fewer values than ``span`` are averaged as they are, so a line begins with the first one. With
    ``steps``, the batch of each value, a mean is over what is known of ``span`` batches, and of
    the means there are no more than a chart can show.
    """
    known = np.isfinite(y)
    x, y = x[known], y[known]
    if not len(y) or span <= 1:
        return x, y
    sums = np.cumsum(np.concatenate([np.zeros(1), y]))
    ends = np.arange(1, len(y) + 1)
    if steps is None:
        starts = np.maximum(0, ends - span)
    else:
        steps = steps[known]
        ends = ends[:: -(-len(ends) // _POINTS)]
        if ends[-1] != len(y):
            ends = np.append(ends, len(y))
        starts = np.searchsorted(steps, steps[ends - 1] - span, "right")
    return x[ends - 1], (sums[ends] - sums[starts]) / (ends - starts)
