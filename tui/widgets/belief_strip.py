"""The belief in each class over time, on the axis of the timeline."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from string import ascii_lowercase, digits

from rich.cells import cell_len, set_cell_size
from textual.events import MouseDown

from ...core.array_types import Array
from ..text import DIGITS
from ..theme import ACCENT, DIM, FAINT, TEXT, colour_of, style
from .digit_bars import likeliest
from .text_widget import Row, TextWidget, shortened, text
from .time_axis import timestep_at
from .timeline import Timeline

_LEVELS = " ░▒▓█"
MOST_ROWS = 10
LABEL = 1
"""Cells in front of the axis, for the classes' letters: in the narrowest margin of the screen."""
_CUT = 4  # in fewer cells a name is cut without an ellipsis
_SURE = 0.5  # a class that is less likely is written dim


class BeliefStrip(TextWidget):
    """Rows of shades, one for each class; or one row that names the most likely class.

    The classes are the ten digits unless others are named: of more than ten, the most likely ones
    have a row. The first ``LABEL`` cells are outside of the axis.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._columns: Sequence[Array | None] = ()
        self._names: Sequence[str] = DIGITS

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

    def show(self, columns: Sequence[Array | None], names: Sequence[str] = DIGITS) -> None:
        """Show the belief ``[K]`` at each of :meth:`timesteps`; None where nothing is known.

        ``names`` are those of the K classes.
        """
        self._columns, self._names = columns, names
        self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return a row for each class, or the one."""
        if height < min(MOST_ROWS, len(self._names)) or height == 1:
            yield self._line() if tuple(self._names) == DIGITS else self._named_line()
            return
        known = [column for column in self._columns if column is not None]
        likely = int(known[-1].argmax()) if known else None
        most = [max(shares) for shares in zip(*known, strict=True)] if known else []
        shown = likeliest(most, height) if known else range(min(height, len(self._names)))
        letters = letters_of([self._names[place] for place in shown])
        for place, letter in zip(shown, letters, strict=True):
            colour = TEXT if place == likely else DIM
            label = text(f"{letter:<{LABEL}}", style(colour, bold=place == likely))
            yield [label, *self._shades(place)]

    def _shades(self, place: int) -> Row:
        cells = style(colour_of(place))

        def shade(belief: Array | None) -> tuple[str, object]:
            if belief is None:
                return "·", style(FAINT)
            return _LEVELS[min(4, round(float(belief[place]) * 4))], cells

        return _joined(self._columns, shade)

    def _line(self) -> Row:
        def likely(belief: Array | None) -> tuple[str, object]:
            if belief is None:
                return "·", style(FAINT)
            digit = int(belief.argmax())
            sure = float(belief[digit]) >= _SURE
            return str(digit), style(colour_of(digit), bold=True) if sure else style(DIM)

        return [text(" " * LABEL, style(ACCENT)), *_joined(self._columns, likely)]

    def _named_line(self) -> Row:
        """Return the names of the most likely classes, each where it begins to lead."""
        row: Row = [text(" " * LABEL, style(ACCENT))]
        for place, columns in groupby(self._columns, _likeliest):
            beliefs = list(columns)
            if place is None:
                row.append(text("·" * len(beliefs), style(FAINT)))
                continue
            known = [belief for belief in beliefs if belief is not None]
            sure = max(float(belief[place]) for belief in known) >= _SURE
            look = style(colour_of(place), bold=True) if sure else style(DIM)
            name, cells = self._names[place], len(beliefs)
            if cell_len(name) > cells:
                name = set_cell_size(name, cells) if cells < _CUT else shortened(name, cells)
            row += [text(name, look), text("─" * (cells - cell_len(name)), look)]
        return row


def letters_of(names: Sequence[str]) -> list[str]:
    """Return a character for each name, no two alike: one of its own letters where possible."""
    found: list[str] = []
    for name in names:
        wanted = [letter for letter in name if letter.isalnum()]
        free = (c for c in [*wanted, *ascii_lowercase, *digits] if c not in found)
        found.append(next(free, "?"))
    return found


def _likeliest(belief: Array | None) -> int | None:
    return None if belief is None else int(belief.argmax())


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
