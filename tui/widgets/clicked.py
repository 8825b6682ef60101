"""The message of widgets that show several things, one of which was clicked."""

from textual.dom import DOMNode
from textual.message import Message


class Clicked(Message):
    """A click on the thing number ``index``; ``twice``: for the second time in a row."""

    def __init__(self, index: int, twice: bool) -> None:
        super().__init__()
        self.index = index
        self.twice = twice

    @property
    def control(self) -> DOMNode | None:
        """The widget that was clicked."""
        return self._sender if isinstance(self._sender, DOMNode) else None
