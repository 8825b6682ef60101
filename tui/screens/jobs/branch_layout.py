"""The layout of the branch screen, as a pure function of size and number of children."""

from textual.geometry import Region

from ....core.names import SIDE
from ...pixels.tiles import Mode, Tiles
from ..base_screen import MIN_HEIGHT, MIN_WIDTH
from .mosaic_layout import MosaicPlan

_GAP = 2
_LINES = 3  # header, status, footer


def plan_branch(width: int, height: int, children: int, small: Mode = Mode.QUADRANT) -> MosaicPlan:
    """Lay out ``children`` side by side, in ``small`` cells where half-blocks don't fit."""
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return MosaicPlan({"too-small": Region(0, 0, width, height)}, None, children)
    tiles = _tiles(width - 2, height - _LINES - 2, children, small)
    spare = height - _LINES - tiles.height
    timeline = 3 if spare >= 3 else 2
    spare -= timeline
    # Blank rows above the pictures, above the timeline and below it, in this order.
    air = [spare > place for place in range(3)]
    top = 1 + air[0] + max(0, spare - 3) // 2
    full = width - 2 if width < 84 else width - 4
    left = (width - full) // 2
    end = top + tiles.height + air[1]
    return MosaicPlan(
        {
            "header": Region(left, 0, full, 1),
            "mosaic": Region((width - tiles.width) // 2, top, tiles.width, tiles.height),
            "timeline": Region(left, end, full, timeline),
            "status": Region(left, end + timeline + air[2], full, 1),
            "footer": Region(left, height - 1, full, 1),
        },
        tiles,
        children,
    )


def _tiles(width: int, height: int, children: int, small: Mode) -> Tiles:
    """Return the largest tiles with which all children fit, else as many small tiles as fit."""
    shapes = [(n, -(-children // n)) for n in range(children, 0, -1)]
    shapes.sort(key=lambda shape: shape[0] * shape[1] - children)  # full rows look best
    for scale in range(max(1, width // SIDE), 0, -1):
        for columns, rows in shapes:
            tiles = Tiles(Mode.HALF, columns, rows, _GAP, 1, scale)
            if tiles.width <= width and tiles.height <= height:
                return tiles
    for columns, rows in shapes:
        tiles = Tiles(small, columns, rows, _GAP, 1)
        if tiles.width <= width and tiles.height <= height:
            return tiles
    columns = max(1, (width + _GAP) // (SIDE // 2 + _GAP))
    return Tiles(small, columns, max(1, height // (SIDE // 4 + 1)), _GAP, 1)
