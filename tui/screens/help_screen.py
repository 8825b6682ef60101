"""The help overlay: every key of a screen in groups; typed words filter, Enter executes."""

from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest
from textwrap import wrap
from typing import NamedTuple

from rich.style import Style
from textual.app import ComposeResult
from textual.events import Key as KeyPress
from textual.events import MouseScrollDown, MouseScrollUp, Resize

from ..keys import Key
from ..theme import ACCENT, BACKGROUND, DIM, PANEL, TEXT, style
from ..widgets.key_names import key_names
from ..widgets.text_widget import Row, TextWidget, fit, text
from .key_groups import grouped
from .overlay import Overlay
from .synonyms import synonyms

_INSET = 2
_GAP = 3
_COLUMN = 56  # preferred width of a column; longer texts continue in the next row
_NARROWEST = 34
_MARGIN_ROWS = 4  # blank, title, and a blank row at both ends of the list
_MOST_COLUMNS = 3


class _Line(NamedTuple):
    """One row of the list."""

    content: Row
    entry: int | None = None
    """The number of the key that it belongs to; None for titles and blank rows."""


class HelpBox(TextWidget):
    """The keys in groups, in as many columns as fit; what doesn't fit is on further pages."""

    def __init__(self, keys: Sequence[Key]) -> None:
        super().__init__()
        self._keys = [key for key in keys if key.help or key.command]
        self.words = ""
        """What the shown keys have to contain; empty for all."""
        self.selected: int | None = None
        """The number of the selected entry; None for none."""
        self._columns = self._rows_shown = 1
        self._width = _COLUMN
        self._page = 0

    @property
    def entries(self) -> list[Key]:
        """The keys that are shown, in their order on the screen."""
        return [key for _, keys in grouped(self._matching()) for key in keys]

    @property
    def pages(self) -> int:
        """The number of pages."""
        return max(1, -(-len(self._split()) // self._columns))

    def set_room(self, width: int, height: int) -> None:
        """Set the size that the keys need, within that of the screen."""
        inner = width - 2 * _INSET - 2
        room = max(1, height - _MARGIN_ROWS - 3)  # the header and the keys stay in sight
        for columns in range(1, _MOST_COLUMNS + 1):
            wide = min(_COLUMN, (inner - (columns - 1) * _GAP) // columns)
            if columns > 1 and wide < _NARROWEST:
                break
            self._columns, self._width, self._rows_shown = columns, wide, room
            if len(self._split()) <= columns:
                break
        used = max((len(column) for column in self._split()), default=1)
        self._rows_shown = min(room, max(used, 1))
        self._page = min(self._page, self.pages - 1)
        self.styles.width = self._columns * (self._width + _GAP) - _GAP + 2 * _INSET + 2
        self.styles.height = self._rows_shown + _MARGIN_ROWS + 1
        self.changed()

    def turn(self, by: int) -> None:
        """Show another page."""
        self._page = (self._page + by) % self.pages
        self.changed()

    def filter(self, words: str) -> None:
        """Show the keys that contain ``words``, and select the first."""
        self.words, self._page = words, 0
        self.selected = 0 if words and self.entries else None

    def select(self, by: int) -> None:
        """Select another entry; its page is shown."""
        last = len(self.entries) - 1
        if last < 0:
            return
        now = self.selected
        self.selected = (0 if by > 0 else last) if now is None else min(last, max(0, now + by))
        for place, column in enumerate(self._split()):
            if any(line.entry == self.selected for line in column):
                self._page = place // self._columns
        self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the title, the columns of this page, and blank rows around them."""
        panel = style(background=PANEL)
        page = f"   page {self._page + 1}/{self.pages}, PgDn" if self.pages > 1 else ""
        hint = "type to filter, Enter executes" if not self.words else ""
        title: Row = [text("keys", style(ACCENT, bold=True, background=PANEL))]
        title.append(text(page, style(TEXT, background=PANEL)))
        if self.words:
            title.append(text(f"   {self.words}▌", style(ACCENT, bold=True, background=PANEL)))
        elif len(page) + len(hint) + 7 + 2 * _INSET <= width:
            title.append(text(f"   {hint}", _DIM))
        first = self._page * self._columns
        columns = self._split()[first : first + self._columns]
        body = [
            [
                cell
                for place, line in enumerate(lines)
                for cell in (
                    *fit([*(line or []), text(" " * width, panel)], self._width),
                    text(" " * _GAP * (place < len(columns) - 1), panel),
                )
            ]
            for lines in zip_longest(*([line.content for line in column] for column in columns))
        ]
        if not self.entries:
            body = [[text("no key does that", _DIM)]]
        inset = text(" " * (_INSET + 1), panel)
        for row in [[], title, [], *body, *[[]] * height]:
            yield fit([inset, *row, text(" " * width, panel)], width)

    def _matching(self) -> list[Key]:
        words = self.words.lower().split()
        if not words:
            return [key for key in self._keys if key.help]
        return [key for key in self._keys if all(word in _searched(key) for word in words)]

    def _split(self) -> list[list[_Line]]:
        """Return the lines of all entries in columns."""
        columns: list[list[_Line]] = [[]]
        entry = 0
        for name, keys in grouped(self._matching()):
            block = [_Line([text(name, style(ACCENT, bold=True, background=PANEL))])]
            for key in keys:
                lines = self._entry(key, entry)
                block += lines
                entry += 1
                # a title is not the last line of a column, and an entry is in one piece
                apart = bool(columns[-1]) and block[0].entry is None
                if len(columns[-1]) + apart + len(block) > self._rows_shown:
                    if columns[-1]:
                        columns.append([])
                elif apart:
                    columns[-1].append(_Line([]))
                columns[-1] += block
                block = []
        return columns

    def _entry(self, key: Key, number: int) -> list[_Line]:
        """Return a key and its help; a long text goes on in further lines."""
        keys = max(len(key_names(key.shown, self)) for key in self._matching()) + 2
        chosen = number == self.selected
        paper = ACCENT if chosen else PANEL
        strong = style(BACKGROUND if chosen else TEXT, bold=True, background=paper)
        plain = style(BACKGROUND if chosen else DIM, background=paper)
        click = Style.from_meta({"@click": f"screen.execute({number})"})
        parts = wrap(key.help or key.command, max(8, self._width - keys)) or [""]
        lines = []
        for place, part in enumerate(parts):
            shown = key_names(key.shown, self) if place == 0 else ""
            cells = [text(f"{shown:<{keys}}", strong + click), text(part, plain + click)]
            rest = self._width - keys - len(part)
            lines.append(_Line([*cells, text(" " * max(0, rest), plain + click)], number))
        return lines


_DIM = style(DIM, background=PANEL)


def _searched(key: Key) -> str:
    return f"{key.shown} {key.help} {key.command} {synonyms(key)}".lower()


class HelpScreen(Overlay[str]):
    """Shows the keys; dismissed with the action to execute, or None. The run goes on below it."""

    def __init__(self, keys: Sequence[Key]) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """Make the box."""
        yield HelpBox(self._keys)

    @property
    def box(self) -> HelpBox:
        """The list of keys."""
        return self.query_one(HelpBox)

    def on_resize(self, event: Resize) -> None:
        """Fit the box to the terminal."""
        self.box.set_room(event.size.width, event.size.height)

    def on_click(self) -> None:
        """Close on a click that isn't on a key."""
        self._close(None)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Turn the page with the wheel."""
        self.box.turn(1)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Turn the page back."""
        self.box.turn(-1)

    def on_key(self, event: KeyPress) -> None:
        """Close, turn the page, select and execute; anything else is typed into the filter."""
        box = self.box
        does: dict[str, Callable[[], object]] = {
            "escape": lambda: self._filter("") if box.words else self._close(None),
            "enter": lambda: self.action_execute(box.selected),
            "down": lambda: box.select(1),
            "up": lambda: box.select(-1),
            "pagedown": lambda: box.turn(1),
            "tab": lambda: box.turn(1),
            "pageup": lambda: box.turn(-1),
            "backspace": lambda: self._filter(box.words[:-1]),
        }
        if not box.words:
            does |= dict.fromkeys(("question_mark", "space"), lambda: self._close(None))
            does["q"] = lambda: self._close("quit")
        if event.key in does:
            does[event.key]()
        elif event.character and event.is_printable:
            self._filter(box.words + event.character)
        else:
            return
        event.stop()

    def action_execute(self, number: int | None) -> None:
        """Close, and do what a key does; without a number only close."""
        self._close(None if number is None else self.box.entries[number].action)

    def _filter(self, words: str) -> None:
        self.box.filter(words)
        self.box.set_room(*self.app.size)

    def _close(self, action: str | None) -> None:
        if self.is_current:
            self.dismiss(action)
