"""The layout that the canvas and the morph have in common: two pictures, the belief, a strip.

The first picture, at a whole scale, is the largest. The second is beside it, below the belief or,
in a tall terminal, below the first. A strip of small pictures takes the room that is left: below
them, at their right, or below the second.
"""

from dataclasses import dataclass
from typing import NamedTuple

from textual.geometry import Region

from ....core.names import SIDE
from ...pixels.tiles import Tiles, best_side, half_tiles, strip_tiles
from ..base_screen import MIN_HEIGHT, MIN_WIDTH, Plan, margin_of

_GAP = 3
_BARS = 11  # rows of the belief with a row for each digit
_NARROWEST, _WIDEST = 16, 44  # columns of the belief
_EASY = 24  # columns in which the belief is read easily
_LARGEST_SCALE = 8
_LINES = 3  # header, status, footer
_STRIP = 8  # rows of the smallest strip, with its labels
_FEWEST = 3  # pictures of a strip at the right


@dataclass(frozen=True)
class StagePlan(Plan):
    """A plan with the tiles of the strip; None without room for it."""

    strip: Tiles | None = None


class _Body(NamedTuple):
    """What is between the header and the bar: regions from its upper left corner."""

    regions: dict[str, Region]
    strip: Tiles | None
    width: int
    height: int


def plan_stage(width: int, height: int, bar: tuple[int, int], tools: int = 0) -> StagePlan:
    """Lay out ``picture``, ``second`` (each with its title), ``belief``, ``strip`` and ``bar``.

    Args:
        width: Columns of the terminal.
        height: Its rows.
        bar: The fewest and the most rows of the bar below the pictures.
        tools: Rows of the ``tools`` below the belief.
    """
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return StagePlan({"too-small": Region(0, 0, width, height)})
    margin = margin_of(width)
    inner, rows = width - 2 * margin, height - _LINES - bar[0]
    body = _body(inner, rows, tools)
    spare = rows - body.height
    bar_rows = min(bar[1], bar[0] + spare)
    spare -= bar_rows - bar[0]
    air = [spare > place for place in range(3)]  # above the pictures, the bar, the status
    top = 1 + air[0] + max(0, spare - 3) // 2
    left = margin + (inner - body.width) // 2
    regions = {name: region.translate((left, top)) for name, region in body.regions.items()}
    y = top + body.height + air[1]
    regions["header"] = Region(margin, 0, inner, 1)
    regions["bar"] = Region(margin, y, inner, bar_rows)
    regions["status"] = Region(margin, y + bar_rows + air[2], inner, 1)
    regions["footer"] = Region(margin, height - 1, inner, 1)
    return StagePlan(regions, body.strip)


def _body(inner: int, rows: int, tools: int) -> _Body:
    beside = _scale(inner - _GAP - _NARROWEST, rows)
    if inner >= SIDE + _GAP + _NARROWEST:
        stacked = _scale(inner, rows - 2 - 1 - SIDE // 2)
        if stacked > beside:
            return _stacked(inner, rows, stacked, tools)
    if not beside:
        return _alone(inner, rows)
    with_strip = _scale(inner - _GAP - _NARROWEST, rows - 2 - _STRIP)
    if with_strip >= max(2, beside - 1):
        beside = with_strip
    return _row(inner, rows, beside, tools)


def _scale(columns: int, rows: int) -> int:
    """Return the largest whole scale of a digit in this room; 0 if there is none."""
    return max(0, min(_LARGEST_SCALE, columns // SIDE, rows // (SIDE // 2)))


def _alone(inner: int, rows: int) -> _Body:
    """The first picture over the belief in one line."""
    scale = _scale(inner, rows - 1)
    wide, high = SIDE * scale, SIDE * scale // 2
    regions = {"picture": Region(0, 0, wide, high), "belief": Region(0, high, wide, 1)}
    return _Body(regions, None, wide, high + 1)


def _stacked(inner: int, rows: int, scale: int, tools: int) -> _Body:
    """The first picture over the second one and the belief."""
    wide, high = SIDE * scale, SIDE * scale // 2
    left = max(0, inner - wide) // 2
    regions = _titled("picture", left, 0, wide)
    y = 1 + high + (rows > high + 2 + SIDE // 2)
    regions |= _titled("second", left, y, SIDE)
    x = left + SIDE + _GAP
    regions |= _bars(x, y, min(_WIDEST, inner - x), tools, 1 + SIDE // 2)
    return _with_strip_below(regions, inner, rows, y + 1 + SIDE // 2)


def _row(inner: int, rows: int, scale: int, tools: int) -> _Body:
    """The first picture at the left of the belief, the second between them or below it."""
    wide, high = SIDE * scale, SIDE * scale // 2
    column = inner - wide - _GAP
    side = _second_side(column, wide) if rows > high else 0
    if side:
        x = wide + 2 * _GAP + side
        regions = _titled("picture", 0, 0, wide) | _titled("second", wide + _GAP, 0, side)
        belief, block = min(_WIDEST, inner - x), 1 + high
        regions |= _bars(x, 0, belief, tools, block)
        used = x + belief
    else:
        x, belief = wide + _GAP, min(_WIDEST, column)
        below = _BARS + tools + 1
        room = 2 * (high - below) if column >= SIDE else 0
        used, block = x + belief, high
        if room >= SIDE and rows > high:
            side, block = best_side(min(column, room)), 1 + high
            regions = _titled("picture", 0, 0, wide)
            regions |= _titled("second", x, block - 1 - side // 2, side)
            used = max(used, x + side)
        else:
            regions = {"picture": Region(0, 0, wide, high)}
        regions |= _bars(x, 0, belief, tools, block)
    made = _with_strip_below(regions, inner, rows, block, used)
    if made.strip is not None:
        return made
    side = min(SIDE, 2 * (block - 1))
    number = (inner - used - _GAP + 1) // (side + 1)
    if number < _FEWEST:
        return _with_strip_in_column(made, wide + _GAP)
    strip = half_tiles(number, 1, side, 1, 1)
    region = Region(used + _GAP, 0, strip.width, strip.height)
    return _Body(regions | {"strip": region}, strip, region.right, max(block, region.bottom))


def _with_strip_in_column(body: _Body, x: int) -> _Body:
    """Return the body with a strip from column ``x`` on, below the second picture and belief."""
    above = (body.regions[name] for name in ("second", "belief", "tools") if name in body.regions)
    top = max(region.bottom for region in above) + 1
    strip = strip_tiles(body.width - x, body.height - top)
    if strip is None:
        return body
    y = top + max(0, body.height - top - strip.height)
    regions = body.regions | {"strip": Region(x, y, strip.width, strip.height)}
    return body._replace(regions=regions, strip=strip)


def _second_side(column: int, largest: int) -> int:
    """Return the columns of a second picture beside the belief; 0 without room for both."""
    for belief in (_EASY, _NARROWEST):
        room = min(largest, column - _GAP - belief)
        if room >= SIDE:
            return best_side(room)
    return 0


def _titled(name: str, x: int, y: int, side: int) -> dict[str, Region]:
    return {
        f"{name}-title": Region(x, y, side, 1),
        name: Region(x, y + 1, side, side // 2),
    }


def _bars(x: int, y: int, width: int, tools: int, rows: int) -> dict[str, Region]:
    """Return the belief and, below it, as many rows of tools as there is room for."""
    regions = {"belief": Region(x, y, width, min(_BARS, rows))}
    if min(tools, rows - _BARS) > 0:
        regions["tools"] = Region(x, y + _BARS, width, min(tools, rows - _BARS))
    return regions


def _with_strip_below(
    regions: dict[str, Region], inner: int, rows: int, height: int, width: int | None = None
) -> _Body:
    """Return the body with a strip of full width where the rows allow it."""
    strip = strip_tiles(inner, rows - height - 1)
    if strip is None:
        return _Body(regions, None, inner if width is None else width, height)
    top = height + 1
    left = (inner - strip.width) // 2
    moved = 0 if width is None else (inner - width) // 2
    placed = {name: region.translate((moved, 0)) for name, region in regions.items()}
    placed["strip"] = Region(left, top, strip.width, strip.height)
    return _Body(placed, strip, inner, top + strip.height)
