"""A menu: each choice has a number and a line of description; Esc leaves all as it was."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from textual.app import ComposeResult
from textual.events import Click, Resize
from textual.events import Key as KeyPress

from .choice_list import Choice, ChoiceList
from .overlay import Overlay


class Item(NamedTuple):
    """One thing to choose."""

    name: str
    about: str


class ListScreen(Overlay[int]):
    """A list over the screen; dismissed with the number of what was chosen, or None."""

    def __init__(self, box: ChoiceList) -> None:
        super().__init__()
        self.box = box
        """The list."""

    def compose(self) -> ComposeResult:
        """Show the list."""
        yield self.box

    def on_resize(self, event: Resize) -> None:
        """Fit the list to the terminal."""
        self.box.set_room(event.size.width, event.size.height)

    def on_click(self, event: Click) -> None:
        """Leave on a click beside the list."""
        if not isinstance(event.widget, ChoiceList):
            self.leave(None)

    def on_mouse_scroll_down(self) -> None:
        """Select the next choice."""
        self.box.select(1, around=False)

    def on_mouse_scroll_up(self) -> None:
        """Select the choice before."""
        self.box.select(-1, around=False)

    def action_choose(self, number: int) -> None:
        """Leave with a choice."""
        self.leave(number)

    def leave(self, number: int | None) -> None:
        """Leave, with a choice or without."""
        if self.is_current:
            self.dismiss(number)

    def moves(self) -> dict[str, Callable[[], object]]:
        """Return what the keys do that every list has."""
        box = self.box
        return {
            "up": lambda: box.select(-1),
            "down": lambda: box.select(1),
            "pageup": lambda: box.select(-box.page, around=False),
            "pagedown": lambda: box.select(box.page, around=False),
            "home": lambda: box.select(-len(box.choices), around=False),
            "end": lambda: box.select(len(box.choices), around=False),
            "enter": lambda: self.leave(box.selected if box.choices else None),
            "escape": lambda: self.leave(None),
        }


class MenuScreen(ListScreen):
    """Chooses by a number, by arrows and Enter, by the mouse, or by the key that opened it."""

    def __init__(self, title: str, items: Sequence[Item], current: int | None, opener: str) -> None:
        """Make the menu.

        Args:
            title: What is chosen.
            items: The choices.
            current: The one in use, which is marked and selected; None for none of them.
            opener: The key that opened the menu: it selects the next choice.
        """
        choices = [
            Choice(item.name, item.about, mark=f"{number} {'●' if at == current else ' '} ")
            for at, (number, item) in enumerate(zip(_numbers(len(items)), items, strict=True))
        ]
        keys = "1-9, Enter: choose   Esc: leave it"
        super().__init__(ChoiceList(title, choices, keys, typed=False))
        self.box.selected = current or 0
        self._opener = opener

    def on_key(self, event: KeyPress) -> None:
        """Choose, or select another one."""
        box = self.box
        does = self.moves() | {
            "q": lambda: self.leave(None),
            "k": lambda: box.select(-1),
            "j": lambda: box.select(1),
            self._opener: lambda: box.select(1),
        }
        numbers = _numbers(len(box.choices))
        if event.character and event.character.strip() and event.character in numbers:
            self.leave(numbers.index(event.character))
        elif event.key in does:
            does[event.key]()
        else:
            return
        event.stop()


def _numbers(choices: int) -> list[str]:
    """Return the key of each choice: 1 to 9, further ones have none."""
    return [str(number) if number <= 9 else " " for number in range(1, choices + 1)]
