"""The lines of a plot, and their range of values in each column of dots."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..pixels.braille import extent

Values = NDArray[np.float64]


class Series(NamedTuple):
    """One line: points with ascending ``x``."""

    name: str
    """Its name in the legend; empty to omit it there."""

    x: Values
    y: Values
    colour: str
    spread: bool = False
    """Draw the range of the values in a column of dots instead of their mean."""

    even: bool = False
    """``y`` is evenly spaced over the whole axis, and ``x`` is ignored."""

    short: str = ""
    """A shorter name; empty for the same one."""

    def between(self, first: float, last: float) -> "Series":
        """Return the points from ``first`` to ``last``, and one more on either side."""
        start = max(0, int(np.searchsorted(self.x, first, "left")) - 1)
        end = int(np.searchsorted(self.x, last, "right")) + 1
        return self._replace(x=self.x[start:end], y=self.y[start:end])

    def columns(self, first: float, last: float, width: int) -> tuple[Values, Values]:
        """Return the lowest and the highest value of each of ``width`` columns.

        Columns between two points are interpolated; outside the points they are NaN.
        """
        if self.even:
            return extent(np.where(np.isfinite(self.y), self.y, np.nan), width)
        lows, highs = np.full(width, np.nan), np.full(width, np.nan)
        part = self.between(first, last)
        known = np.isfinite(part.y)
        x, y = part.x[known], part.y[known]
        if not len(x) or not last > first:
            return lows, highs
        place = (x - first) / (last - first) * (width - 1)
        column = np.rint(place).astype(np.int64)
        starts = np.flatnonzero(np.r_[True, column[1:] != column[:-1]])
        if self.spread:
            low, high = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
        else:
            low = high = np.add.reduceat(y, starts) / np.diff(np.r_[starts, len(y)])
        # points just outside only set the direction of the line at the edges
        wanted = np.arange(max(0, column[0]), min(width - 1, column[-1]) + 1)
        if not len(wanted):
            return lows, highs
        lows[wanted] = np.interp(wanted, column[starts], low)
        highs[wanted] = np.interp(wanted, column[starts], high)
        if self.spread:
            _narrow_gaps(lows, highs, wanted, column[starts], np.interp(wanted, place, y))
        return lows, highs


def _narrow_gaps(
    lows: Values, highs: Values, wanted: NDArray[np.int64], filled: NDArray[np.int64], y: Values
) -> None:
    """Draw a thin line in columns without points, which have no range."""
    gaps = ~np.isin(wanted, filled)
    lows[wanted[gaps]] = highs[wanted[gaps]] = y[gaps]
