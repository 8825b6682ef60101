"""Cells as escape sequences: a glyph, a front and a back colour each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .halfblock import EMPTY, FULL, Run


@dataclass(frozen=True, eq=False)
class Cells:
    """Pictures as cells; all arrays have one shape, ``[..., rows, columns]``."""

    glyphs: NDArray[np.integer]
    """Unicode code points."""
    front: NDArray[np.integer]
    """Positions in a ladder of colours; without meaning under a space."""
    back: NDArray[np.integer]
    """The same for the back; without meaning under a full block."""


def encode_cells(
    glyphs: Sequence[int],
    front: Sequence[int],
    back: Sequence[int],
    front_codes: Sequence[str],
    back_codes: Sequence[str],
) -> tuple[str, list[Run]]:
    """Draw one row of cells, given the SGR parameters of each colour position.

    Returns the escape sequences, which name a colour only where it changes and end with a
    reset, and the same cells as runs.
    """
    out: list[str] = []
    runs: list[Run] = []
    now_front = now_back = -1
    text: list[str] = []
    for code, f, b in zip(glyphs, front, back, strict=True):
        glyph = chr(code)
        if glyph == EMPTY and b == now_front and b != now_back:
            glyph = FULL
        new_front = now_front if glyph in (EMPTY, FULL) else f
        new_back = now_back if glyph == FULL else b
        if new_front != now_front or new_back != now_back:
            if text:
                _finish(out, runs, text, now_front, now_back)
                text = []
            if new_front == now_front:
                out.append(f"\x1b[{back_codes[new_back]}m")
            elif new_back == now_back:
                out.append(f"\x1b[{front_codes[new_front]}m")
            else:
                out.append(f"\x1b[{front_codes[new_front]};{back_codes[new_back]}m")
            now_front, now_back = new_front, new_back
        text.append(glyph)
    if text:
        _finish(out, runs, text, now_front, now_back)
    out.append("\x1b[0m")
    return "".join(out), runs


def _finish(out: list[str], runs: list[Run], text: list[str], front: int, back: int) -> None:
    joined = "".join(text)
    out.append(joined)
    runs.append(Run(joined, front, back))
