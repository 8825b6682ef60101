"""Footer, titles, and the line that describes the current phase."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import Enum
from textwrap import wrap

from rich.style import Style
from textual.timer import Timer

from ...core.names import CONSISTENCY
from ...core.phases import Phase, about_phase
from ..keys import Key, full_action
from ..theme import DIM, ERROR, PHASE_COLOURS, TEXT, style
from .key_names import key_names
from .text_widget import (
    Row,
    TextWidget,
    apart,
    length,
    longest_that_fits,
    shortened,
    text,
)

SHORT_CONSISTENCY = "a whole digit each time"
SHORT_DESCRIPTIONS: dict[Phase, str] = {
    Phase.STATIC: "almost pure noise",
    Phase.BLOB: "a patch of ink gathers",
    Phase.LOCK_IN: "the digit gets settled here",
    Phase.REFINEMENT: "edges become clean",
}


SHORT_DESCRIPTIONS_OF_PICTURES: dict[Phase, str] = {
    Phase.STATIC: "almost pure noise",
    Phase.BLOB: "large shapes appear",
    Phase.LOCK_IN: "it gets settled which picture",
    Phase.REFINEMENT: "details become clean",
}


class Footer(TextWidget):
    """The keys of the current state; each can also be clicked."""

    def __init__(self, keys: Sequence[Key], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._keys = keys
        self._state: Enum | None = None
        self._hidden: Collection[str] = ()
        self._labels: Mapping[str, str] = {}
        self._notice = ""
        self._ends: Timer | None = None

    @property
    def notice(self) -> str:
        """The message in place of the keys; empty for none."""
        return self._notice

    def show_notice(self, notice: str, seconds: float | None) -> None:
        """Show a message in place of the keys: for some seconds, or until it is cleared."""
        if self._ends is not None:
            self._ends.stop()
        self._notice = notice
        self._ends = None if seconds is None else self.set_timer(seconds, self.clear_notice)
        self.changed()

    def clear_notice(self) -> None:
        """Show the keys again."""
        self._notice = ""
        self.changed()

    def show(self, state: Enum | None, hidden: Collection[str] = ()) -> None:
        """Show the keys of the screen's ``state``, without the ``hidden`` actions."""
        self._state, self._hidden = state, hidden
        self.changed()

    def rename(self, labels: Mapping[str, str]) -> None:
        """Show these labels of actions in place of those in the key table."""
        self._labels = labels
        self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the one row: keys of this state at the left, back, help and quit at the right."""
        if self._notice:
            return [[text(shortened(self._notice, width), style(TEXT))]]
        left, right = [], []
        recording = getattr(self.app, "live_recording", None)  # Textual's App, in tests, has none
        if recording and recording.path:
            stop = style(ERROR, bold=True) + Style.from_meta({"@click": "app.record"})
            left.append(
                [text("● ", stop), text(recording.path, stop), text(" r stops   ", style(DIM))]
            )
        for key in self._keys:
            label = self._labels.get(key.action) or key.label(self._state)
            if not label or key.action in self._hidden:
                continue
            click = Style.from_meta({"@click": full_action(key.action)})
            item = [
                text(key_names(key.shown, self), style(TEXT, bold=True) + click),
                text(f" {label}", style(DIM) + click),
                text("   "),
            ]
            (right if key.action in ("back", "help", "quit") else left).append(item)
        row = [segment for item in left for segment in item]
        last = [segment for item in right for segment in item][:-1]
        while left and length(row) + length(last) >= width:
            left.pop()  # the table lists the important ones first
            row = [segment for item in left for segment in item]
        return [apart(row, last, width)]


class Title(TextWidget):
    """The name of a picture and what it shows (longest wording first)."""

    def __init__(self, name: str, meanings: Sequence[str], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._name = name
        self._meanings = meanings

    def show(self, name: str, meanings: Sequence[str]) -> None:
        """Show another name and meaning."""
        self._name, self._meanings = name, meanings
        self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the one row."""
        meaning = longest_that_fits(self._meanings, width - len(self._name) - 2)
        return [[text(self._name, style(TEXT, bold=True)), text("  "), text(meaning, style(DIM))]]


class PhaseLine(TextWidget):
    """The current phase and its description, or a message."""

    def __init__(self, *, noun: str = "digit", id: str | None = None) -> None:
        """Make an empty line about samples that are called ``noun``."""
        super().__init__(id=id)
        self._noun = noun
        self._phase: Phase | None = None
        self._message = ""
        self._sampler = "ddpm"
        self._numbers: Sequence[str] = ()
        self._with_numbers = False
        self._colour = TEXT

    def show_phase(self, phase: Phase, numbers: Sequence[str], sampler: str = "ddpm") -> None:
        """Show what happens in ``phase`` of ``sampler``, or ``numbers`` (longest wording first)."""
        self._phase, self._numbers, self._sampler = phase, numbers, sampler
        self.changed()

    def show_message(self, message: str, *, error: bool = False) -> None:
        """Show a message in place of the phase."""
        self._phase, self._message = None, message
        self._colour = ERROR if error else TEXT
        self.changed()

    def include_numbers(self, wanted: bool) -> None:
        """Show the numbers in place of the description, for layouts without a panel for them."""
        self._with_numbers = wanted
        self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the rows of the text, from the top, so that it stays where it is."""
        if self._phase is None:
            lines = _wrapped(self._message, width, height)
            if len(lines) > height:
                lines[height - 1 :] = [shortened(" ".join(lines[height - 1 :]), width)]
            return [[text(line, style(self._colour))] for line in lines]
        colour = PHASE_COLOURS[self._phase]
        head = [
            text("● ", style(colour)),
            text(self._phase.label, style(colour, bold=True)),
            text(f"  t {self._phase.span}", style(DIM)),
        ]
        room = width - length(head) - 3
        if self._with_numbers:
            return [[*head, text("   " + longest_that_fits([*self._numbers, ""], room))]]
        digits = self._noun == "digit"
        long = about_phase(self._phase, self._noun, self._sampler)
        short = (SHORT_DESCRIPTIONS if digits else SHORT_DESCRIPTIONS_OF_PICTURES)[self._phase]
        if digits and self._sampler == CONSISTENCY:
            short = SHORT_CONSISTENCY
        return [[*head, text("   " + longest_that_fits([long, short, ""], room))]]


def _wrapped(message: str, width: int, height: int) -> list[str]:
    """Return a message in lines; its last clauses are left out where there is no room for them."""
    whole = lines = wrap(message, width)
    while len(lines) > height and "; " in message:
        message = message.rpartition("; ")[0]
        lines = wrap(message, width)
    return lines if len(lines) <= height else whole


class TooSmall(TextWidget):
    """A message about the terminal size that is needed."""

    def __init__(self, needed: tuple[int, int], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._needed = needed

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the message, centred."""
        needed = f"diffviz needs {self._needed[0]}x{self._needed[1]}, this is {width}x{height}"
        message = f"{needed}: enlarge the window, or make its letters smaller"
        lines = wrap(message, max(1, width)) or [""]
        top = max(0, (height - len(lines)) // 2)
        return [[] for _ in range(top)] + [[text(line.center(width))] for line in lines]
