"""Columns of numbers that grow at the end, as a training log does."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_FIRST_ROOM = 1024


class Columns:
    """Rows of numbers under fixed names; 8 bytes a number."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = {name: index for index, name in enumerate(names)}
        self._rows = np.empty((_FIRST_ROOM, len(names)))
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        """Return a column; a view that stays valid, of the rows there are now."""
        return self._rows[: self._length, self._names[name]]

    def append(self, values: Sequence[float]) -> None:
        """Add a row: a value for each name, in their order; NaN for what isn't known."""
        if self._length == len(self._rows):
            grown = np.empty((2 * self._length, len(self._names)))
            grown[: self._length] = self._rows
            self._rows = grown
        self._rows[self._length] = values
        self._length += 1

    def cut(self, length: int) -> None:
        """Keep the first ``length`` rows."""
        self._length = min(self._length, length)


def smoothed(
    x: NDArray[np.float64], y: NDArray[np.float64], span: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean of each ``span`` successive finite values, at the last one's ``x``.

    Fewer values than ``span`` are averaged as they are, so a line begins with the first one.
    """
    known = np.isfinite(y)
    x, y = x[known], y[known]
    if not len(y) or span <= 1:
        return x, y
    sums = np.cumsum(np.concatenate([np.zeros(1), y]))
    ends = np.arange(1, len(y) + 1)
    starts = np.maximum(0, ends - span)
    return x, (sums[ends] - sums[starts]) / (ends - starts)
