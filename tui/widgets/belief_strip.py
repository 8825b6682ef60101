"""The belief in each digit over time, on the axis of the timeline."""

from collections.abc import Callable, Iterable, Sequence

from textual.events import MouseDown

from ...core.array_types import Array
from ..theme import ACCENT, DIGIT_COLOURS, DIM, FAINT, TEXT, style
from .text_widget import Row, TextWidget, text
from .time_axis import timestep_at
from .timeline import Timeline

_LEVELS = " ░▒▓█"
_ROWS = 10
LABEL = 1
"""Cells in front of the axis, for the digits' names: in the narrowest margin of the screen."""


class BeliefStrip(TextWidget):
    """Ten rows of shades, one for each digit; or one row that names the most likely digit.

    The first ``LABEL`` cells are outside of the axis.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._columns: Sequence[Array | None] = ()

    def on_mouse_down(self, event: MouseDown) -> None:
        """Move the cursor of the timeline to the column under the mouse."""
        timesteps = self.timesteps()
        column = min(len(timesteps) - 1, max(0, event.x - LABEL))
        if timesteps:
            self.post_message(Timeline.Scrubbed(timesteps[column]))

    def timesteps(self) -> list[int]:
        """Return the timestep of each column; empty while the strip is hidden."""
        width = self.size.width - LABEL
        return [timestep_at(column, width) for column in range(width)] if width > 1 else []

    def show(self, columns: Sequence[Array | None]) -> None:
        """Show the belief ``[10]`` at each of :meth:`timesteps`; None where nothing is known."""
        self._columns = columns
        self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the ten rows, or the one."""
        if height < _ROWS:
            yield self._line()
            return
        newest = next((c for c in reversed(self._columns) if c is not None), None)
        likely = None if newest is None else int(newest.argmax())
        for digit in range(_ROWS):
            colour = TEXT if digit == likely else DIM
            label = text(f"{digit:<{LABEL}}", style(colour, bold=digit == likely))
            yield [label, *self._shades(digit)]

    def _shades(self, digit: int) -> Row:
        cells = style(DIGIT_COLOURS[digit])

        def shade(belief: Array | None) -> tuple[str, object]:
            if belief is None:
                return "·", style(FAINT)
            return _LEVELS[min(4, round(float(belief[digit]) * 4))], cells

        return _joined(self._columns, shade)

    def _line(self) -> Row:
        def likely(belief: Array | None) -> tuple[str, object]:
            if belief is None:
                return "·", style(FAINT)
            digit = int(belief.argmax())
            sure = float(belief[digit]) >= 0.5
            return str(digit), style(DIGIT_COLOURS[digit], bold=True) if sure else style(DIM)

        return [text(" " * LABEL, style(ACCENT)), *_joined(self._columns, likely)]


def _joined(
    columns: Sequence[Array | None], cell: Callable[[Array | None], tuple[str, object]]
) -> Row:
    """Return a cell for each column, neighbours of one style in one segment."""
    row: Row = []
    for belief in columns:
        glyph, look = cell(belief)
        if row and row[-1].style == look:
            row[-1] = text(row[-1].text + glyph, row[-1].style)
        else:
            row.append(text(glyph, look))  # pyright: ignore[reportArgumentType]
    return row
