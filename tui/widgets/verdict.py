"""What a finished digit is, when that was decided, and which keys go on."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.style import Style

from ..theme import ACCENT, DIM, TEXT, style
from .text_widget import Row, TextWidget, length, text


class NextKey(NamedTuple):
    """A key that goes on, and what it does."""

    key: str
    words: str
    action: str


class VerdictPanel(TextWidget):
    """Lines about the digit, the first one bold, and keys that can also be clicked."""

    def __init__(self, keys: Sequence[NextKey], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._keys = keys
        self._lines: Sequence[str] = ()

    def show(self, lines: Sequence[str]) -> None:
        """Show ``lines``."""
        self._lines = lines
        self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the lines, and as many keys below as there is room for."""
        first = style(ACCENT, bold=True)
        rows: list[Row] = [[text(t, style() if n else first)] for n, t in enumerate(self._lines)]
        keys = self._keys[: max(0, height - len(rows) - 1)]
        air = height >= len(rows) + 2 * len(keys) + 3
        rows = [[], *rows, [], []] if air else [*rows, []]
        column = max((len(key.key) for key in self._keys), default=0) + 2
        for key in keys:
            click = Style.from_meta({"@click": key.action})
            name = text(f"{key.key:<{column}}", style(TEXT, bold=True) + click)
            rows.append([name, text(key.words, style(DIM) + click)])
            rows += [[]] * air
        return [row if length(row) <= width else row[:1] for row in rows]
