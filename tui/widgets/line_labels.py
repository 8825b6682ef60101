"""The names of a plot's lines at their right ends, in place of a legend."""

from collections.abc import Sequence

import numpy as np

from ..theme import style
from .axes import Scale
from .series import Series
from .text_widget import Row, shortened, text

_MOST_CELLS = 22
_STEADY = 20
"""Values of a spread whose mean is its end, so that its name stands still."""
_SHARE = 0.4
"""The largest part of the plot's width that names take."""


def label_width(series: Sequence[Series], width: int) -> int:
    """Return the cells for the names of ``series`` in a plot of ``width``; 0 without names.

    Short names are used where the longest ones don't fit.
    """
    room = min(_MOST_CELLS, int(width * _SHARE))
    longest = max((len(s.name) for s in series), default=0)
    if longest > room:
        longest = max(len(s.short or s.name) for s in series)
    return min(longest, room)


def end_labels(
    series: Sequence[Series], scale: Scale, first: float, last: float, rows: int, width: int
) -> dict[int, Row]:
    """Return the names of the lines by row, each as near to the end of its line as there is room.

    Args:
        series: The lines, the topmost last.
        scale: The vertical axis.
        first: The beginning of the horizontal axis.
        last: Its end.
        rows: Rows of the plot.
        width: Cells of a name.
    """
    ends = [
        (height, line)
        for line in reversed(series)
        if line.name and (height := _end_height(line, scale, first, last)) is not None
    ]
    wanted = sorted(ends, key=lambda end: -end[0])[:rows]
    places = _apart([round((1 - height) * (rows - 1)) for height, _ in wanted], rows)
    labels = {}
    for place, (_, line) in zip(places, wanted, strict=True):
        name = line.name if len(line.name) <= width else line.short or line.name
        labels[place] = [text(shortened(name, width), style(line.colour))]
    return labels


def _end_height(line: Series, scale: Scale, first: float, last: float) -> float | None:
    """Return the height of a line's last visible point (0 to 1); None if none is visible."""
    x, y = line.x, line.y
    seen = np.flatnonzero(np.isfinite(y) & (x >= first) & (x <= last))
    if not len(seen):
        return None
    newest = y[seen[-_STEADY:]].mean() if line.spread else y[seen[-1]]
    place = float(scale.place(np.array([newest]))[0])
    return min(1.0, max(0.0, place)) if np.isfinite(place) else None


def _apart(rows: Sequence[int], height: int) -> list[int]:
    """Return ascending ``rows`` moved as little as it takes for all to differ."""
    places = list(rows)
    for index in range(1, len(places)):
        places[index] = max(places[index], places[index - 1] + 1)
    limit = height - 1
    for index in range(len(places) - 1, -1, -1):
        places[index] = min(places[index], limit)
        limit = places[index] - 1
    return places
