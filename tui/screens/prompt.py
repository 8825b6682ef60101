"""A line to type into, which says at once what the words mean."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from rich.style import Style
from textual.app import ComposeResult
from textual.events import Click, Paste
from textual.events import Key as KeyPress

from ..theme import ACCENT, DIM, ERROR, PANEL, TEXT, style
from ..widgets.text_widget import Row, TextWidget, fit, text
from .overlay import Overlay

_INSET = 2
_MOST = 40  # characters; the longest number has 20


class Target(NamedTuple):
    """What the typed words mean."""

    meaning: str
    """What Enter does, for example ``seed 7``; or why they can't be."""
    act: Callable[[], object] | None
    """Does it; None if the words are wrong."""


class Rule(NamedTuple):
    """One kind of words that can be typed."""

    example: str
    help: str
    read: Callable[[str], Target | None]
    """Returns what the words mean; None if they are of another kind."""


class PromptBox(TextWidget):
    """The typed words, what they mean, and what can be typed."""

    def __init__(self, title: str, rules: Sequence[Rule]) -> None:
        super().__init__()
        self._title, self._rules = title, rules
        self.words = ""
        examples = [len(rule.example) + len(rule.help) for rule in rules]
        self._column = max(len(rule.example) for rule in rules) + 3
        self.styles.width = 2 * _INSET + max(len(title) + 24, max(examples) + 3, 44)
        self.styles.height = len(rules) + 7

    @property
    def target(self) -> Target | None:
        """What the words mean; None while there are none."""
        words = self.words.strip()
        if not words:
            return None
        found = (rule.read(words) for rule in self._rules)
        known = next((target for target in found if target is not None), None)
        return known or Target("nothing of that name: see the examples", None)

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the title, the words with a cursor, their meaning, and examples."""
        strong, dim = style(TEXT, bold=True, background=PANEL), style(DIM, background=PANEL)
        accent = style(ACCENT, bold=True, background=PANEL)
        target = self.target
        meaning: Row = []
        if target is not None and target.act is None:
            meaning = [text(target.meaning, style(ERROR, background=PANEL))]
        elif target is not None:
            meaning = [text(f"→ {target.meaning}", strong), text("   Enter", dim)]
        content: list[Row] = [[], [text(self._title, accent)]]
        content.append([text(": ", accent), text(self.words, strong), text("▌", accent)])
        enter = Style.from_meta({"@click": "screen.enter"})
        content += [[part._replace(style=(part.style or dim) + enter) for part in meaning], []]
        for number, rule in enumerate(self._rules):
            click = Style.from_meta({"@click": f"screen.type({number})"})
            example = text(f"{rule.example:<{self._column}}", strong + click)
            content.append([example, text(rule.help, dim + click)])
        content.append([])
        for row in content:
            yield fit([text(" " * _INSET, dim), *row, text(" " * width, dim)], width)


class PromptScreen(Overlay[Target]):
    """Asks for words; dismissed with what they mean, or None if cancelled."""

    def __init__(self, title: str, rules: Sequence[Rule]) -> None:
        super().__init__()
        self._title, self._rules = title, rules

    def compose(self) -> ComposeResult:
        """Make the box."""
        yield PromptBox(self._title, self._rules)

    def on_click(self, event: Click) -> None:
        """Cancel on a click beside the box."""
        if not isinstance(event.widget, PromptBox):
            self.dismiss(None)

    def on_paste(self, event: Paste) -> None:
        """Type the first line that was pasted."""
        self._type(event.text.strip().partition("\n")[0])

    def on_key(self, event: KeyPress) -> None:
        """Edit the words; Enter takes them, Escape cancels."""
        box = self.query_one(PromptBox)
        match event.key:
            case "escape":
                self.dismiss(None)
            case "enter" | "ctrl+m":
                self._enter(box.target)
            case "backspace" | "ctrl+h":
                box.words = box.words[:-1]
            case "ctrl+u":
                box.words = ""
            case _ if event.character and event.is_printable:
                self._type(event.character)
            case _:
                return
        event.stop()
        box.changed()

    def action_enter(self) -> None:
        """Take the words, as Enter does."""
        self._enter(self.query_one(PromptBox).target)

    def action_type(self, number: int) -> None:
        """Type the example of a rule in place of the words."""
        box = self.query_one(PromptBox)
        box.words = self._rules[number].example
        box.changed()

    def _type(self, characters: str) -> None:
        box = self.query_one(PromptBox)
        box.words = (box.words + "".join(filter(str.isprintable, characters)))[:_MOST]
        box.changed()

    def _enter(self, target: Target | None) -> None:
        if not self.is_current or (target is not None and target.act is None):
            return  # the box says what is wrong
        self.dismiss(target)
