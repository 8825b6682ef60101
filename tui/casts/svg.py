"""Rewrite screenshots for all viewers: each word is placed by itself, and blocks become shapes.

Rich writes a run of cells as one text with a ``textLength``, and leaves blocks and braille to the
font. Viewers that ignore ``textLength`` (librsvg, cairosvg) or lack the glyphs shift the rest of
the line: curves leave their panels, and gaps before words close.
"""

import re
from html import escape, unescape

from rich.cells import cell_len

from ..pixels.halfblock import FULL, LOWER, UPPER

_RUN = re.compile(
    r'<text class="(?P<style>[^"]+)" x="(?P<x>[\d.]+)" y="(?P<y>[\d.]+)" '
    r'textLength="(?P<length>[\d.]+)" (?P<clip>clip-path="[^"]+")>(?P<text>[^<]*)</text>'
)
_BASELINE = 18.5
"""From the top of a cell to the baseline of its text."""
_HEIGHT = 24.4
_PIECE = re.compile(rf"[!-~]+(?:\xa0[!-~]+)*|{UPPER}+|{LOWER}+|{FULL}+|[^\xa0\u2800]")
"""What is placed by itself: words with single gaps, a row of equal blocks, any other glyph."""
_QUADRANTS = dict(zip("▖▗▘▙▚▛▜▝▞▟▌▐", (4, 8, 1, 13, 9, 7, 11, 2, 6, 14, 5, 10), strict=True))
"""Upper left 1, upper right 2, lower left 4, lower right 8."""
_BRAILLE = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
"""Column and row of each bit."""

Box = tuple[float, float, float, float]
"""Left, top, width and height as parts of a cell."""


def aligned(svg: str) -> str:
    """Return Rich's screenshot with every cell at its exact position."""
    return _RUN.sub(_redraw, svg)


def _redraw(run: re.Match[str]) -> str:
    text = unescape(run["text"])
    if cell_len(text) != len(text):
        return run[0]  # wide characters: none in the app, but a path may have them
    style, clip = f'class="{run["style"]}"', run["clip"]
    left, baseline, cell = float(run["x"]), float(run["y"]), float(run["length"]) / len(text)
    top = baseline - _BASELINE
    parts: list[str] = []
    for piece in _PIECE.finditer(text):
        word, x = piece[0], left + piece.start() * cell
        if boxes := _boxes(word):
            shapes = "".join(
                _path(x + start * cell, top + above * _HEIGHT, width * cell, height * _HEIGHT)
                for start, above, width, height in boxes
            )
            parts.append(f'<path {style} d="{shapes}" shape-rendering="crispEdges"/>')
        else:
            place = f'x="{_short(x)}" y="{run["y"]}" textLength="{_short(cell * len(word))}"'
            content = escape(word).replace("\xa0", "&#160;")
            parts.append(f"<text {style} {place} {clip}>{content}</text>")
    return "".join(parts)


def _boxes(word: str) -> list[Box]:
    """Return the filled parts of a row of blocks or of one glyph; none if the font draws it."""
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
    if not "\u2800" < glyph < "\u2900":
        return []
    dots = (spot for bit, spot in enumerate(_BRAILLE) if ord(glyph) >> bit & 1)
    return [(0.15 + 0.5 * column, 0.08 + 0.25 * row, 0.2, 0.1) for column, row in dots]


def _path(x: float, y: float, width: float, height: float) -> str:
    return f"M{_short(x)} {_short(y)}h{_short(width)}v{_short(height)}h{_short(-width)}z"


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
