"""Half-block characters: one cell shows two square pixels, one above the other."""

from collections.abc import Sequence
from typing import NamedTuple

from .greys import Greys

UPPER, LOWER, FULL, EMPTY = "▀", "▄", "█", " "


class Run(NamedTuple):
    """Cells side by side in the same two colours, as positions in a :class:`Greys`.

    ``front`` is -1 as long as only spaces were drawn and no front colour was chosen.
    """

    text: str
    front: int
    back: int


def pixel_rows(side: int, scale: int) -> list[tuple[int, int]]:
    """Return the upper and lower pixel row that each row of cells shows.

    A pixel is ``scale`` cells wide and half as many high, so ``side`` pixel rows take
    ``side * scale / 2`` rows of cells (rounded up; a last half row repeats the last pixel row).
    """
    last = side - 1
    return [
        (min(2 * y // scale, last), min((2 * y + 1) // scale, last))
        for y in range((side * scale + 1) // 2)
    ]


def encode_row(
    upper: Sequence[int], lower: Sequence[int], scale: int, greys: Greys
) -> tuple[str, list[Run]]:
    """Draw one row of cells from two rows of pixels.

    Returns the escape sequences and the same cells as runs. The sequences name a colour only
    where it changes and end with a reset; for each cell the character is taken that needs the
    fewest changes: black on white ▀ looks like white on black ▄.
    """
    front_codes, back_codes = greys.front, greys.back
    out: list[str] = []
    runs: list[Run] = []
    front = back = -1
    text = ""
    for a, b in zip(upper, lower, strict=True):
        new_front, new_back = front, back
        if a == b:
            if a == back:
                glyph = EMPTY
            elif a == front:
                glyph = FULL
            else:
                glyph, new_back = EMPTY, a
        elif a == front or b == back:
            glyph, new_front, new_back = UPPER, a, b
        elif b == front or a == back:
            glyph, new_front, new_back = LOWER, b, a
        else:
            glyph, new_front, new_back = UPPER, a, b
        if new_front != front or new_back != back:
            if text:
                out.append(text)
                runs.append(Run(text, front, back))
                text = ""
            if new_front == front:
                out.append(f"\x1b[{back_codes[new_back]}m")
            elif new_back == back:
                out.append(f"\x1b[{front_codes[new_front]}m")
            else:
                out.append(f"\x1b[{front_codes[new_front]};{back_codes[new_back]}m")
            front, back = new_front, new_back
        text += glyph * scale
    out.append(text)
    runs.append(Run(text, front, back))
    out.append("\x1b[0m")
    return "".join(out), runs
