"""The timeline: the four phases as a bar from t = 1000 to t = 0, with the current timestep."""

from collections.abc import Iterable, Sequence

from rich.style import Style
from textual.events import (
    MouseDown,
    MouseMove,
    MouseScrollDown,
    MouseScrollUp,
    MouseUp,
)
from textual.message import Message

from ...core.phases import Phase, phase_at
from ..theme import DIM, NAME_SHARE, PHASE_COLOURS, TEXT, faded, style
from .guidance_band import Band
from .text_widget import Row, TextWidget, text
from .time_axis import START, column_of, timestep_at

_PHASES = tuple(Phase)
_BAND_ROW = 2
_MEASURED = "measured"


class Timeline(TextWidget):
    """The names of the phases, the bar and, with three rows, the timesteps at which phases change.

    The bar is bright up to the newest step; the dot is the step on the screen. Ticks are the
    boundaries measured for the weights in use, with their timesteps in a fourth row.

    With guidance its interval is drawn in place of the phases' timesteps: its ends can be dragged,
    its dial clicked or turned with the mouse wheel. The bar is thin outside of the interval.
    """

    class Scrubbed(Message):
        """The mouse points at timestep ``t``."""

        def __init__(self, t: int) -> None:
            super().__init__()
            self.t = t

    class IntervalMoved(Message):
        """The guidance was limited to ``t`` above ``until``, up to ``start``, with the mouse."""

        def __init__(self, start: int, until: int) -> None:
            super().__init__()
            self.start, self.until = start, until

    class Wheeled(Message):
        """The wheel was turned, towards the noise (``by`` -1) or towards the digit (1)."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    class GuidanceTurned(Message):
        """The dial of the guidance was turned up (``by`` = 1) or down (-1)."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._t = START
        self._newest = START
        self._measured: Sequence[float] = ()
        self._measured_notes: Sequence[str] = (_MEASURED,)
        self._band: Band | None = None
        self._dragged = ""
        """The end of the band that the mouse holds: ``start``, ``until``, or neither."""

    def show(self, t: int, newest: int | None = None) -> None:
        """Move the marker to timestep ``t`` of a run whose newest step is ``newest`` (None: t)."""
        newest = t if newest is None else newest
        if (t, newest) != (self._t, self._newest):
            self._t, self._newest = t, newest
            self.changed()

    def set_measured(self, timesteps: Sequence[float], notes: Sequence[str] = (_MEASURED,)) -> None:
        """Set the measured boundaries of the phases; the first of ``notes`` that fits is shown."""
        self._measured, self._measured_notes = tuple(timesteps), tuple(notes)
        self.changed()

    def set_band(self, band: Band | None) -> None:
        """Show the interval of the guidance; None: there is no label."""
        if band != self._band and not self._dragged:
            self._band = band
            self.changed()

    def on_mouse_down(self, event: MouseDown) -> None:
        """Go to the phase that is named there, begin to scrub or to move an end, turn the dial."""
        band, width = self._band, self.size.width
        if event.y == 0:
            if (phase := self._named_at(event.x, width)) is not None:
                self.post_message(self.Scrubbed(phase.high))
        elif band is None or event.y != _BAND_ROW:
            self.capture_mouse()
            self._scrub(event.x)
        elif turned := band.turned_at(event.x, width):
            self.post_message(self.GuidanceTurned(turned))
        else:
            self.capture_mouse()
            self._dragged = band.nearest_end(event.x, width)
            self._drag(event.x)

    def on_mouse_move(self, event: MouseMove) -> None:
        """Scrub or move the end while the button is down."""
        if self.app.mouse_captured is not self:
            return
        if self._dragged:
            self._drag(event.x)
        else:
            self._scrub(event.x)

    def on_mouse_up(self, event: MouseUp) -> None:
        """Stop scrubbing; the band that was drawn counts from now on."""
        self.release_mouse()
        if self._dragged and self._band is not None:
            self._dragged = ""
            self.post_message(self.IntervalMoved(self._band.start, self._band.until))

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Turn the dial up."""
        self._scroll(event, 1)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Turn the dial down."""
        self._scroll(event, -1)

    def _scroll(self, event: MouseScrollUp | MouseScrollDown, by: int) -> None:
        if self._band is not None and event.y == _BAND_ROW:
            event.stop()
            self.post_message(self.GuidanceTurned(by))
        else:
            event.stop()
            self.post_message(self.Wheeled(-by))

    def _names(self, width: int) -> list[int]:
        """Return the column of each phase's name."""
        return _place([(column_of(p.high, width), p.label) for p in _PHASES], width)

    def _named_at(self, column: int, width: int) -> Phase | None:
        """Return the phase whose name is at a column; None if there is none."""
        for phase, first in zip(_PHASES, self._names(width), strict=True):
            if first <= column < first + len(phase.label):
                return phase
        return None

    def _timestep(self, column: int) -> int:
        width = max(2, self.size.width)
        return timestep_at(min(max(0, column), width - 1), width)

    def _scrub(self, column: int) -> None:
        self.post_message(self.Scrubbed(self._timestep(column)))

    def _drag(self, column: int) -> None:
        if self._band is not None:
            self._band = self._band.moved(self._dragged, self._timestep(column))
            self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the names, the bar and the timesteps below it."""
        now = phase_at(self._t)
        names = [phase.label for phase in _PHASES]
        styles = [
            style(
                PHASE_COLOURS[p] if p is now else faded(PHASE_COLOURS[p], NAME_SHARE), bold=p is now
            )
            for p in _PHASES
        ]
        yield _spread(list(zip(self._names(width), names, styles, strict=True)))
        yield self._bar(width)
        if self._band is not None:
            yield self._band.row(width)
        else:
            yield self._numbers(width)
        if self._measured:
            yield self._measured_row(width)

    def _numbers(self, width: int) -> Row:
        """Return the timesteps at which phases change."""
        numbers = [str(p.high) for p in _PHASES] + ["0"]
        places = [column_of(p.high, width) for p in _PHASES] + [width - 1]
        columns = _place(list(zip(places, numbers, strict=True)), width)
        return _spread([(c, n, style(DIM)) for c, n in zip(columns, numbers, strict=True)])

    def _bar(self, width: int) -> Row:
        here, reached = column_of(self._t, width), column_of(self._newest, width)
        ticks = {column_of(round(t), width) for t in self._measured}
        row: Row = []
        for phase in _PHASES:
            first = column_of(phase.high, width)
            end = width if phase is _PHASES[-1] else column_of(phase.low, width)
            colour = PHASE_COLOURS[phase]
            for column in range(first, end):
                bright = column < reached or column == reached == here
                cell_style = style(colour if bright else faded(colour))
                inside = self._band is None or self._band.includes(column, width)
                glyph = "╋" if column in ticks else "━" if inside else "─"
                if column == here:
                    glyph, cell_style = "●", style(TEXT, bold=True)
                elif column == reached:
                    glyph, cell_style = "◆", style(colour)
                if row and row[-1].style == cell_style:
                    row[-1] = text(row[-1].text + glyph, cell_style)
                else:
                    row.append(text(glyph, cell_style))
        return row

    def _measured_row(self, width: int) -> Row:
        labels = [f"╹{round(t)}" for t in self._measured]
        places = [column_of(round(t), width) for t in self._measured]
        cell_style = style(DIM)
        row = _spread([(c, n, cell_style) for c, n in zip(places, labels, strict=True)])
        before = places[0] if places else 0
        note = next((n for n in self._measured_notes if before > len(n) + 1), "")
        if note and row:
            space = before - len(note) - 1
            row[0] = text(" " * space + note + " ", cell_style)
        return row


def _place(labels: list[tuple[int, str]], width: int) -> list[int]:
    """Return a column for each label, further left than wanted if the next label needs the room."""
    columns: list[int] = []
    limit = width
    for column, label in reversed(labels):
        column = max(0, min(column, limit - len(label)))
        columns.append(column)
        limit = column - 1
    return columns[::-1]


def _spread(labels: list[tuple[int, str, Style]]) -> Row:
    """Return a row of labels at their columns, without those that would overlap."""
    row: Row = []
    end = 0
    for column, label, cell_style in labels:
        if column < end:
            continue
        row += [text(" " * (column - end)), text(label, cell_style)]
        end = column + len(label)
    return row
