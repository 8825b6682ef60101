"""The branches of a seed as a list with the lines of a tree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from textual.events import Click

from ..session.branches import BranchPath
from ..text import percent
from ..theme import ACCENT, DIM, FAINT, LIVE, TEXT, style
from .clicked import Clicked
from .text_widget import Row, TextWidget, apart, shortened, text

_NAME = 10  # cells of a class's name


class Belief(NamedTuple):
    """The most likely class of a picture."""

    number: int
    share: float
    """Its probability."""
    name: str


@dataclass(frozen=True, eq=False, slots=True)
class Branch:
    """One branch, as the list shows it."""

    path: BranchPath
    name: str
    t: int | None
    """The timestep of its newest step; None if it has none."""
    belief: Belief | None
    """The most likely class; None if unknown."""


class TreeList(TextWidget):
    """A row for each branch; the selected one is always visible."""

    class Picked(Clicked):
        """A row was clicked."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._branches: Sequence[Branch] = ()
        self._selected = self._current = 0

    def show(self, branches: Sequence[Branch], selected: int, current: int) -> None:
        """Show ``branches``, in the order of the tree; ``current`` is the one on the run screen."""
        self._branches, self._selected, self._current = branches, selected, current
        self.changed()

    def on_click(self, event: Click) -> None:
        """Post which row was clicked."""
        index = self._first(self.size.height) + event.y
        if index < len(self._branches):
            self.post_message(self.Picked(index, event.chain > 1))

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the rows around the selected one."""
        lines = tree_lines([branch.path for branch in self._branches])
        first = self._first(height)
        for index in range(first, min(len(self._branches), first + height)):
            yield self._row(index, lines[index], width)

    def _first(self, height: int) -> int:
        last = max(0, len(self._branches) - height)
        return min(last, max(0, self._selected - height // 2))

    def _row(self, index: int, lines: str, width: int) -> Row:
        branch, selected = self._branches[index], index == self._selected
        belief = "–"
        if branch.belief is not None:
            belief = f"{shortened(branch.belief.name, _NAME)} {percent(branch.belief.share)}"
        where = "" if branch.t == 0 else "no step yet" if branch.t is None else f"at t {branch.t}"
        right = [text(f"{where}  ", style(DIM)), text(f"{belief:>6}", style(TEXT, bold=selected))]
        colour = ACCENT if selected else TEXT
        room = width - len(lines) - 2 - len(where) - 2 - max(6, len(belief)) - 1
        left = [
            text("▸ " if selected else "● " if index == self._current else "  ", _mark(selected)),
            text(lines, style(FAINT)),
            text(shortened(branch.name, room), style(colour, bold=selected)),
        ]
        return apart(left, right, width)


def _mark(selected: bool):
    return style(ACCENT, bold=True) if selected else style(LIVE)


def tree_lines(paths: Sequence[BranchPath]) -> list[str]:
    """Return the lines of the tree in front of each of ``paths``, which are in tree order."""
    return [
        "".join(
            _joint(_goes_on(path, depth, paths[place + 1 :]), depth == len(path) - 1)
            for depth in range(len(path))
        )
        for place, path in enumerate(paths)
    ]


def _goes_on(path: BranchPath, depth: int, later: Sequence[BranchPath]) -> bool:
    """Return whether a sibling of ``path`` follows at ``depth``."""
    same_parent = (p for p in later if len(p) > depth and p[:depth] == path[:depth])
    return any(p[depth] != path[depth] for p in same_parent)


def _joint(goes_on: bool, last: bool) -> str:
    if last:
        return "├ " if goes_on else "└ "
    return "│ " if goes_on else "  "
