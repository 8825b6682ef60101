"""Line charts in braille: every cell has 2x4 dots."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# Bits of the dots in a cell, by row and column (U+2800 + bits).
BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint16)
BLANK = 0x2800


def plot(values: Sequence[float], columns: int, rows: int, low: float, high: float) -> list[str]:
    """Draw ``values`` from left to right as a joined line in ``columns`` x ``rows`` cells.

    ``low`` is the bottom of the chart and ``high`` its top; values outside are drawn at the
    edge. Where several values share a column, their range is drawn, so no spike is lost. Values
    that are not finite leave a gap.
    """
    numbers = np.array(values, dtype=np.float64)
    numbers[~np.isfinite(numbers)] = np.nan
    lows, highs = extent(numbers, columns * 2)
    return glyphs(line_dots(lows, highs, rows, low, high))


def line_dots(
    lows: NDArray[np.float64],
    highs: NDArray[np.float64],
    rows: int,
    low: float,
    high: float,
) -> NDArray[np.bool_]:
    """Return the dots ``[rows * 4, n]`` of a joined line that covers a range in each column.

    Values outside ``low`` to ``high`` are drawn at the edge; NaN leaves a gap.
    """
    dots = np.zeros((rows * 4, len(lows)), dtype=bool)
    span = high - low
    bottom = rows * 4 - 1
    previous: tuple[int, int] | None = None
    for x, (lowest, highest) in enumerate(zip(lows.tolist(), highs.tolist(), strict=True)):
        if not math.isfinite(lowest):
            previous = None
            continue
        share = ((highest - low) / span, (lowest - low) / span) if span > 0 else (0.5, 0.5)
        top, end = (round((1.0 - min(1.0, max(0.0, s))) * bottom) for s in share)
        first, last = top, end
        if previous is not None:  # join on to the column before
            first = min(first, previous[1] + 1) if previous[1] < top else first
            last = max(last, previous[0] - 1) if previous[0] > end else last
        dots[first : last + 1, x] = True
        previous = (top, end)
    return dots


def codes(dots: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the code points of the cells ``[rows, columns]`` that hold ``dots``."""
    rows, columns = dots.shape[0] // 4, dots.shape[1] // 2
    cells = dots.reshape(rows, 4, columns, 2).transpose(0, 2, 1, 3)
    return (cells * BITS).sum(axis=(2, 3), dtype=np.int64) + BLANK


def glyphs(dots: NDArray[np.bool_]) -> list[str]:
    """Return rows of text that show ``dots``; cells without any are spaces."""
    rows = codes(dots).tolist()
    return ["".join(map(chr, row)).replace(chr(BLANK), " ") for row in rows]


def extent(values: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and highest value to draw in each of ``width`` columns of dots."""
    nothing = np.full(width, np.nan)
    if len(values) == 0:
        return nothing, nothing
    if len(values) == 1:
        nothing[0] = values[0]
        return nothing, nothing
    if len(values) <= width:
        # A gap spreads to its neighbours' segments: interpolation with NaN gives NaN.
        line = np.interp(np.linspace(0, len(values) - 1, width), np.arange(len(values)), values)
        return line, line
    lows, highs = np.full(width, np.nan), np.full(width, np.nan)
    for x, part in enumerate(np.array_split(values, width)):
        finite = part[np.isfinite(part)]
        if len(finite):
            lows[x], highs[x] = finite.min(), finite.max()
    return lows, highs
