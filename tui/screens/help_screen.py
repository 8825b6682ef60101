"""The help overlay: every key of a screen, from its key table."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.screen import ModalScreen

from ..keys import Key
from ..theme import ACCENT, DIM, PANEL, TEXT, style
from ..widgets.text_widget import Row, TextWidget, fit, shortened, text

_INSET = 4
_TWO_COLUMNS = 76  # narrowest screen with two columns


class HelpBox(TextWidget):
    """The list of keys, in two columns if one would be too high."""

    def __init__(self, keys: Sequence[Key]) -> None:
        super().__init__()
        self._keys = keys = [key for key in keys if key.help]  # some keys share a row
        self._key_width = max(len(key.shown) for key in keys) + 2
        self._width = self._key_width + max(len(key.help) for key in keys)
        self._columns = 1
        self._first = 0

    def fit(self, width: int, height: int) -> None:
        """Set the size that the keys need, within that of the screen."""
        one = len(self._keys) + 1 <= height or width < _TWO_COLUMNS
        self._columns = 1 if one else 2
        self._first = 0
        wanted = self._columns * (self._width + _INSET) + _INSET
        self.styles.width = min(width, wanted)
        self.styles.height = min(height, -(-len(self._keys) // self._columns) + 4)

    def scroll_by(self, rows: int) -> None:
        """Scroll by some rows, where not all keys have room."""
        hidden = max(0, len(self._keys) + 1 - self.size.height) if self._columns == 1 else 0
        self._first = min(hidden, max(0, self._first + rows))
        self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return a title and a row for each key, with a margin if it fits."""
        column = min(self._width, (width - _INSET) // self._columns - 1)
        per_column = -(-len(self._keys) // self._columns)
        content: list[Row] = [[text("keys", style(ACCENT, bold=True, background=PANEL))]]
        air = height >= per_column + 4
        if air:
            content = [[], *content, []]
        for first in range(self._first, per_column):
            row = self._keys[first::per_column]
            content.append([cell for key in row for cell in self._entry(key, column)])
        inset = text(" " * max(0, (width - self._columns * column) // 2), style(background=PANEL))
        for row in [*content, []] if air else content:
            yield fit([inset, *row, text(" " * width, style(background=PANEL))], width)

    def _entry(self, key: Key, width: int) -> Row:
        """Return a key and its help, ``width`` cells wide."""
        help_text = text(shortened(key.help, width - self._key_width), _HELP_STYLE)
        cells = [self._key(key.shown), help_text, text(" " * width, style(background=PANEL))]
        return fit(cells, width)

    def _key(self, shown: str) -> Segment:
        return text(f"{shown:<{self._key_width}}", style(TEXT, bold=True, background=PANEL))


_HELP_STYLE = style(DIM, background=PANEL)


class HelpScreen(ModalScreen[None]):
    """An overlay; the run continues below it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,escape,space,enter", "close", show=False),
        Binding("q", "app.quit", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("up", "scroll(-1)", show=False),
    ]
    AUTO_FOCUS = None
    ALLOW_SELECT = False
    DEFAULT_CSS = """
    HelpScreen { align: center middle; overflow: hidden; }
    HelpBox { max-width: 100%; max-height: 100%; }
    """

    def __init__(self, keys: Sequence[Key]) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """Make the box."""
        yield HelpBox(self._keys)

    def on_resize(self, event: Resize) -> None:
        """Fit the box to the terminal."""
        self.query_one(HelpBox).fit(event.size.width, event.size.height)

    def on_click(self) -> None:
        """Close on any click."""
        self.dismiss()

    def action_scroll(self, rows: int) -> None:
        """Scroll by some rows."""
        self.query_one(HelpBox).scroll_by(rows)

    def action_close(self) -> None:
        """Go back to the run."""
        self.dismiss()
