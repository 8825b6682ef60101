"""A box with a list to choose from: the selected row is marked, and each can be clicked."""

from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import NamedTuple

from rich.style import Style

from ..theme import ACCENT, BACKGROUND, DIM, PANEL, TEXT, style
from ..widgets.key_names import key_names
from ..widgets.text_widget import (
    Row,
    TextWidget,
    fit,
    length,
    longest_that_fits,
    shortened_row,
    text,
)

_LEFT, _INSET = 3, 2  # cells before and after a row, the border included
_AROUND = 6  # border, title, blank, and below the list blank, the line about the keys, border
_GAP = 3
_WIDEST = 96
_STRONG = style(TEXT, bold=True, background=PANEL)
_DIM = style(DIM, background=PANEL)
_ACCENT = style(ACCENT, bold=True, background=PANEL)


class Choice(NamedTuple):
    """One thing to choose."""

    name: str
    about: str = ""
    """A line of description, beside the name or below it."""
    key: str = ""
    """The key that does the same, at the right."""
    mark: str = ""
    """What stands in front of the name, such as a number."""


class ChoiceList(TextWidget):
    """A title, what was typed, as many choices as have room, and a line about the keys."""

    def __init__(self, title: str, choices: Sequence[Choice], keys: str, *, typed: bool) -> None:
        """Make the list; ``keys`` is the line about the keys, ``typed`` whether one can type."""
        super().__init__()
        self._title, self._keys, self._typed = title, keys, typed
        self._choices = choices
        self.words = ""
        """What was typed."""
        self.nothing = ""
        """What is said where there is no choice."""
        self.selected = 0
        self._first = 0
        self._column = 0
        """Cells of the names where descriptions stand beside them; 0: below."""

    @property
    def choices(self) -> Sequence[Choice]:
        """What can be chosen."""
        return self._choices

    @property
    def page(self) -> int:
        """The number of choices that have room, one a row."""
        return max(1, self.size.height - _AROUND - self._typed)

    def offer(self, choices: Sequence[Choice]) -> None:
        """Offer other choices, the first one selected."""
        self._choices, self.selected, self._first = choices, 0, 0
        self.changed()

    def set_room(self, width: int, height: int) -> None:
        """Set the size that the choices need, within that of the screen."""
        most = min(_WIDEST, width - 2 - _LEFT - _INSET)
        names = [len(c.mark) + len(c.name) for c in self._choices]
        column = max(names, default=0)
        abouts = [column + _GAP + len(c.about) for c in self._choices if c.about]
        keys = [n + _GAP + len(self._key(c)) for n, c in zip(names, self._choices, strict=True)]
        wanted = max([*abouts, *keys, len(self._title) + 16, len(key_names(self._keys, self))])
        self._column = column if abouts and max(abouts) <= most else 0
        inner = min(most, wanted)
        rows = sum(len(self._lines(n, inner)) for n in range(len(self._choices)))
        self.styles.width = inner + _LEFT + _INSET
        self.styles.height = min(height - 2, rows + _AROUND + self._typed)
        self.changed()

    def select(self, by: int, around: bool = True) -> None:
        """Select another choice; after the last comes the first if it goes ``around``."""
        last = len(self._choices) - 1
        if last >= 0:
            wanted = self.selected + by
            self.selected = wanted % (last + 1) if around else min(last, max(0, wanted))
            self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the rows of the box."""
        inner = width - _LEFT - _INSET
        room = max(1, height - _AROUND - self._typed)
        blocks = [self._lines(number, inner) for number in range(len(self._choices))]
        shown = self._scrolled([len(block) for block in blocks], room)
        title: Row = [text(self._title, _ACCENT)]
        if len(shown) < len(blocks):
            sign = f"{shown.start + 1}-{shown.stop} of {len(blocks)}"
            title.append(text(sign.rjust(inner - length(title)), _DIM))
        content: list[Row] = [[], title]
        if self._typed:
            content.append([text("> ", _ACCENT), text(self.words, _STRONG), text("▌", _ACCENT)])
        body = [line for number in shown for line in blocks[number]]
        if not blocks:
            body = [[text(line, _DIM)] for line in wrap(self.nothing, inner)]
        first_row = len(content) + 1
        marked = first_row + sum(len(blocks[n]) for n in shown if n < self.selected)
        content += [[], *body, *[[]] * (room - len(body)), []]
        keys = key_names(self._keys, self).split("   ")
        wordings = [gap.join(part) for part in (keys, keys[1:]) for gap in ("   ", "  ")]
        content += [[text(longest_that_fits([*wordings, keys[1]], inner), _DIM)], []]
        for number, row in enumerate(content):
            mark = " ▸" if blocks and number == marked else ""
            yield fit([text(f"{mark:<{_LEFT}}", _ACCENT), *row, text(" " * width, _DIM)], width)

    def _scrolled(self, heights: Sequence[int], room: int) -> range:
        """Return the choices that are shown, the selected one among them."""
        self._first = min(self._first, self.selected)
        while sum(heights[self._first : self.selected + 1]) > room and self._first < self.selected:
            self._first += 1
        last, left = self._first, room
        while last < len(heights) and heights[last] <= left:
            left -= heights[last]
            last += 1
        return range(self._first, last)

    def _key(self, choice: Choice) -> str:
        return key_names(choice.key, self)

    def _lines(self, number: int, inner: int) -> list[Row]:
        """Return the rows of a choice, ``inner`` cells wide."""
        choice, chosen = self._choices[number], number == self.selected
        paper = ACCENT if chosen else PANEL
        click = Style.from_meta({"@click": f"screen.choose({number})"})
        strong = style(BACKGROUND if chosen else TEXT, bold=True, background=paper) + click
        weak = style(BACKGROUND if chosen else DIM, background=paper) + click
        row: Row = [text(choice.mark, weak), text(choice.name, strong)]
        if self._column:
            row.append(text(" " * (self._column - length(row) + _GAP) + choice.about, weak))
        if choice.key:
            key = self._key(choice)
            space = inner - length(row) - len(key)
            row = shortened_row(row, inner - len(key) - 1)
            row += [text(" " * max(1, space), weak), text(key, strong)]
        lines: list[Row] = [row]
        if choice.about and not self._column:
            indent = len(choice.mark)
            lines += [
                [text(" " * indent + line, weak)]
                for line in wrap(choice.about, max(8, inner - indent))
            ]
        return [[*line, text(" " * max(0, inner - length(line)), weak)] for line in lines]
