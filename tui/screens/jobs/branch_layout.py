"""The layout of the branch screen, as a pure function of size and number of children.

The children are as large as they fit; their parent is at the left where that costs them little.
"""

from dataclasses import dataclass

from textual.geometry import Region

from ....core.names import SIDE
from ...pixels.tiles import SMALLEST_HALF, Mode, Tiles, best_side, half_tiles
from ..base_screen import MIN_HEIGHT, MIN_WIDTH, margin_of
from .mosaic_layout import MosaicPlan

_GAP = 2
_PARENT_GAP = 3
_PARENT_COSTS = 0.8  # the smallest share of their size that the children keep beside their parent
_LINES = 3  # header, status, footer


@dataclass(frozen=True)
class BranchPlan(MosaicPlan):
    """A plan with the tile of the parent; None where there is no room for it."""

    parent: Tiles | None = None


def plan_branch(
    width: int, height: int, children: int, small: Mode = Mode.QUADRANT, parent: bool = True
) -> BranchPlan:
    """Lay out ``children`` side by side, in ``small`` cells where half-blocks don't fit.

    With ``parent`` there is a tile for their parent where that costs them little.
    """
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return BranchPlan({"too-small": Region(0, 0, width, height)}, None, children)
    left = margin_of(width)
    full, rows = width - 2 * left, height - _LINES - 2
    if height >= MIN_HEIGHT + 8:
        rows -= 2  # the third row of the timeline, and a blank one
    tiles, beside_them = fit_tiles(full, rows, children, small), None
    beside = Tiles(tiles.mode, 1, 1, 0, 1)
    room = full - beside.tile_width - _PARENT_GAP
    if parent and room >= tiles.tile_width:
        smaller = fit_tiles(room, rows, children, small)
        keeps = smaller.tile_width / tiles.tile_width
        if smaller.mode is tiles.mode and keeps >= _PARENT_COSTS and smaller.capacity >= children:
            if smaller.mode is Mode.HALF:  # no higher than one of the children
                beside = half_tiles(1, 1, min(SIDE, smaller.tile_width), 0, 1)
            tiles, beside_them = smaller, beside
    spare = height - _LINES - tiles.height
    timeline = 3 if spare >= 3 else 2
    spare -= timeline
    # Blank rows above the pictures, above the timeline and below it, in this order.
    air = [spare > place for place in range(3)]
    top = 1 + air[0] + max(0, spare - 3) // 2
    end = top + tiles.height + air[1]
    content = tiles.width + (beside_them.tile_width + _PARENT_GAP if beside_them else 0)
    x = left + (full - content) // 2
    regions = {
        "header": Region(left, 0, full, 1),
        "mosaic": Region(x + content - tiles.width, top, tiles.width, tiles.height),
        "timeline": Region(left, end, full, timeline),
        "status": Region(left, end + timeline + air[2], full, 1),
        "footer": Region(left, height - 1, full, 1),
    }
    if beside_them is not None:
        middle = top + (tiles.height - beside_them.height) // 2
        regions["parent"] = Region(x, middle, beside_them.width, beside_them.height)
    return BranchPlan(regions, tiles, children, beside_them)


def fit_tiles(width: int, height: int, children: int, small: Mode) -> Tiles:
    """Return the largest tiles with which all children fit, else as many small tiles as fit."""
    shapes = [(n, -(-children // n)) for n in range(children, 0, -1)]
    shapes.sort(key=lambda shape: shape[0] * shape[1] - children)  # full rows look best
    for gaps, least in (([_GAP], SIDE), ([_GAP, 1], SMALLEST_HALF)):
        half = [_half(width, height, *shape, gap) for gap in gaps for shape in shapes]
        largest = max(half, key=lambda tiles: tiles.tile_width)
        if largest.tile_width >= least:
            return largest
    for columns, rows in shapes:
        tiles = Tiles(small, columns, rows, _GAP, 1)
        if tiles.width <= width and tiles.height <= height:
            return tiles
    columns = max(1, (width + _GAP) // (SIDE // 2 + _GAP))
    return Tiles(small, columns, max(1, height // (SIDE // 4 + 1)), _GAP, 1)


def _half(width: int, height: int, columns: int, rows: int, gap: int) -> Tiles:
    """Return the largest half-block tiles in ``columns`` and ``rows``, none below the smallest."""
    room = min((width + gap) // columns - gap, 2 * (height // rows - 1))
    side = best_side(room) if room >= SIDE else room // 2 * 2 if room >= SMALLEST_HALF else 0
    return half_tiles(columns, rows, side, gap, 1)
