"""Columns of numbers that grow at the end, as a training log does."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_ROOM = 4096  # rows; several for each dot of a chart, even if zoomed in
_POINTS = 1024  # of a smoothed line


class Columns:
    """Named columns of numbers: all of the newest rows, and some of the older ones."""

    def __init__(self, names: Sequence[str], room: int = _ROOM) -> None:
        """Make columns of at most ``room`` rows; their newest quarter is never thinned."""
        self._names = {name: index for index, name in enumerate(names)}
        self._rows = np.empty((room, len(names)))
        self._numbers = np.empty(room, np.int64)  # the number of each row among all rows
        self._length = 0
        self.every = 1
        """Of the older rows, one in so many is stored."""

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        """Return a column as it is now."""
        return self._rows[: self._length, self._names[name]].copy()

    def append(self, values: Sequence[float]) -> None:
        """Add a row: a value for each name, in their order; NaN if unknown."""
        if self._length == len(self._rows):
            self._thin()
        self._rows[self._length] = values
        self._numbers[self._length] = self._numbers[self._length - 1] + 1 if self._length else 0
        self._length += 1

    def _thin(self) -> None:
        older = self._length - self._length // 4
        stays = self._numbers[: self._length] % self.every == 0
        while stays[:older].sum() > self._length // 2:
            self.every *= 2
            stays[:older] = self._numbers[:older] % self.every == 0
        stays[older:] = True
        self._length = int(stays.sum())
        self._rows[: self._length] = self._rows[stays]
        self._numbers[: self._length] = self._numbers[stays]

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

    At the beginning, fewer values are averaged, so a line begins at the first one. With ``steps``,
    the batch of each value, a mean is over the known values of ``span`` batches, and there are no
    more means than a chart can show.
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
