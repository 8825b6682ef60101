"""The help overlay: every key, from the one key table."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from ..keys import KEYS, Key
from ..theme import ACCENT, DIM, PANEL, TEXT, style
from ..widgets.lines import Lines, Row, length, text

_INSET = 4


class HelpBox(Lines):
    """The list of keys, on a panel."""

    def __init__(self, keys: Sequence[Key]) -> None:
        super().__init__()
        self._keys = keys = [key for key in keys if key.help]  # some are told with another
        self._key_width = max(len(key.shown) for key in keys) + 2
        self._width = self._key_width + max(len(key.help) for key in keys)
        self.styles.width = self._width + 2 * _INSET
        self.styles.height = len(keys) + 4

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return a title and a row for each key, with a margin around them."""
        inset = text(" " * max(0, (width - self._width) // 2), style(background=PANEL))
        content = [
            [],
            [text("keys", style(ACCENT, bold=True, background=PANEL))],
            [],
            *([self._key(key.shown), text(key.help, _EXPLAINS)] for key in self._keys),
            [],
        ]
        for row in content:
            rest = max(0, width - length([inset, *row]))
            yield [inset, *row, text(" " * rest, style(background=PANEL))]

    def _key(self, shown: str) -> Segment:
        return text(f"{shown:<{self._key_width}}", style(TEXT, bold=True, background=PANEL))


_EXPLAINS = style(DIM, background=PANEL)


class HelpScreen(ModalScreen[None]):
    """Shown over the run, which goes on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,escape,space,enter", "close", show=False),
        Binding("q", "quit", show=False),
    ]
    AUTO_FOCUS = None
    ALLOW_SELECT = False
    DEFAULT_CSS = """
    HelpScreen { align: center middle; overflow: hidden; }
    HelpBox { max-width: 100%; max-height: 100%; }
    """

    def __init__(self, keys: Sequence[Key] = KEYS) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """Make the box."""
        yield HelpBox(self._keys)

    def on_click(self) -> None:
        """Close on any click."""
        self.dismiss()

    def action_close(self) -> None:
        """Go back to the run."""
        self.dismiss()

    def action_quit(self) -> None:
        """Leave the app."""
        self.app.exit(return_code=0)
