"""The four phases as a bar from t = 1000 to t = 0, with the place the process has reached."""

from collections.abc import Iterable

from rich.style import Style

from ...core.phases import Phase, phase_at
from ..theme import DIM, PHASE_COLOURS, TEXT, faded, style
from .lines import Lines, Row, text

_PHASES = tuple(Phase)
_START = Phase.STATIC.high


class Timeline(Lines):
    """Names, bar and, with three rows, the timesteps at which phases change."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._t = _START

    def show(self, t: int) -> None:
        """Put the marker at timestep ``t``."""
        if t != self._t:
            self._t = t
            self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the names, the bar and the timesteps below it."""
        now = phase_at(self._t)
        names = {phase: phase.label for phase in _PHASES}
        columns = _place([(column_of(p.high, width), names[p]) for p in _PHASES], width)
        looks = [
            style(PHASE_COLOURS[p], bold=True) if p is now else style(faded(PHASE_COLOURS[p], 0.75))
            for p in _PHASES
        ]
        yield _spread(list(zip(columns, names.values(), looks, strict=True)))
        yield self._bar(width)
        numbers = [str(p.high) for p in _PHASES] + ["0"]
        places = [column_of(p.high, width) for p in _PHASES] + [width - 1]
        columns = _place(list(zip(places, numbers, strict=True)), width)
        yield _spread([(c, n, style(DIM)) for c, n in zip(columns, numbers, strict=True)])

    def _bar(self, width: int) -> Row:
        here = column_of(self._t, width)
        row: Row = []
        for phase in _PHASES:
            first, end = column_of(phase.high, width), column_of(phase.low, width)
            if phase is _PHASES[-1]:
                end = width
            colour = PHASE_COLOURS[phase]
            passed = min(max(here - first, 0), end - first)
            row.append(text("━" * passed, style(colour)))
            if first <= here < end:
                row.append(text("●", style(TEXT, bold=True)))
                passed += 1
            row.append(text("━" * (end - first - passed), style(faded(colour))))
        return [segment for segment in row if segment.text]


def column_of(t: int, width: int) -> int:
    """Return the column of timestep ``t`` in a bar ``width`` cells wide."""
    return round((_START - t) * (width - 1) / _START)


def _place(labels: list[tuple[int, str]], width: int) -> list[int]:
    """Return a column for each label: its own, or as near to the left as its neighbours allow."""
    columns: list[int] = []
    limit = width
    for column, label in reversed(labels):
        column = max(0, min(column, limit - len(label)))
        columns.append(column)
        limit = column - 1
    return columns[::-1]


def _spread(labels: list[tuple[int, str, Style]]) -> Row:
    """Build a row of labels at their columns; one that would overlap is left out."""
    row: Row = []
    end = 0
    for column, label, look in labels:
        if column < end:
            continue
        row += [text(" " * (column - end)), text(label, look)]
        end = column + len(label)
    return row
