"""One line of text with a left and a right part."""

from collections.abc import Iterable, Sequence

from ..theme import DIM, ERROR, style
from .text_widget import Row, TextWidget, apart, length, longest_that_fits, text


class SplitLine(TextWidget):
    """Text at the left edge, and at the right edge the longest of several wordings that fits."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._left: Sequence[Row] = [[]]
        self._right: Sequence[str] = [""]

    def show(self, left: Sequence[Row], right: Sequence[str]) -> None:
        """Show the longest of ``left`` and of ``right`` that fit; both begin with the longest."""
        self._left, self._right = left, right
        self.changed()

    def show_error(self, message: str) -> None:
        """Show an error message in place of both parts."""
        self.show([[text(message, style(ERROR))]], [""])

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the one row."""
        left = next((row for row in self._left if length(row) <= width), self._left[-1])
        room = width - length(left) - 3
        right = longest_that_fits([*self._right, ""], max(0, room))
        return [apart(left, [text(right, style(DIM))], width) if right else left]
