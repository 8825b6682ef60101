"""Line plots in braille, with axes, a legend and a linear or logarithmic scale."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from rich.style import Style

from ..pixels.braille import BLANK, codes, line_dots
from ..text import short_number
from ..theme import ACCENT, DIM, FAINT, TEXT, style
from .axes import Scale, fit_scale, tick_text, ticks
from .line_labels import end_labels, label_width
from .maths import only_ascii
from .series import Series
from .text_widget import Row, TextWidget, apart, length, longest_that_fits, text

_MIN_COLUMNS = 8
_BESIDE_NAMES = 22  # smallest width of a plot with its axis beside names at the lines' ends
_MAX_TICKS = 8
_LEGEND_ROW_FROM = 7  # smallest height with a separate row for the legend


class View(NamedTuple):
    """The part of the lines that is shown, and the kind of the axes."""

    first: float = 0.0
    last: float = 1.0
    log: bool = False
    unit: str = ""
    per: float = 1.0
    """The factor from the values of x to the numbers of the axis."""
    ticks: bool = True
    """Whether to label round values; without, only the ends of the axes are labelled."""
    limits: tuple[float, float] | None = None
    """Bottom and top of an axis without ticks; None to fit the values."""
    at_ends: bool = False
    """Whether the lines are named at their right ends, where there is room, not in a legend."""


class Plot(TextWidget):
    """Lines drawn over each other, the last one on top."""

    def __init__(self, *titles: str, empty: str, id: str | None = None) -> None:
        """Make an empty plot.

        Args:
            titles: The title, longest wording first.
            empty: The text to show while there are no values.
            id: The widget's id.
        """
        super().__init__(id=id)
        self._titles = titles
        self._empty = empty
        self._note = ""
        self._marker: float | None = None
        self._view = View()
        self.series: Sequence[Series] = ()
        """The lines of the plot."""

    def show(self, series: Sequence[Series], view: View, note: str = "") -> None:
        """Show ``series`` in ``view``; ``note`` is shown at the right of the title, in parts."""
        self.series, self._view, self._note = series, view, note
        self.changed()

    def show_values(
        self,
        values: Sequence[float],
        unit: str,
        *,
        first: float = 1,
        last: float | None = None,
        limits: tuple[float, float] | None = None,
        note: str = "",
    ) -> None:
        """Show one line of evenly spaced values, on axes labelled at their ends.

        Args:
            values: The values, from left to right.
            unit: The unit of the horizontal axis.
            first: The beginning of the horizontal axis.
            last: Its end; None for one value a unit.
            limits: Bottom and top of the vertical axis; None to fit the values.
            note: The text at the right of the title; by default the first and the last value.
        """
        y = np.array(values, np.float64)
        last = first + len(y) - 1 if last is None else last
        if not note and len(y):
            note = short_number(y[-1])
            to = "to" if only_ascii(self) else "→"  # "0.5 > 0.2" would be an inequality
            note = f"{short_number(y[0])} {to} {note}" if len(y) > 1 else note
        line = Series("", np.empty(0), y, ACCENT, even=True)
        self.show([line], View(first, last, unit=unit, ticks=False, limits=limits), note)

    def mark(self, share: float, note: str) -> None:
        """Draw a vertical line at ``share`` (0 to 1) of the horizontal axis, and show ``note``."""
        self._marker, self._note = share, note
        self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the title with the legend, and the plot with its axes."""
        view = self._view
        scale = self._scale()
        axis = height >= 5
        names = self._names_width(width, height, scale)
        title = self._title_row(width, legend=not names)
        yield title[0]
        if height >= _LEGEND_ROW_FROM:
            yield from title[1:]
            height -= len(title) - 1
        if scale is None:
            yield []
            yield [text(self._empty, style(DIM))]
            return
        rows = max(1, height - (3 if axis else 1))
        labels = _labels(scale, rows) if view.ticks else _end_labels(scale, view, rows)
        unit = view.unit if view.ticks else ""
        gutter = max(map(len, (*labels.values(), unit if axis else "")))
        columns = width - gutter - 2 - (names + 1 if names else 0)
        if columns < _MIN_COLUMNS:
            return
        ends = end_labels(self.series, scale, view.first, view.last, rows, names) if names else {}
        for y, cells in enumerate(self._plot(scale, columns, rows)):
            label = labels.get(y, "")
            yield [
                text(f"{label:>{gutter}} ", style(DIM)),
                text("┤" if label else "│", style(FAINT)),
                *cells,
                *([text(" "), *ends[y]] if y in ends else []),
            ]
        if axis:
            line, numbers = (_axis if view.ticks else _end_axis)(view, columns)
            yield [text(" " * (gutter + 1)), text("└" + line, style(FAINT))]
            yield [text(f"{unit:>{gutter}}  ", style(DIM) if unit else None), *numbers]

    def _names_width(self, width: int, height: int, scale: Scale | None) -> int:
        """Return the cells for the names of the lines at their ends; 0 for a legend."""
        wide = label_width(self.series, width)
        fits = self._view.at_ends and scale is not None and height - 3 >= len(self._legend())
        return wide if fits and width - wide >= _BESIDE_NAMES else 0

    def _title_row(self, width: int, legend: bool) -> list[Row]:
        """Return the title with the legend on its right, or below it where it doesn't fit."""
        note = self._note
        while note and len(self._titles[-1]) + 1 + len(note) > width:
            note = note.rpartition("  ")[0]
        title = longest_that_fits(self._titles, width - len(note) - 1)
        row = [text(title, style(TEXT, bold=True))]
        right = [text(note, style(DIM))]
        room = width - len(note) - 2
        if not legend:
            return [apart(row, right, width)]
        for name in ("name", "short"):
            entries = [s for series in self._legend() for s in _entry(series, name)]
            if length([*row, *entries]) <= room or not entries:
                return [apart([*row, *entries], right, width)]
        return [apart(row, right, width), self._tight_legend(entries, width)]

    def _tight_legend(self, short: Row, width: int) -> Row:
        """Return the ``short`` legend if it fits, else the entries that fit with smaller gaps."""
        if length(short) <= width:
            return short
        row: Row = []
        for series in self._legend():
            name = series.short or series.name
            entry = [text(" ━", style(series.colour)), text(name, style(DIM))]
            if length([*row, *entry]) > width:
                break
            row += entry
        return row

    def _legend(self) -> list[Series]:
        """Return the lines that have a name, the topmost first."""
        return [series for series in reversed(self.series) if series.name]

    def _scale(self) -> Scale | None:
        view = self._view
        values = np.concatenate([np.empty(0), *(_visible(series, view) for series in self.series)])
        if view.ticks or not len(values):
            return fit_scale(values, view.log)
        return Scale(*(view.limits or (values.min(), values.max())))

    def _plot(self, scale: Scale, columns: int, rows: int) -> list[Row]:
        """Return the rows of cells; a cell has the colour of the topmost line with a dot there."""
        glyphs = np.full((rows, columns), ord(" "))
        # a single line colours the blank cells too, for fewer changes of colour
        owner = np.full((rows, columns), -1 if self._view.ticks else 0)
        line_there = np.zeros((rows, columns), dtype=bool)
        for index, series in enumerate(self.series):
            lows, highs = series.columns(self._view.first, self._view.last, columns * 2)
            dots = line_dots(scale.place(lows), scale.place(highs), rows, 0.0, 1.0)
            cells = codes(dots)
            has = cells != BLANK
            # two lines in one cell show the dots of both, unless the lower one is a spread
            shared = has & line_there
            glyphs[has] = np.where(shared, cells | np.maximum(glyphs, BLANK), cells)[has]
            owner[has] = index
            line_there = (line_there | has) if not series.spread else line_there & ~has
        styles = [style(series.colour) for series in self.series]
        if self._marker is not None:
            x = round(min(1.0, max(0.0, self._marker)) * (columns - 1))
            empty = glyphs[:, x] == ord(" ")
            owner[:, x] = np.where(empty, len(styles), len(styles) + 1)
            glyphs[empty, x] = ord("│")
            styles += [style(DIM), style(TEXT, bold=True)]
        return [_runs(glyphs[y].tolist(), owner[y].tolist(), styles) for y in range(rows)]


def _entry(series: Series, wording: str) -> Row:
    name = (wording == "short" and series.short) or series.name
    return [text("  ━", style(series.colour)), text(f" {name}", style(DIM))]


def _runs(glyphs: list[int], owner: list[int], styles: list[Style]) -> Row:
    """Return one row of cells with neighbours of one colour joined."""
    row: Row = []
    start = 0
    for x in range(1, len(glyphs) + 1):
        if x == len(glyphs) or owner[x] != owner[start]:
            content = "".join(map(chr, glyphs[start:x]))
            row.append(text(content, styles[owner[start]] if owner[start] >= 0 else style()))
            start = x
    return row


def _visible(series: Series, view: View) -> np.ndarray:
    """Return the values that the scale has to include: all, or a spread's without outliers."""
    y = series.y
    if not series.even:
        y = y[(series.x >= view.first) & (series.x <= view.last)]
    y = y[np.isfinite(y)]
    if not len(y) or not series.spread or view.log:
        return y
    return np.quantile(y, [0.0, 0.99])


def _labels(scale: Scale, rows: int) -> dict[int, str]:
    """Return the labels of the vertical axis by row."""
    values = scale.ticks(min(max(2, rows // 2), _MAX_TICKS))
    steps = [b - a for a, b in pairwise(values)]
    labels = {}
    for index, value in enumerate(values):
        height = float(scale.place(np.array([value]))[0])
        row = round((1.0 - height) * (rows * 4 - 1)) // 4
        near = steps[max(0, index - 1) : index + 1]
        step = value if scale.log else min(near, default=value)
        labels.setdefault(row, tick_text(value, step))
    return labels


def _axis(view: View, columns: int) -> tuple[str, Row]:
    """Return the horizontal axis and the numbers below it."""
    first, last = view.first * view.per, view.last * view.per
    values = ticks(first, last, max(2, columns // 8))
    step = values[1] - values[0] if len(values) > 1 else 1.0
    line, below = ["─"] * columns, [" "] * columns
    end = 0
    for value in values:
        column = round((value - first) / (last - first) * (columns - 1))
        label = tick_text(value, step)
        start = min(max(0, column - len(label) // 2), columns - len(label))
        line[column] = "┴"
        if start < end:
            continue
        below[start : start + len(label)] = label
        end = start + len(label) + 1
    return "".join(line), [text("".join(below), style(DIM))]


def _end_labels(scale: Scale, view: View, rows: int) -> dict[int, str]:
    """Return the labels of the ends of the vertical axis by row."""
    written = "{:g}".format if view.limits else short_number
    if scale.low == scale.high:  # a line at half height
        return {rows // 2: short_number(scale.low)}
    return {rows - 1: written(scale.low), 0: written(scale.high)}


def _end_axis(view: View, columns: int) -> tuple[str, Row]:
    """Return the horizontal axis and the numbers of its ends."""
    left, right = f"{view.first:g}", f"{view.last:g}"
    if left == right:
        left, right = longest_that_fits([f"{left} {view.unit}", left], columns), ""
    else:
        right = longest_that_fits([f"{view.unit} {right}", right, ""], columns - len(left) - 1)
    return "─" * columns, apart([text(left, style(DIM))], [text(right, style(DIM))], columns)
