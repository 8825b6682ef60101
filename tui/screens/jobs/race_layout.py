"""The layout of the race screen, as a pure function of the terminal's size.

Each lane is a column: its name, x_t, x0_hat and its numbers. The pictures have the largest size at
which all lanes fit; x0_hat is reduced first, then omitted. A terminal too narrow for all lanes
shows the first two.
"""

from dataclasses import dataclass

from textual.geometry import Region

from ....core.names import SIDE
from ...pixels.tiles import Mode, Tiles
from ..base_screen import MIN_HEIGHT, MIN_WIDTH, Plan

NUMBER_ROWS = 5
_GAP = 2
_FIXED_ROWS = 1 + 1 + NUMBER_ROWS + 1 + 1  # header, names, numbers, verdict, footer
_COLUMN_MAX = 40  # of a lane whose pictures are narrower


@dataclass(frozen=True)
class RacePlan(Plan):
    """A plan with the tiles of both rows of pictures, and the columns of lanes."""

    lanes: int = 0
    """Lanes that are shown; 0 when the terminal is too small."""
    column: int = 0
    """Columns of cells a lane takes."""
    gap: int = _GAP
    xt: Tiles | None = None
    x0: Tiles | None = None
    """None where there is no room for x0_hat."""


def plan_race(width: int, height: int, lanes: int, small: Mode = Mode.QUADRANT) -> RacePlan:
    """Lay out ``lanes`` lanes; ``small`` is the mode of pictures below 28x14 cells."""
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return RacePlan({"too-small": Region(0, 0, width, height)})
    margin = 1
    inner = width - 2 * margin
    shown = lanes if inner >= lanes * (SIDE // 2 + 1) - 1 else min(2, lanes)
    gap, column = 1, (inner + 1) // shown - 1
    xt, x0 = _pictures(column, height - _FIXED_ROWS, small)
    if (inner + _GAP) // shown - _GAP >= xt.tile_width:  # a wider gap, if pictures stay as large
        gap, column = _GAP, (inner + _GAP) // shown - _GAP
    widest = max(xt.tile_width, min(column, _COLUMN_MAX))
    column = min(column, widest)
    content = shown * (column + gap) - gap
    x = (width - content) // 2

    rows = xt.tile_height + (x0.tile_height if x0 is not None else 0)
    spare = height - _FIXED_ROWS - rows
    airs = []  # blank rows, most wanted first
    for place in ("header", "x0", "numbers", "verdict", "footer"):
        if spare > 0 and (place != "x0" or x0 is not None):
            airs.append(place)
            spare -= 1
    air = {place: int(place in airs) for place in ("header", "x0", "numbers", "verdict")}
    y = 1 + air["header"] + spare // 3
    regions = {"header": Region(x, 0, content, 1), "footer": Region(x, height - 1, content, 1)}
    regions["names"] = Region(x, y, content, 1)
    y += 1
    regions["xt"] = Region(x, y, content, xt.tile_height)
    y += xt.tile_height + air["x0"]
    if x0 is not None:
        regions["x0"] = Region(x, y, content, x0.tile_height)
        y += x0.tile_height
    y += air["numbers"]
    regions["numbers"] = Region(x, y, content, NUMBER_ROWS)
    y += NUMBER_ROWS + air["verdict"]
    regions["verdict"] = Region(x, y, content, 1)
    return RacePlan(
        regions,
        shown,
        column,
        gap,
        _row(xt, shown, column, gap),
        None if x0 is None else _row(x0, shown, column, gap),
    )


def _pictures(column: int, height: int, small: Mode) -> tuple[Tiles, Tiles | None]:
    """Return one tile each for x_t and x0_hat, the largest that fit one above the other."""
    tiny = Tiles(small, 1, 1)
    for scale in range(max(1, column // SIDE), 0, -1):
        large = Tiles(Mode.HALF, 1, 1, scale=scale)
        if large.tile_width > column:
            continue
        second = [scale, scale - 1] if scale > 1 else [1]
        lower = [Tiles(Mode.HALF, 1, 1, scale=s) for s in second] + [tiny] * (scale == 1)
        for x0 in lower:
            if large.tile_height + x0.tile_height <= height:
                return large, x0
        if large.tile_height <= height and scale == 1:
            return large, None
    return tiny, tiny if 2 * tiny.tile_height <= height else None


def _row(tile: Tiles, lanes: int, column: int, gap: int) -> Tiles:
    return Tiles(tile.mode, lanes, 1, column - tile.tile_width + gap, 0, tile.scale)
