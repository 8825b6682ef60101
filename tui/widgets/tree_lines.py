"""The branches of a seed as lines along the time axis: each forks from its parent at its t."""

from collections.abc import Iterable, Sequence

from rich.style import Style
from textual.events import Click

from ..theme import ACCENT, DIM, FAINT, TEXT, colour_of, style
from .clicked import Clicked
from .text_widget import Row, TextWidget, text
from .timeline import column_of
from .tree_list import Branch

_START = 1000


class TreeLines(TextWidget):
    """A line for each branch, in the colour of its digit; those of one page."""

    class Picked(Clicked):
        """A branch was clicked."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._branches: Sequence[Branch] = ()
        self._page = range(0)
        self._pitch = 1
        self._selected = self._current = 0

    def show(
        self, branches: Sequence[Branch], page: range, pitch: int, selected: int, current: int
    ) -> None:
        """Show the ``branches`` of a ``page``, ``pitch`` rows apart.

        ``selected`` and ``current`` are the numbers of the selected one and of the one on the run
        screen.
        """
        self._branches, self._page, self._pitch = branches, page, pitch
        self._selected, self._current = selected, current
        self.changed()

    def on_click(self, event: Click) -> None:
        """Post which branch was clicked."""
        index = self._page.start + event.y // self._pitch
        if index < len(self._branches):
            self.post_message(self.Picked(index, event.chain > 1))

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the rows of lines, names and forks."""
        cells: list[list[tuple[str, Style]]] = [[(" ", style())] * width for _ in range(height)]
        for index in self._page:
            if index < len(self._branches):
                self._draw(cells, index, width, height)
        for row in cells:
            yield _joined(row)

    def _draw(self, cells: list[list[tuple[str, Style]]], index: int, width: int, height: int):
        """Draw one branch; what is of other branches already stays."""
        branch, y = self._branches[index], self._row_of(index)
        if y >= height:  # the terminal has become smaller: the next page is planned for it
            return
        chosen = index == self._selected
        fork = branch.path[-1][0] if branch.path else _START
        first, last = column_of(fork, width), column_of(branch.t or 0, width)
        if branch.t is None:
            last = first
        colour = DIM if branch.belief is None else colour_of(branch.belief.number)
        line = style(colour, bold=chosen)
        for x in range(first, last + 1):
            cells[y][x] = ("━" if chosen else "─", line)
        cells[y][last] = ("●", line)
        if branch.path:
            parent = next(i for i, b in enumerate(self._branches) if b.path == branch.path[:-1])
            top = max(0, self._row_of(parent)) if parent in self._page else 0
            for above in range(top + (parent in self._page), y):
                if cells[above][first][0] in " ╰":
                    joint = "├" if cells[above][first][0] == "╰" else "│"
                    cells[above][first] = (joint, style(FAINT))
            if parent in self._page:
                cells[top][first] = ("┬", cells[top][first][1])
            cells[y][first] = ("╰", line)
        mark = "▸ " if chosen else "● " if index == self._current else ""
        name = f"{mark}{branch.name}"
        start = max(0, min(first + 1, width - len(name)))
        name_style = style(ACCENT if chosen else TEXT, bold=chosen)
        for offset, glyph in enumerate(name[:width] if y else ""):
            cells[y - 1][start + offset] = (glyph, name_style)

    def _row_of(self, index: int) -> int:
        """Return the row of a branch's line: about the middle of its thumbnail."""
        return (index - self._page.start) * self._pitch + max(1, (self._pitch - 1) // 2)


def _joined(cells: Iterable[tuple[str, Style]]) -> Row:
    row: Row = []
    for glyph, cell_style in cells:
        if row and row[-1].style == cell_style:
            row[-1] = text(row[-1].text + glyph, cell_style)
        else:
            row.append(text(glyph, cell_style))
    return row
