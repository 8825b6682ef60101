"""Bars, one for each digit or other class: the number of its pictures, or its probability."""

from collections.abc import Iterable, Sequence

from rich.segment import Segment
from textual.events import Click
from textual.message import Message

from ...core.array_types import Array
from ..text import DIGITS, percent
from ..theme import ACCENT, DIM, FAINT, TEXT, style
from .text_widget import Row, TextWidget, length, longest_that_fits, shortened, text

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_LEVELS = " ▁▂▃▄▅▆▇█"
_SOME = 0.005  # smaller shares are written as 0%


class DigitBars(TextWidget):
    """A title and a row for each class, or all in one row where there is no more room.

    The classes are the ten digits unless others are named. Of more classes than there are rows the
    most likely ones are shown.
    """

    class Picked(Message):
        """The bar of the class called ``name`` was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, titles: Sequence[str], *, id: str | None = None) -> None:
        """Make empty bars; ``titles`` are wordings of the title, longest first."""
        super().__init__(id=id)
        self._titles = titles
        self._shares: Sequence[float] = [0.0] * 10
        self._texts: Sequence[str] = [""] * 10
        self._marked: int | None = None
        self._names: Sequence[str] = DIGITS

    def show(
        self,
        shares: Sequence[float],
        texts: Sequence[str],
        marked: int | None,
        names: Sequence[str] = DIGITS,
    ) -> None:
        """Show ``shares`` (0 to 1) as bars with ``texts``; ``marked`` is the highlighted class."""
        self._shares, self._texts, self._marked = shares, texts, marked
        self._names = names
        self.changed()

    def show_belief(
        self, belief: Array | None, names: Sequence[str] = DIGITS, unknown: str = ""
    ) -> None:
        """Show the probabilities ``belief`` of the classes ``names``, the likeliest highlighted.

        None, which isn't known, has empty bars with ``unknown`` beside each.
        """
        if belief is None:
            self.show([0.0] * len(names), [unknown] * len(names), None, names)
        else:
            self.show(belief.tolist(), [percent(p) for p in belief], int(belief.argmax()), names)

    def on_click(self, event: Click) -> None:
        """Tell which bar was clicked."""
        height = self.size.height
        shown = likeliest(self._shares, height - 1) if height >= self._least else []
        if 1 <= event.y <= len(shown):
            self.post_message(self.Picked(self._names[shown[event.y - 1]]))

    @property
    def _least(self) -> int:
        """The rows from which on there are bars: with fewer, all is in one row."""
        return 11 if tuple(self._names) == DIGITS else 3

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the title and a row for each class, or the one row."""
        digits = tuple(self._names) == DIGITS
        if height < self._least:
            if digits:
                yield self._line(width)
            else:
                title = self._titles[-1] + "  "
                yield [text(title, style(DIM)), *self._listed(width - len(title))]
            return
        titles = self._titles if digits else list(map(_of_classes, self._titles))
        yield [text(longest_that_fits(titles, width), style(DIM))]
        numbers = max(map(len, self._texts), default=0)
        shown = likeliest(self._shares, height - 1)
        names = max((len(self._names[place]) for place in shown), default=0)
        names = min(names, max(1, width // 3))
        room = width - names - 1 - numbers - (1 if numbers else 0)
        for place in shown:
            share, written = self._shares[place], self._texts[place]
            colour = TEXT if place == self._marked else ACCENT
            name = style(TEXT if share >= _SOME else DIM, bold=place == self._marked)
            yield [
                text(f"{shortened(self._names[place], names):<{names}} ", name),
                *bar(share, room, colour),
                text(f" {written:>{numbers}}" if numbers else "", style(DIM)),
            ]

    def _line(self, width: int) -> Row:
        numbers = max(map(len, self._texts))
        if not numbers:  # nothing is known yet
            return [text(longest_that_fits([t + "   –" for t in self._titles], width), style(DIM))]
        row: Row = []
        gaps = 3 if width >= 10 * (5 + numbers) + 6 else 1
        cell = 4 + numbers
        if width < 10 * (cell + gaps) - gaps:
            cell, gaps = 2 + numbers, 0 if width < 10 * (3 + numbers) else 1
        if gaps == 0:  # numbers would touch the next digit
            listed = self._listed(width)
            titles = [*(t + "  " for t in self._titles), ""]
            title = longest_that_fits(titles, max(0, width - length(listed)))
            return [text(title, style(DIM)), *listed]
        spare = width - 10 * (cell + gaps)
        title = longest_that_fits([*(t + "   " for t in self._titles), ""], max(0, spare))
        row.append(text(title, style(DIM)))
        for digit, (share, written) in enumerate(zip(self._shares, self._texts, strict=True)):
            label_style = style(TEXT if share >= _SOME else DIM, bold=digit == self._marked)
            if cell == 4 + numbers:
                level = _LEVELS[min(8, round(share * 8) or (1 if share >= _SOME else 0))]
                row += [text(f"{digit} ", label_style), text(level, style(ACCENT)), text(" ")]
                row.append(text(f"{written:>{numbers}}", style(DIM)))
            else:
                row += [text(f"{digit}:", label_style), text(f"{written:<{numbers}}", style(DIM))]
            row.append(text(" " * gaps))
        return row

    def _listed(self, width: int) -> Row:
        """Return the classes that there are, without the rarest ones if there is no room."""
        there = [place for place, share in enumerate(self._shares) if share >= _SOME]
        while True:
            listed = " ".join(
                f"{self._names[place]}:{self._texts[place].strip()}" for place in there
            )
            if len(listed) <= width or not there:
                return [text(listed, style(TEXT))]
            there.remove(min(there, key=lambda place: self._shares[place]))


def _of_classes(title: str) -> str:
    return title.replace("digits", "classes").replace("digit", "class")


def likeliest(shares: Sequence[float], number: int) -> list[int]:
    """Return the places of the ``number`` largest shares, in their own order."""
    by_share = sorted(range(len(shares)), key=lambda place: -shares[place])
    return sorted(by_share[:number])


def bar(share: float, width: int, colour: str) -> list[Segment]:
    """Return a bar of ``width`` cells, ``share`` of it filled, rounded to an eighth of a cell."""
    eighths = round(min(1.0, max(0.0, share)) * width * 8)
    whole, part = divmod(eighths, 8)
    filled = "█" * whole + (_EIGHTHS[part] if part else "")
    rest = width - len(filled)
    return [text(filled, style(colour)), text("·" * max(0, rest), style(FAINT))]
