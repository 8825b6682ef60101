"""The message of widgets that show several things, one of which was clicked."""

from textual.message import Message
from textual.message_pump import MessagePump


class Clicked(Message):
    """A click on the thing number ``index``; ``twice``: for the second time in a row."""

    def __init__(self, index: int, twice: bool) -> None:
        super().__init__()
        self.index = index
        self.twice = twice

    @property
    def control(self) -> MessagePump | None:
        """The widget that was clicked."""
        return self._sender
