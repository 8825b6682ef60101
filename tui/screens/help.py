"""The help overlay: every key, from the one key table."""

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from ..keys import KEYS
from ..theme import ACCENT, DIM, FAINT, PANEL, TEXT, style
from ..widgets.lines import Lines, Row, fit, text

_INSET = 3


class HelpBox(Lines):
    """The list of keys, in a frame."""

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the frame with a title and a row for each key."""
        edge = style(FAINT, background=PANEL)
        inner = width - 2
        yield [text("╭" + "─" * inner + "╮", edge)]
        for row in [[], *self._content(), []]:
            padded = [text(" " * _INSET, style(background=PANEL)), *row]
            yield [text("│", edge), *_on_panel(padded, inner), text("│", edge)]
        yield [text("╰" + "─" * inner + "╯", edge)]

    def _content(self) -> Iterable[Row]:
        yield [text("keys", style(ACCENT, bold=True, background=PANEL))]
        yield []
        for key in KEYS:
            yield [
                text(f"{key.shown:<{_KEY_WIDTH}}", style(TEXT, bold=True, background=PANEL)),
                text(key.help, style(DIM, background=PANEL)),
            ]


_KEY_WIDTH = max(len(key.shown) for key in KEYS) + 3
HELP_WIDTH = 2 + 2 * _INSET + _KEY_WIDTH + max(len(key.help) for key in KEYS)
HELP_HEIGHT = len(KEYS) + 6


def _on_panel(row: Row, width: int) -> Row:
    fitted = fit(row, width)
    padding = fitted[-1]
    if not padding.text.strip():
        fitted[-1] = text(padding.text, style(background=PANEL))
    return fitted


class HelpScreen(ModalScreen[None]):
    """Shown over the run, which goes on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,escape,space,enter", "close", show=False),
        Binding("q", "quit", show=False),
    ]
    AUTO_FOCUS = None
    ALLOW_SELECT = False
    DEFAULT_CSS = f"""
    HelpScreen {{ align: center middle; overflow: hidden; }}
    HelpBox {{ width: {HELP_WIDTH}; max-width: 100%; height: {HELP_HEIGHT}; max-height: 100%; }}
    """

    def compose(self) -> ComposeResult:
        """Make the box."""
        yield HelpBox()

    def on_click(self) -> None:
        """Close on any click."""
        self.dismiss()

    def action_close(self) -> None:
        """Go back to the run."""
        self.dismiss()

    def action_quit(self) -> None:
        """Leave the app."""
        self.app.exit(return_code=0)
