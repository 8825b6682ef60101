"""A chart of several lines in braille, with axes, a legend and a linear or logarithmic scale."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...pixels.braille import BLANK, codes, line_dots
from ...theme import DIM, FAINT, TEXT, style
from ...widgets.text_widget import Row, TextWidget, apart, length, text
from .axes import Scale, fit_scale, tick_text, ticks
from .series import Series

_MIN_COLUMNS = 8
_MOST_TICKS = 8
_WITH_LEGEND_ROW = 7  # rows from which the legend may have one of its own


@dataclass(frozen=True)
class View:
    """What part of the lines is looked at."""

    first: float = 0.0
    last: float = 1.0
    log: bool = False
    unit: str = ""
    per: float = 1.0
    """How many of what the axis counts make 1 on it."""


class Plot(TextWidget):
    """Draws lines over each other, the last one on top."""

    def __init__(self, title: str, *, empty: str, id: str | None = None) -> None:
        super().__init__(id=id)
        self._title = title
        self._empty = empty
        self._note = ""
        self._series: Sequence[Series] = ()
        self._view = View()

    def show(self, series: Sequence[Series], view: View, note: str = "") -> None:
        """Show ``series`` in ``view``; ``note`` stands beside the title, in parts."""
        self._series, self._view, self._note = series, view, note
        self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the title with its legend, the plot with its axes."""
        view = self._view
        scale = self._scale()
        axis = height >= 5
        title = self._title_row(width)
        yield title[0]
        if height >= _WITH_LEGEND_ROW:
            yield from title[1:]
            height -= len(title) - 1
        if scale is None:
            yield []
            yield [text(self._empty, style(DIM))]
            return
        rows = max(1, height - (3 if axis else 1))
        labels = _labels(scale, rows)
        gutter = max(map(len, (*labels.values(), view.unit if axis else "")))
        columns = width - gutter - 2
        if columns < _MIN_COLUMNS:
            return
        for y, cells in enumerate(self._plot(scale, columns, rows)):
            label = labels.get(y, "")
            yield [
                text(f"{label:>{gutter}} ", style(DIM)),
                text("┤" if label else "│", style(FAINT)),
                *cells,
            ]
        if axis:
            line, numbers = _axis(view, columns)
            yield [text(" " * (gutter + 1)), text("└" + line, style(FAINT))]
            yield [text(f"{view.unit:>{gutter}}  {numbers}", style(DIM))]

    def _title_row(self, width: int) -> list[Row]:
        """Return the title with the legend beside it, or below it where it doesn't fit."""
        row = [text(self._title, style(TEXT, bold=True))]
        note = self._note
        while note and length(row) + 1 + len(note) > width:
            note = note.rpartition("  ")[0]
        right = [text(note, style(DIM))]
        room = width - len(note) - 2
        full = [segment for series in self._legend() for segment in _entry(series, series.name)]
        if length([*row, *full]) <= room:
            return [apart([*row, *full], right, width)]
        short = [segment for series in self._legend() for segment in _entry(series, series.short)]
        if length([*row, *short]) <= room:
            return [apart([*row, *short], right, width)]
        return [apart(row, right, width), self._tight_legend(short, width)]

    def _tight_legend(self, short: Row, width: int) -> Row:
        """Return the ``short`` legend if it fits, else one with smaller gaps, of whole names."""
        if length(short) <= width:
            return short
        row: Row = []
        for series in self._legend():
            entry = [text(" ━", style(series.colour)), text(series.short, style(DIM))]
            if length([*row, *entry]) > width:
                break
            row += entry
        return row

    def _legend(self) -> list[Series]:
        """Return the lines that have a name, the topmost first."""
        return [series for series in reversed(self._series) if series.name]

    def _scale(self) -> Scale | None:
        view = self._view
        seen = [_seen(series, view) for series in self._series]
        return fit_scale(np.concatenate(seen), view.log) if seen else None

    def _plot(self, scale: Scale, columns: int, rows: int) -> list[Row]:
        """Return the rows of cells; a cell has the colour of the topmost line with a dot there."""
        glyphs = np.full((rows, columns), ord(" "))
        owner = np.full((rows, columns), -1)
        line_there = np.zeros((rows, columns), dtype=bool)
        for index, series in enumerate(self._series):
            lows, highs = series.columns(self._view.first, self._view.last, columns * 2)
            dots = line_dots(scale.place(lows), scale.place(highs), rows, 0.0, 1.0)
            drawn = codes(dots)
            has = drawn != BLANK
            # two lines in one cell show the dots of both; a spread gives way
            shared = has & line_there
            glyphs[has] = np.where(shared, drawn | np.maximum(glyphs, BLANK), drawn)[has]
            owner[has] = index
            line_there = (line_there | has) if not series.spread else line_there & ~has
        looks = [style(series.colour) for series in self._series]
        return [_runs(glyphs[y].tolist(), owner[y].tolist(), looks) for y in range(rows)]


def _entry(series: Series, name: str) -> Row:
    return [text("  ━", style(series.colour)), text(f" {name}", style(DIM))]


def _runs(glyphs: list[int], owner: list[int], looks: list) -> Row:
    """Return one row of cells with neighbours of one colour joined."""
    row: Row = []
    start = 0
    for x in range(1, len(glyphs) + 1):
        if x == len(glyphs) or owner[x] != owner[start]:
            content = "".join(map(chr, glyphs[start:x]))
            row.append(text(content, looks[owner[start]] if owner[start] >= 0 else style()))
            start = x
    return row


def _seen(series: Series, view: View) -> np.ndarray:
    """Return the values that decide about the scale: of a spread, all but the odd spike."""
    inside = (series.x >= view.first) & (series.x <= view.last)
    y = series.y[inside]
    y = y[np.isfinite(y)]
    if not len(y) or not series.spread or view.log:
        return y
    return np.quantile(y, [0.0, 0.99])


def _labels(scale: Scale, rows: int) -> dict[int, str]:
    """Return what to write beside which row of the plot."""
    values = scale.ticks(min(max(2, rows // 2), _MOST_TICKS))
    steps = [b - a for a, b in pairwise(values)]
    labels = {}
    for index, value in enumerate(values):
        height = float(scale.place(np.array([value]))[0])
        row = round((1.0 - height) * (rows * 4 - 1)) // 4
        near = steps[max(0, index - 1) : index + 1]
        step = value if scale.log else min(near, default=value)
        labels.setdefault(row, tick_text(value, step))
    return labels


def _axis(view: View, columns: int) -> tuple[str, str]:
    """Return the horizontal axis and the numbers below it."""
    first, last = view.first * view.per, view.last * view.per
    values = ticks(first, last, max(2, columns // 8))
    step = values[1] - values[0] if len(values) > 1 else 1.0
    line, below = ["─"] * columns, [" "] * columns
    taken = 0
    for value in values:
        place = round((value - first) / (last - first) * (columns - 1))
        label = tick_text(value, step)
        start = min(max(0, place - len(label) // 2), columns - len(label))
        line[place] = "┴"
        if start < taken:
            continue
        below[start : start + len(label)] = label
        taken = start + len(label) + 1
    return "".join(line), "".join(below)
