"""What the mouse and the keys do on the canvas, a few lines."""

from collections.abc import Iterable

from ...theme import ACCENT, DIM, style
from ...widgets.text_widget import Row, TextWidget, longest_that_fits, text
from .drawing import Tool

_SAID = {
    Tool.BRUSH: ("brush: drag to draw", "brush"),
    Tool.ERASER: ("eraser: drag to erase (E: brush)", "eraser (E: brush)", "eraser"),
    Tool.HIDE: ("mask: drag over what is filled in", "mask: drag over it", "mask"),
    Tool.SHOW: ("mask eraser: drag over what is held", "mask eraser", "unmask"),
}
_KEYS = ("without a mouse: arrows, space paints", "arrows, space paints", "arrows, space")


class ToolLines(TextWidget):
    """The tool in use, the keys that do without a mouse, and what the mask does."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tool, self._masked = Tool.BRUSH, False

    def show(self, tool: Tool, masked: bool) -> None:
        """Show the tool in use, and whether there is a mask."""
        self._tool, self._masked = tool, masked
        self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the lines that there is room for."""
        yield [text(longest_that_fits(_SAID[self._tool], width), style(ACCENT))]
        yield [text(longest_that_fits(_KEYS, width), style(DIM))]
        if self._masked:
            yield [text(longest_that_fits(("the pattern is filled in", "filled in"), width))]
        else:
            yield [text(longest_that_fits(("shift+arrows: lines, ?: all keys", "?: keys"), width),
                        style(DIM))]  # fmt: skip
