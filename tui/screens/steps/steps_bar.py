"""The bar of a sampling's steps, which the mouse scrubs."""

from collections.abc import Iterable

from textual.events import MouseDown, MouseMove, MouseUp
from textual.message import Message

from ...theme import ACCENT, FAINT, TEXT, style
from ...widgets.text_widget import Row, TextWidget, text


class StepsBar(TextWidget):
    """A line with the place of the step that is shown, among those that were taken."""

    class Scrubbed(Message):
        """The mouse points at a share of the bar, 0 to 1."""

        def __init__(self, share: float) -> None:
            super().__init__()
            self.share = share

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._place, self._number = 0, 0

    def show(self, place: int, number: int) -> None:
        """Show step ``place``, from 0, of ``number``."""
        if (place, number) != (self._place, self._number):
            self._place, self._number = place, number
            self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the one row."""
        if not self._number:
            return [[text("━" * width, style(FAINT))]]
        here = round(self._place * (width - 1) / max(1, self._number - 1))
        return [
            [
                text("━" * here, style(ACCENT)),
                text("●", style(TEXT, bold=True)),
                text("━" * (width - here - 1), style(FAINT)),
            ]
        ]

    def on_mouse_down(self, event: MouseDown) -> None:
        """Begin to scrub."""
        self.capture_mouse()
        self._scrub(event.x)

    def on_mouse_move(self, event: MouseMove) -> None:
        """Scrub while the button is down."""
        if self.app.mouse_captured is self:
            self._scrub(event.x)

    def on_mouse_up(self, event: MouseUp) -> None:
        """Stop scrubbing."""
        self.release_mouse()

    def _scrub(self, column: int) -> None:
        last = max(1, self.size.width - 1)
        self.post_message(self.Scrubbed(min(max(0, column), last) / last))
