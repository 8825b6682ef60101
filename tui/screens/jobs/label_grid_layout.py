"""The layout of the grid with a row for each class, as a pure function of the terminal's size.

Where there is room beside the rows, the selected digit is shown large, with the belief in it.
"""

from dataclasses import dataclass

from textual.geometry import Region

from ....core.names import SIDE
from ...pixels.tiles import Mode, Tiles, best_side, half_tiles
from ..base_screen import MIN_HEIGHT, MIN_WIDTH, margin_of
from .mosaic_layout import MosaicPlan

_LINES = 3  # header, status, footer
_MOST = 8  # columns
_TIMELINE = 3  # rows, where pictures leave them
_FEWEST = 2  # seeds of several classes in a row
_BARS = 11  # rows of the belief
_GAP = 3
_PANEL_FROM = 31  # rows from which the selected digit has room, which is more use then


@dataclass(frozen=True)
class LabelGridPlan(MosaicPlan):
    """A plan whose pages have whole rows: of one class, or of several side by side."""

    columns: int = _MOST
    """Pictures of each class: one for each seed."""


def plan_label_grid(
    width: int, height: int, classes: int, small: Mode = Mode.QUADRANT, most: int = _MOST
) -> LabelGridPlan:
    """Lay out ``classes`` rows, in ``small`` cells where half-blocks don't fit.

    ``most``: the number of seeds that there are; with less room fewer of them are shown.
    """
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return LabelGridPlan({"too-small": Region(0, 0, width, height)}, None, classes * most, most)
    left = margin_of(width)
    full, room = width - 2 * left, height - _LINES - 2
    tiles, columns = _tiles(full, room, classes, small, most)
    spare = height - _LINES - tiles.height
    timeline = _TIMELINE if spare >= _TIMELINE else 2 if spare >= 2 else 0
    spare -= timeline
    air = [spare > place for place in range(3)]
    top = 1 + air[0] + max(0, spare - 3) // 2
    end = top + tiles.height + air[1]
    x = left + (full - tiles.width) // 2
    lowest = height - 2 - air[2] - timeline
    panel = _panel(left + tiles.width + _GAP, 1 + air[0], left + full, lowest - air[1])
    if panel:
        x, end = left, lowest
    regions = {
        "header": Region(left, 0, full, 1),
        "mosaic": Region(x, top, tiles.width, tiles.height),
        "status": Region(left, end + timeline + air[2], full, 1),
        "footer": Region(left, height - 1, full, 1),
    }
    if timeline:
        regions["timeline"] = Region(left, end, full, timeline)
    return LabelGridPlan(regions | panel, tiles, classes * columns, columns)


def _panel(x: int, y: int, right: int, bottom: int) -> dict[str, Region]:
    """Place the selected digit, as large as fits, and the belief below it; none without room."""
    room = min(right - x, 2 * (bottom - y - 1 - 1 - _BARS))
    if room < SIDE:
        return {}
    side = best_side(room)
    return {
        "picked-title": Region(x, y, right - x, 1),
        "picked": Region(x, y + 1, side, side // 2),
        "belief": Region(x, y + 2 + side // 2, right - x, _BARS),
    }


def _tiles(width: int, height: int, classes: int, small: Mode, most: int) -> tuple[Tiles, int]:
    """Return the tiles and the pictures of each class: half-blocks if all rows fit in them.

    Otherwise small tiles: where not all rows fit and the width allows it, with several classes in
    each row, which may take the rows of the timeline; else as many rows as fit.
    """
    side = min((width + 1) // most - 1, 2 * (height // classes - 1))
    if side >= SIDE:
        return half_tiles(most, classes, best_side(side), 1, 1), most
    one = Tiles(small, 1, 1)
    across, pitch = (width + 1) // (one.tile_width + 1), one.tile_height + 1
    rows = min(classes, max(1, height // pitch))
    if rows < classes and across > most and height < _PANEL_FROM:
        for lines in (rows, (height + 2) // pitch):
            together = -(-classes // lines)
            seeds = min(most, across // together)
            if seeds >= min(most, _FEWEST):
                return Tiles(small, together * seeds, -(-classes // together), 1, 1), seeds
    columns = min(most, across)
    return Tiles(small, columns, rows, 1, 1), columns
