"""Terminal cells (glyph, front and back colour) and their escape sequences."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .halfblock import EMPTY, FULL, LOWER, UPPER

_RESET = "\x1b[0m"
_MOST_SEQUENCES = 1 << 14


@dataclass(frozen=True, eq=False)
class Cells:
    """Pictures as cells; all arrays have one shape, ``[..., rows, columns]``."""

    glyphs: NDArray[np.integer]
    """Unicode code points."""
    front: NDArray[np.integer]
    """Positions in a list of colours; unused under a space."""
    back: NDArray[np.integer]
    """The same for the back; unused under a full block."""

    def __len__(self) -> int:
        return len(self.glyphs)

    def __iter__(self) -> "Iterator[Cells]":
        return (self[index] for index in range(len(self)))

    def __getitem__(self, area: Any) -> "Cells":
        return Cells(self.glyphs[area], self.front[area], self.back[area])

    def __setitem__(self, area: Any, cells: "Cells") -> None:
        self.glyphs[area] = cells.glyphs
        self.front[area] = cells.front
        self.back[area] = cells.back


class CellRow(NamedTuple):
    """One row of cells as Python values, which are faster to iterate over than arrays."""

    text: str
    front: list[int]
    back: list[int]


class Run(NamedTuple):
    """Cells side by side in the same two colours."""

    text: str
    front: int
    back: int


class Codes:
    """The escape sequences of a list of colours; if it is empty, only glyphs are written."""

    def __init__(self, front: Sequence[str], back: Sequence[str]) -> None:
        """Make the sequences from the SGR parameters of each colour as front and as back."""
        self.plain = not front
        self.front = [f"\x1b[{code}m" for code in front]
        self.back = [f"\x1b[{code}m" for code in back]
        self.both = [[f"\x1b[{f};{b}m" for b in back] for f in front]


class CodesOnDemand:
    """The same for more colours than a list can hold: each sequence is made when it is used."""

    plain = False

    def __init__(self, code: Callable[[int, bool], str]) -> None:
        """Make the sequences; ``code(position, back)`` returns the SGR parameters of a colour."""
        self.front = _Sequences(lambda position: f"\x1b[{code(position, False)}m")
        self.back = _Sequences(lambda position: f"\x1b[{code(position, True)}m")
        self.both = _Pairs(code)


class _Sequences(dict[int, str]):
    """Sequences by position, made when they are first asked for."""

    def __init__(self, make: Callable[[int], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, position: int) -> str:
        if len(self) >= _MOST_SEQUENCES:
            self.clear()
        self[position] = made = self._make(position)
        return made


class _Pairs:
    """``pairs[front][back]`` is the sequence of two colours; none is kept."""

    def __init__(self, code: Callable[[int, bool], str]) -> None:
        self._code = code

    def __getitem__(self, front: int) -> "_Backs":
        return _Backs(self._code, front)


class _Backs(NamedTuple):
    code: Callable[[int, bool], str]
    front: int

    def __getitem__(self, back: int) -> str:  # pyright: ignore[reportIncompatibleMethodOverride]
        return f"\x1b[{self.code(self.front, False)};{self.code(back, True)}m"


def cell_rows(cells: Cells) -> list[CellRow]:
    """Return the rows of cells ``[rows, columns]``."""
    texts = [row.tobytes().decode("utf-32-le") for row in cells.glyphs.astype("<u4")]
    rows = zip(texts, cells.front.tolist(), cells.back.tolist(), strict=True)
    return [CellRow(*row) for row in rows]


def encode_cells(row: CellRow, codes: Codes | CodesOnDemand) -> str:
    """Return the escape sequences that draw ``row``.

    They set a colour only where it changes and end with a reset. A half-block or a space is
    written with the glyph that needs the fewest changes: black on white ▀ looks like white on
    black ▄, and a white space like a full block in white.
    """
    if codes.plain:
        return row.text
    fronts, backs, both = codes.front, codes.back, codes.both
    f = b = -1  # the current colours
    out: list[str] = []
    add = out.append
    for glyph, front, back in zip(*row, strict=True):
        if glyph == EMPTY:
            if back == b:
                add(EMPTY)
            elif back == f:
                add(FULL)
            else:
                b = back
                add(backs[b])
                add(EMPTY)
        elif front == f:
            if back != b:
                b = back
                add(backs[b])
            add(glyph)
        elif back == b:
            f = front
            add(fronts[f])
            add(glyph)
        elif glyph == UPPER and (front == b or back == f):
            if front != b:
                b = front
                add(backs[b])
            elif back != f:
                f = back
                add(fronts[f])
            add(LOWER)
        else:
            f, b = front, back
            add(both[f][b])
            add(glyph)
    add(_RESET)
    return "".join(out)


def runs(row: CellRow) -> Iterator[Run]:
    """Yield the cells of ``row`` with neighbours of the same colours joined."""
    begin = 0
    colours = list(zip(row.front, row.back, strict=True))
    for end in range(1, len(colours) + 1):
        if end == len(colours) or colours[end] != colours[begin]:
            yield Run(row.text[begin:end], *colours[begin])
            begin = end
