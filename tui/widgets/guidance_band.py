"""The interval of the guidance as a band below the timeline, with its dial."""

from typing import NamedTuple

from ..theme import ACCENT, DIM, TEXT, style
from .text_widget import Row, text
from .time_axis import column_of

_GRID = 10  # timesteps that the mouse moves an end by
_LESS, _MORE = "- ", " +"


class Band(NamedTuple):
    """Guidance ``weight`` at timesteps above ``until``, up to ``start``."""

    weight: float
    start: int
    until: int

    def includes(self, column: int, width: int) -> bool:
        """Return whether a column of the timeline lies in the interval."""
        return column_of(self.start, width) <= column <= column_of(self.until, width)

    def row(self, width: int) -> Row:
        """Return the band in ``width`` cells: its ends, their timesteps, and the dial."""
        first, last = self._ends(width)
        cells = [" "] * width
        cells[first : last + 1] = "━" * (last + 1 - first)
        cells[first], cells[last] = "┣", "┫"
        number = str(self.start)
        if first > len(number):
            cells[first - len(number) : first] = number
        number = str(self.until)
        if width - last > len(number):
            cells[last + 1 : last + 1 + len(number)] = number
        dial, at = self._dial, self._dial_at(width)
        if at is None:
            return [text("".join(cells), style(ACCENT if self.weight else DIM))]
        strong = style(TEXT, bold=True)
        plain = style(ACCENT if self.weight else DIM)
        return [
            text("".join(cells[:at]), plain),
            text(dial, strong),
            text("".join(cells[at + len(dial) :]), plain),
        ]

    def turned_at(self, column: int, width: int) -> int:
        """Return -1 or 1 if ``column`` is the dial's minus or plus, else 0."""
        at = self._dial_at(width)
        if at is None:
            return 0
        place = column - at
        if 0 <= place <= len(_LESS):
            return -1
        return int(0 <= len(self._dial) - 1 - place <= len(_MORE))

    def nearest_end(self, column: int, width: int) -> str:
        """Return which end is nearer to ``column``: ``start`` or ``until``."""
        first, last = self._ends(width)
        return "start" if abs(column - first) <= abs(column - last) else "until"

    def moved(self, end: str, timestep: int) -> "Band":
        """Return the band with one end at about ``timestep``; it never becomes empty."""
        near = round(timestep / _GRID) * _GRID
        if end == "start":
            return self._replace(start=max(self.until + _GRID, near))
        return self._replace(until=max(0, min(self.start - _GRID, near)))

    @property
    def _dial(self) -> str:
        return f" {_LESS}guidance {self.weight:g}{_MORE} "

    def _ends(self, width: int) -> tuple[int, int]:
        first, last = column_of(self.start, width), column_of(self.until, width)
        return (first, last) if last > first else (min(first, width - 2), min(first, width - 2) + 1)

    def _dial_at(self, width: int) -> int | None:
        """Return the column where the dial begins: inside the band, else beside it."""
        first, last = self._ends(width)
        size = len(self._dial)
        if last - first - 3 >= size:
            return first + (last - first + 1 - size) // 2
        right = last + 1 + len(str(self.until))
        if width - right >= size:
            return right
        left = first - len(str(self.start)) - size
        return left if left >= 0 else None
