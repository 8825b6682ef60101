"""A line chart in braille with axes: the training loss, or any other numbers."""

from collections.abc import Iterable, Sequence

import numpy as np

from ..pixels.braille import plot
from ..text import short_number
from ..theme import ACCENT, DIM, FAINT, TEXT, style
from .text_widget import Row, TextWidget, apart, fit, longest_that_fits, text


class Chart(TextWidget):
    """Draws one series from left to right; new values can be set or added at any time."""

    def __init__(
        self,
        titles: Sequence[str],
        *,
        unit: str,
        empty: str,
        first: float = 1,
        last: float | None = None,
        limits: tuple[float, float] | None = None,
        note: str = "",
        colour: str = ACCENT,
        id: str | None = None,
    ) -> None:
        """Make an empty chart.

        Args:
            titles: What the values are, longest wording first.
            unit: What the horizontal axis counts.
            empty: What to say when there are no values.
            first: Where the horizontal axis begins.
            last: Where it ends; None for one value a unit.
            limits: Bottom and top of the vertical axis; None to fit the values.
            note: What to say beside the title; without it, the first and the last value.
            colour: Colour of the line.
        """
        super().__init__(id=id)
        self._titles = titles
        self._unit = unit
        self._empty = empty
        self._first = first
        self._last = last
        self._limits = limits
        self._note = note
        self._colour = colour
        self._values: list[float] = []
        self._version = 0
        self._marker: float | None = None
        self._plotted: tuple[object, list[str]] = (None, [])

    @property
    def values(self) -> tuple[float, ...]:
        """The values on show."""
        return tuple(self._values)

    def set_values(
        self,
        values: Iterable[float],
        first: float | None = None,
        last: float | None = None,
        note: str = "",
    ) -> None:
        """Show ``values`` in place of the present ones.

        ``first`` and ``last``, where they are given, are the ends of the horizontal axis from now
        on; ``note``: what to say beside the title.
        """
        self._values = [float(value) for value in values]
        if first is not None:
            self._first, self._last, self._note = first, last, note
        self._version += 1
        self.changed()

    def append(self, value: float) -> None:
        """Add one value at the right."""
        self._values.append(float(value))
        self._version += 1
        self.changed()

    def mark(self, share: float) -> None:
        """Put a vertical line at ``share`` (0 to 1) of the horizontal axis."""
        self._marker = share
        self.changed()

    def set_note(self, note: str) -> None:
        """Say something else beside the title."""
        self._note = note

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the title, the plot with its vertical axis, and the horizontal axis."""
        yield self._title_row(width)
        finite = [value for value in self._values if np.isfinite(value)]
        if not finite:
            yield []
            yield [text(self._empty, style(DIM))]
            return
        low, high = self._limits or (min(finite), max(finite))
        with_axis = height >= 5
        plot_rows = max(1, height - 3) if with_axis else height - 1
        written = "{:g}".format if self._limits else short_number
        labels = {plot_rows - 1: written(low), 0: written(high)}
        if low == high:  # one value, or all the same: a line at half height
            labels = {plot_rows // 2: short_number(low)}
        gutter = max(map(len, labels.values()))
        columns = width - gutter - 2
        if columns < 4:
            return
        for y, line in enumerate(self._plot(columns, plot_rows, low, high)):
            label = labels.get(y, "")
            tick = "┤" if label else "│"
            yield [
                text(f"{label:>{gutter}} ", style(DIM)),
                text(tick, style(FAINT)),
                *self._marked(line, columns),
            ]
        if not with_axis:
            return
        yield [text(" " * (gutter + 1)), text("└" + "─" * columns, style(FAINT))]
        yield [text(" " * (gutter + 2)), *self._axis_labels(columns)]

    def _plot(self, columns: int, rows: int, low: float, high: float) -> list[str]:
        """Return the line's cells; a mark that moves over them leaves them as they are."""
        wanted = (self._version, columns, rows, low, high)
        if self._plotted[0] != wanted:
            self._plotted = (wanted, plot(self._values, columns, rows, low, high))
        return self._plotted[1]

    def _marked(self, line: str, columns: int) -> Row:
        look = style(self._colour)
        if self._marker is None:
            return [text(line, look)]
        x = round(min(1.0, max(0.0, self._marker)) * (columns - 1))
        under = line[x]
        here = text("│", style(DIM)) if under == " " else text(under, style(TEXT, bold=True))
        return [text(line[:x], look), here, text(line[x + 1 :], look)]

    def _title_row(self, width: int) -> Row:
        note = self._note or self._change()
        while note and len(self._titles[-1]) + 1 + len(note) > width:
            note = note.rpartition("  ")[0]  # a part of it, if it has parts
        title = longest_that_fits(self._titles, width - len(note) - 1)
        left, right = text(title, style(TEXT, bold=True)), text(note, style(DIM))
        return apart([left], [right], width)

    def _change(self) -> str:
        """Return the first and the last value."""
        if not self._values:
            return ""
        first, last = short_number(self._values[0]), short_number(self._values[-1])
        return f"{first} → {last}" if len(self._values) > 1 else last

    def _axis_labels(self, columns: int) -> Row:
        end = self._last if self._last is not None else self._first + len(self._values) - 1
        left, right = f"{self._first:g}", f"{end:g}"
        if left == right:
            return [text(longest_that_fits([f"{left} {self._unit}", left], columns), style(DIM))]
        named = f"{self._unit} {right}"
        right = named if len(left) + 1 + len(named) <= columns else right
        return fit(apart([text(left, style(DIM))], [text(right, style(DIM))], columns), columns)
