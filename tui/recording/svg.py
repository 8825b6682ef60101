"""Screenshots that look the same in every viewer: each word at its own place, blocks as shapes.

Rich writes a run of cells as one text with a ``textLength``, and leaves blocks and braille to the
font. Viewers that ignore the one (librsvg, cairosvg) or lack the other shift what follows: curves
leave their panels, and gaps before words close.
"""

import re
from collections.abc import Iterator
from html import escape, unescape
from itertools import groupby

from rich.cells import cell_len

from ..pixels.halfblock import FULL, LOWER, UPPER

_RUN = re.compile(
    r'<text class="(?P<ink>[^"]+)" x="(?P<x>[\d.]+)" y="(?P<y>[\d.]+)" '
    r'textLength="(?P<length>[\d.]+)" (?P<clip>clip-path="[^"]+")>(?P<text>[^<]*)</text>'
)
_BASELINE = 18.5
"""From the top of a cell to the line that its text stands on."""
_HEIGHT = 24.4
_BLANKS = " \xa0\u2800"
_QUADRANTS = dict(zip("▖▗▘▙▚▛▜▝▞▟▌▐", (4, 8, 1, 13, 9, 7, 11, 2, 6, 14, 5, 10), strict=True))
"""Upper left 1, upper right 2, lower left 4, lower right 8."""
_BRAILLE = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
"""Column and row of each bit."""

Box = tuple[float, float, float, float]
"""Left, top, width and height as parts of a cell."""


def aligned(svg: str) -> str:
    """Return a screenshot of Rich with every cell where it belongs."""
    return _RUN.sub(_redrawn, svg)


def _redrawn(run: re.Match[str]) -> str:
    text = unescape(run["text"])
    if cell_len(text) != len(text):
        return run[0]  # wide signs: nothing in the app, but a path may have them
    ink, clip = f'class="{run["ink"]}"', run["clip"]
    left, baseline, cell = float(run["x"]), float(run["y"]), float(run["length"]) / len(text)
    top = baseline - _BASELINE
    parts: list[str] = []
    column = 0
    for glyph, group in groupby(text, _kind):
        piece = "".join(group)
        for start, word in _words(piece, glyph):
            x = left + (column + start) * cell
            if glyph == "word":
                length = f'textLength="{_short(cell * len(word))}"'
                place = f'x="{_short(x)}" y="{run["y"]}"'
                parts.append(f"<text {ink} {place} {length} {clip}>{escape(word)}</text>")
            elif glyph != "blank":
                shapes = "".join(
                    _path(x + left_ * cell, top + top_ * _HEIGHT, w * cell, h * _HEIGHT)
                    for left_, top_, w, h in _boxes(word)
                )
                parts.append(f'<path {ink} d="{shapes}" shape-rendering="crispEdges"/>')
        column += len(piece)
    return "".join(parts)


def _kind(glyph: str) -> str:
    """Return what ``glyph`` is drawn as; a block's kind is itself, so that runs become one shape."""
    if glyph in _BLANKS:
        return "blank"
    if glyph in (UPPER, LOWER, FULL):
        return glyph
    if glyph in _QUADRANTS or "▉" <= glyph <= "▏" or "\u2800" < glyph < "\u2900":
        return "shape"
    return "word"


def _words(piece: str, kind: str) -> Iterator[tuple[int, str]]:
    """Split ``piece`` where a viewer could go astray: after signs that its font may lack."""
    if kind in (UPPER, LOWER, FULL, "blank"):
        yield 0, piece
    elif kind == "word":
        for word in re.finditer(r"[\x21-\x7e]+|.", piece):
            yield word.start(), word[0]
    else:
        yield from enumerate(piece)


def _boxes(word: str) -> list[Box]:
    """Return the inked parts of cells with the same block, or of one cell."""
    glyph, width = word[0], float(len(word))
    if glyph in (UPPER, LOWER):
        return [(0.0, 0.5 * (glyph == LOWER), width, 0.5)]
    if glyph == FULL:
        return [(0.0, 0.0, width, 1.0)]
    if "▉" <= glyph <= "▏":
        return [(0.0, 0.0, (0x2590 - ord(glyph)) / 8, 1.0)]
    if glyph in _QUADRANTS:
        bits = (bit for bit in range(4) if _QUADRANTS[glyph] >> bit & 1)
        return [(bit % 2 / 2, bit // 2 / 2, 0.5, 0.5) for bit in bits]
    dots = (spot for bit, spot in enumerate(_BRAILLE) if ord(glyph) >> bit & 1)
    return [(0.15 + 0.5 * column, 0.08 + 0.25 * row, 0.2, 0.1) for column, row in dots]


def _path(x: float, y: float, width: float, height: float) -> str:
    return f"M{_short(x)} {_short(y)}h{_short(width)}v{_short(height)}h{_short(-width)}z"


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
