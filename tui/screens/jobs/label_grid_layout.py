"""The layout of the grid with a row for each class, as a pure function of the terminal's size."""

from dataclasses import dataclass

from textual.geometry import Region

from ....core.names import SIDE
from ...pixels.tiles import Mode, Tiles, best_side, half_tiles
from ..base_screen import MIN_HEIGHT, MIN_WIDTH, margin_of
from .mosaic_layout import MosaicPlan

_LINES = 3  # header, status, footer
_MOST = 8  # columns
_TIMELINE = 3  # rows, where pictures leave them


@dataclass(frozen=True)
class LabelGridPlan(MosaicPlan):
    """A plan whose pages have whole rows: one for each class, one column for each seed."""

    columns: int = _MOST


def plan_label_grid(
    width: int, height: int, classes: int, small: Mode = Mode.QUADRANT
) -> LabelGridPlan:
    """Lay out ``classes`` rows, in ``small`` cells where half-blocks don't fit."""
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return LabelGridPlan({"too-small": Region(0, 0, width, height)}, None, classes * _MOST)
    left = margin_of(width)
    full, room = width - 2 * left, height - _LINES - 2
    tiles = _tiles(full, room, classes, small)
    spare = height - _LINES - tiles.height
    timeline = _TIMELINE if spare >= _TIMELINE else 2 if spare >= 2 else 0
    spare -= timeline
    air = [spare > place for place in range(3)]
    top = 1 + air[0] + max(0, spare - 3) // 2
    end = top + tiles.height + air[1]
    regions = {
        "header": Region(left, 0, full, 1),
        "mosaic": Region(left + (full - tiles.width) // 2, top, tiles.width, tiles.height),
        "status": Region(left, end + timeline + air[2], full, 1),
        "footer": Region(left, height - 1, full, 1),
    }
    if timeline:
        regions["timeline"] = Region(left, end, full, timeline)
    return LabelGridPlan(regions, tiles, classes * tiles.columns, tiles.columns)


def _tiles(width: int, height: int, classes: int, small: Mode) -> Tiles:
    """Return half-blocks if all rows fit in them, else small tiles, as many rows as fit."""
    side = min((width + 1) // _MOST - 1, 2 * (height // classes - 1))
    if side >= SIDE:
        return half_tiles(_MOST, classes, best_side(side), 1, 1)
    one = Tiles(small, 1, 1)
    columns = min(_MOST, (width + 1) // (one.tile_width + 1))
    rows = min(classes, max(1, height // (one.tile_height + 1)))
    return Tiles(small, columns, rows, 1, 1)
