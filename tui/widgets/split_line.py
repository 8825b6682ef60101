"""One line of text with a left and a right part."""

from collections.abc import Iterable, Sequence

from ..theme import ERROR, style
from .text_widget import Row, TextWidget, split, text


class SplitLine(TextWidget):
    """Text at the left edge, and at the right edge the longest of several wordings that fits."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._left: Sequence[Row] = [[]]
        self._right: Sequence[str] = [""]
        self._required: Sequence[str] = ()
        self._emphasis = ""

    def show(
        self,
        left: Sequence[Row],
        right: Sequence[str],
        required: Sequence[str] = (),
        emphasis: str = "",
    ) -> None:
        """Show the longest of ``left`` and of ``right`` that fit; both begin with the longest.

        ``required`` and ``emphasis`` are parts of the right side; see :func:`.text_widget.split`.
        """
        self._left, self._right = left, right
        self._required, self._emphasis = required, emphasis
        self.changed()

    def show_error(self, message: str) -> None:
        """Show an error message in place of both parts."""
        self.show([[text(message, style(ERROR))]], [""])

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the one row."""
        return [split(self._left, self._right, width, self._required, [self._emphasis])]
