"""The command palette: every action in the key table of the current screen, found by words."""

from collections.abc import Sequence

from textual.events import Key as KeyPress
from textual.events import Paste
from textual.keys import format_key

from .keys import Key
from .screens.choice_list import Choice, ChoiceList
from .screens.menu import ListScreen
from .screens.synonyms import synonyms

_MOST = 40  # characters


class Palette(ListScreen):
    """Typed words select among the commands; dismissed with the number of one in ``keys``."""

    def __init__(self, keys: Sequence[Key]) -> None:
        """Offer the actions of ``keys``."""
        self.keys = [key for key in keys if _words(key) and key.action != "interrupt"]
        self._found = self.keys
        box = ChoiceList(
            "commands",
            _choices(self.keys),
            "type to search   ↑ ↓ Enter: execute   Esc: close",
            typed=True,
        )
        super().__init__(box)

    def on_key(self, event: KeyPress) -> None:
        """Move, choose and leave; anything else is typed."""
        words = self.box.words
        does = self.moves()
        if event.key in does:
            does[event.key]()
        elif event.key in ("backspace", "ctrl+h"):
            self._search(words[:-1])
        elif event.key == "ctrl+u":
            self._search("")
        elif event.key == "ctrl+p":
            self.leave(None)
        elif event.character and event.is_printable:
            self._search(words + event.character)
        else:
            return
        event.stop()

    def on_paste(self, event: Paste) -> None:
        """Type the first line that was pasted."""
        line = event.text.strip().partition("\n")[0]
        self._search(self.box.words + "".join(filter(str.isprintable, line)))

    def leave(self, number: int | None) -> None:
        """Leave with the number of the command among all of them."""
        super().leave(None if number is None else self.keys.index(self._found[number]))

    def _search(self, words: str) -> None:
        box = self.box
        box.words = words[:_MOST]
        self._found = matching(self.keys, box.words)
        box.nothing = f"no match for “{box.words.strip()}”: Ctrl+U empties the line"
        box.offer(_choices(self._found))


def matching(keys: Sequence[Key], words: str) -> list[Key]:
    """Return the keys that have all of ``words``, those first that have them in their names."""
    wanted = words.lower().split()
    ranked: list[tuple[int, int, Key]] = []
    for place, key in enumerate(keys):
        name = _words(key).lower()
        ranks = [_rank(word, name, synonyms(key), key.names.lower()) for word in wanted]
        if None not in ranks:
            ranked.append((sum(rank for rank in ranks if rank is not None), place, key))
    return [key for _, _, key in sorted(ranked, key=lambda found: found[:2])]


def _rank(word: str, name: str, others: str, names: str) -> int | None:
    """Return how well a word fits, 0 best; None if it doesn't."""
    if any(part.startswith(word) for part in name.replace("(", " ").split()):
        return 0
    if word in names.split(","):
        return 0
    if any(part.startswith(word) for part in others.split()):
        return 1
    return 2 if word in name else None


def _words(key: Key) -> str:
    words = key.command or key.help
    return words[:1].upper() + words[1:]


def _choices(keys: Sequence[Key]) -> list[Choice]:
    return [Choice(_words(key), key=_name(key)) for key in keys]


def _name(key: Key) -> str:
    """Return the first key as it is written: ``shift+←``, ``b``, ``Ctrl+P``."""
    if not key.command:
        return key.shown
    *modifiers, last = key.names.partition(",")[0].split("+")
    written = _WRITTEN.get(last) or format_key(last)
    if modifiers == ["ctrl"]:
        return f"Ctrl+{written.upper()}"
    return "+".join([*modifiers, written])


_WRITTEN = {
    "home": "Home", "end": "End", "tab": "Tab", "enter": "Enter", "escape": "Esc",
    "pageup": "PgUp", "pagedown": "PgDn", "backspace": "Backspace",
}  # fmt: skip
