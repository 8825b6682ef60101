"""Numbers with labels: as a panel, and on one line."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from ..theme import ACCENT, DIM, TEXT, style
from .text_widget import Row, TextWidget, apart, shortened, text

_TWO_COLUMNS_FROM = 50
_GAP = 4

Pairs = Sequence[tuple[str, str]]
"""Labels and values."""


class NumbersPanel(TextWidget):
    """A number a row, with labels left and values right, in one or two columns."""

    def __init__(
        self,
        *,
        two_columns: bool = False,
        drop_first: Sequence[str] = (),
        group: str = "",
        id: str | None = None,
    ) -> None:
        """Make an empty panel.

        Args:
            two_columns: Whether to use two columns where the panel is wide enough.
            drop_first: The labels that are left out first where there is little room, before
                the last pairs.
            group: A label with a blank row above it where there is room.
            id: The widget's id.
        """
        super().__init__(id=id)
        self._two_columns = two_columns
        self._drop_first, self._group = drop_first, group
        self._pairs: Pairs = ()
        self._strong: Collection[str] = ()

    def show(self, pairs: Pairs, strong: Collection[str] = ()) -> None:
        """Show ``pairs``, the most important first; those labelled ``strong`` are emphasised."""
        self._pairs, self._strong = pairs, strong
        self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the rows that fit."""
        if self._two_columns and width >= _TWO_COLUMNS_FROM:
            yield from self._half_rows((width - _GAP) // 2, height)
            return
        dropped = self._drop_first[: max(0, len(self._pairs) - height)]
        pairs = [pair for pair in self._pairs if pair[0] not in dropped]
        for label, value in pairs[:height]:
            if label == self._group and height > len(pairs):
                yield []
            yield _pair(label, value, width, label in self._strong)

    def _half_rows(self, width: int, height: int) -> Iterable[Row]:
        rows = min(height, (len(self._pairs) + 1) // 2)
        left, right = self._pairs[:rows], self._pairs[rows : 2 * rows]
        for index, pair in enumerate(left):
            row = _pair(*pair, width)
            if index < len(right):
                row = [*row, text(" " * _GAP), *_pair(*right[index], width)]
            yield row


class NumbersLine(TextWidget):
    """As many of the most important numbers as fit on one line."""

    def __init__(self, widths: Mapping[str, int], *, id: str | None = None) -> None:
        """Make an empty line.

        Args:
            widths: The labels to show, in this order, with the cells of their values.
            id: The widget's id.
        """
        super().__init__(id=id)
        self._widths = widths
        self._values: Mapping[str, str] = {}

    def show(self, pairs: Pairs) -> None:
        """Show the values of ``pairs``."""
        self._values = dict(pairs)
        self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the one row."""
        row: Row = []
        for label, cells in self._widths.items():
            value = self._values.get(label, "").rjust(cells)
            width -= len(label) + 1 + len(value)
            if width < 0:
                break
            row += [text(label + " ", style(DIM)), text(value + "   ")]
            width -= 3
        yield row


def _pair(label: str, value: str, width: int, strong: bool = False) -> Row:
    value = shortened(value, width - len(label) - 1)
    look = style(ACCENT, bold=True) if strong else style(TEXT)
    return apart([text(label, style(DIM))], [text(value, look)], width)
