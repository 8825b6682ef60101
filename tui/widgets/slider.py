"""A slider: a bar with a name at each end, and a marker that keys or the mouse move."""

from collections.abc import Iterable

from textual.events import MouseDown, MouseMove, MouseUp
from textual.message import Message

from ..theme import ACCENT, DIM, TEXT, faded, style
from .text_widget import Row, TextWidget, text


class Slider(TextWidget):
    """Places from 0 to ``places - 1``, evenly spaced on a bar."""

    class Moved(Message):
        """The mouse points at a place."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, left: str, right: str, places: int, *, id: str | None = None) -> None:
        """Make a slider between two names with at least two places."""
        super().__init__(id=id)
        self._left, self._right, self._places = f"{left} ", f" {right}", places
        self._at = 0

    def show(self, place: int) -> None:
        """Move the marker to a place."""
        if place != self._at:
            self._at = place
            self.changed()

    def on_mouse_down(self, event: MouseDown) -> None:
        """Begin to slide."""
        self.capture_mouse()
        self._slide(event.x)

    def on_mouse_move(self, event: MouseMove) -> None:
        """Slide while the button is down."""
        if self.app.mouse_captured is self:
            self._slide(event.x)

    def on_mouse_up(self, event: MouseUp) -> None:
        """Stop sliding."""
        self.release_mouse()

    def _bar(self, width: int) -> int:
        return max(2, width - len(self._left) - len(self._right))

    def _slide(self, column: int) -> None:
        last = self._bar(self.size.width) - 1
        share = min(1.0, max(0.0, (column - len(self._left)) / last))
        self.post_message(self.Moved(round(share * (self._places - 1))))

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the one row."""
        bar = self._bar(width)
        here = round(self._at / (self._places - 1) * (bar - 1))
        yield [
            text(self._left, style(DIM)),
            text("━" * here, style(ACCENT)),
            text("●", style(TEXT, bold=True)),
            text("━" * (bar - 1 - here), style(faded(ACCENT))),
            text(self._right, style(DIM)),
        ]
