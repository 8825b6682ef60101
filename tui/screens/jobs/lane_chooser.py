"""The choice of the race's lanes: samplers and their numbers of steps, any two to six."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.style import Style
from textual.app import ComposeResult
from textual.events import Click
from textual.events import Key as KeyPress

from ....core.names import SAMPLER_INFO
from ...theme import ACCENT, BACKGROUND, DIM, ERROR, PANEL, TEXT, style
from ...widgets.key_names import key_names
from ...widgets.text_widget import Row, TextWidget, fit, longest_that_fits, shortened, text
from ..overlay import Overlay

FEWEST, MOST = 2, 6
STEPS = (1000, 500, 200, 100, 50, 20, 10, 5, 4, 2, 1)
_KEYS = (
    "space choose   ← → steps   Enter race   Esc cancel",
    "space choose  ← → steps  Enter race",
    "space choose  Enter race",
    "Enter race  Esc cancel",
)
_INSET = 2
_AROUND = 7  # rows of the box that are no lanes
_WIDEST = 92
_ABOUT_LEAST = 16  # cells of a description, at least


_TITLES = {"dpmpp-2m": "DPM-Solver++", "dpmpp-2m-sde": "SDE-DPM++"}
"""Shorter titles, which fit above a picture."""


def title_of(sampler: str) -> str:
    """Return the title of a sampler above its lane."""
    return _TITLES.get(sampler, SAMPLER_INFO[sampler].title)


class Entry(NamedTuple):
    """A sampler with a number of steps."""

    sampler: str
    steps: int


DEFAULT_LANES = tuple(
    Entry(name, SAMPLER_INFO[name].default_steps)
    for name in ("ddpm", "ddim", "dpmpp-2m", "sa-solver")
)
"""The lanes of a race unless others are chosen."""


def offered(chosen: Sequence[Entry]) -> list[Entry]:
    """Return what can be chosen: each sampler with many and with few steps, and what is chosen."""
    entries = list(chosen)
    for name, info in SAMPLER_INFO.items():
        few = max(steps for steps in STEPS if steps <= max(STEPS[-1], info.default_steps // 4))
        entries += [Entry(name, info.default_steps), Entry(name, few)]
    order = list(SAMPLER_INFO)
    return sorted(dict.fromkeys(entries), key=lambda e: (order.index(e.sampler), -e.steps))


class ChooserBox(TextWidget):
    """The entries, those that are chosen marked, and a line of description each."""

    def __init__(self, chosen: Sequence[Entry]) -> None:
        super().__init__()
        self.entries = offered(chosen)
        self.marked = [entry in chosen for entry in self.entries]
        self.at = 0
        """The entry under the cursor."""
        self.styles.height = len(self.entries) + _AROUND
        self.styles.width = _WIDEST

    @property
    def chosen(self) -> list[Entry]:
        """The marked entries; one that is there twice counts once."""
        pairs = zip(self.entries, self.marked, strict=True)
        return list(dict.fromkeys(entry for entry, marked in pairs if marked))

    @property
    def problem(self) -> str:
        """Why there can be no race of them; empty if there can."""
        number = len(self.chosen)
        if FEWEST <= number <= MOST:
            return ""
        return f"choose {FEWEST} to {MOST} lanes (now {number})"

    def move(self, by: int) -> None:
        """Go to another entry."""
        self.at = (self.at + by) % len(self.entries)

    def toggle(self, index: int) -> None:
        """Mark or unmark an entry."""
        self.at = index
        self.marked[index] = not self.marked[index]

    def change_steps(self, by: int) -> None:
        """Give the entry under the cursor fewer (1) or more (-1) steps, and mark it."""
        entry = self.entries[self.at]
        nearest = min(range(len(STEPS)), key=lambda i: abs(STEPS[i] - entry.steps))
        place = min(max(0, nearest + by), len(STEPS) - 1)
        self.entries[self.at] = entry._replace(steps=STEPS[place])
        self.marked[self.at] = True

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the title, the entries that fit, and the keys."""
        accent = style(ACCENT, bold=True, background=PANEL)
        dim = style(DIM, background=PANEL)
        room = width - 2 * _INSET
        shown = max(1, height - _AROUND)
        first = max(0, min(self.at - shown // 2, len(self.entries) - shown))
        content: list[Row] = [[], [text("Lanes of the race", accent)], []]
        last = min(first + shown, len(self.entries))
        keys = [key_names(words, self) for words in _KEYS]
        content += [self._entry(index, room) for index in range(first, last)]
        problem = text(self.problem, style(ERROR, background=PANEL))
        content += [[], [problem], [text(longest_that_fits(keys, room), dim)]]
        for row in content:
            yield fit([text(" " * _INSET, dim), *row, text(" " * width, dim)], width)

    def _entry(self, index: int, room: int) -> Row:
        entry, here = self.entries[index], index == self.at
        info = SAMPLER_INFO[entry.sampler]
        back = BACKGROUND if here else PANEL
        mark = "●" if self.marked[index] else "○"
        steps = f"{entry.steps:>5} {'step ' if entry.steps == 1 else 'steps'}"
        name = f"{'▸' if here else ' '} {mark} {title_of(entry.sampler):<14}{steps}"
        about = f"   {info.about}" if room - len(name) >= _ABOUT_LEAST else ""
        about = shortened(about, max(0, room - len(name)))
        click = Style.from_meta({"@click": f"screen.mark({index})"})
        strong = style(ACCENT if self.marked[index] else TEXT, bold=here, background=back)
        plain = style(DIM, background=back)
        spare = " " * max(0, room - len(name) - len(about))
        return [text(name, strong + click), text(about + spare, plain + click)]


class LaneChooser(Overlay[tuple[Entry, ...] | None]):
    """Chooses the lanes; dismissed with them, or with None if all stays as it is."""

    def __init__(self, chosen: Sequence[Entry]) -> None:
        super().__init__()
        self.box = ChooserBox(chosen)

    def compose(self) -> ComposeResult:
        """Make the box."""
        yield self.box

    def on_click(self, event: Click) -> None:
        """Leave on a click beside the box."""
        if not isinstance(event.widget, ChooserBox):
            self._leave(None)

    def on_key(self, event: KeyPress) -> None:
        """Move, choose, race or leave."""
        box = self.box
        match event.key:
            case "up" | "k":
                box.move(-1)
            case "down" | "j":
                box.move(1)
            case "space":
                box.toggle(box.at)
            case "left" | "minus":
                box.change_steps(1)
            case "right" | "plus":
                box.change_steps(-1)
            case "enter":
                if not box.problem:
                    self._leave(tuple(box.chosen))
            case "escape" | "m" | "q":
                self._leave(None)
            case _:
                return
        event.stop()
        box.changed()

    def action_mark(self, index: int) -> None:
        """Mark or unmark an entry that is clicked."""
        self.box.toggle(index)
        self.box.changed()

    def _leave(self, result: tuple[Entry, ...] | None) -> None:
        if self.is_current:
            self.dismiss(result)
