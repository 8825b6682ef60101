"""The layout of the grid screen, as a pure function of the terminal's size.

The 32 digits come first, in 4 rows of 8 as in the write-up: as half-blocks with captions if they
fit, else in 14x7 cells each, else on several pages. The rest of the room is for the histogram, the
timeline and the selected digit, in this order.
"""

from textual.geometry import Region

from ....core.names import SIDE
from ...pixels.tiles import Mode, Tiles, best_side, half_tiles
from ..base_screen import MIN_HEIGHT, MIN_WIDTH, margin_of
from .mosaic_layout import MosaicPlan

COLUMNS, ROWS = 8, 4
DIGITS = COLUMNS * ROWS
_FIXED_ROWS = 3  # header, status, footer
_PANEL = 17  # narrowest useful side panel
_PANEL_MAX = 44
_BARS_ROWS = 11  # ten digits and a title
_TIMELINE_ROWS = 4  # with a blank one
_SMALLEST = 24  # columns of a half-block picture; below, the pixels of 14x7 cells are sharper
_GAP = 2
_PICTURE = 1 + SIDE // 2  # rows of the selected digit below the mosaic, with its title
_DETAIL_WIDTH = SIDE + _GAP + _PANEL + 2
_PAGES = ((8, 2), (4, 4), (8, 1), (4, 2), (2, 4), (4, 1), (2, 2), (2, 1))
"""Columns and rows of a page, more digits first."""


def plan_grid(width: int, height: int, small: Mode = Mode.QUADRANT) -> MosaicPlan:
    """Lay out the grid; ``small`` is how pictures are drawn where half-blocks don't fit."""
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return MosaicPlan({"too-small": Region(0, 0, width, height)}, None, DIGITS)
    tiles = _tiles(width, height - _FIXED_ROWS, small)
    margin = 1 if width > tiles.width + 1 else 0
    panel = width - tiles.width - 2 * margin - _GAP
    panel = min(panel, max(_PANEL_MAX, _preview_width(panel, height))) if panel >= _PANEL else 0
    content = tiles.width + (_GAP + panel if panel else 0)
    x = (width - content) // 2
    left = margin_of(width)
    full = width - 2 * left

    spare = height - _FIXED_ROWS - tiles.height
    histogram_line = not panel and spare >= 1
    spare -= histogram_line
    detail = _PICTURE if not panel and width >= _DETAIL_WIDTH and spare >= _PICTURE + 2 else 0
    spare -= detail
    timeline = 3 if spare >= 5 else 2 if spare >= 2 else 0
    spare -= timeline
    air_timeline = timeline > 0 and spare >= 1
    air_header = spare - air_timeline >= 1
    spare -= air_header + air_timeline
    air_status = timeline > 0 and spare >= 1
    spare -= air_status
    above = min(spare // 2, 6)

    regions = {"header": Region(left, 0, full, 1), "footer": Region(left, height - 1, full, 1)}
    top = 1 + air_header + above
    regions["mosaic"] = Region(x, top, tiles.width, tiles.height)
    if detail:
        regions |= _detail(Region(left, top + tiles.height, full, detail))
    y = top + tiles.height + detail + air_timeline
    below_panel = height - 1
    if panel:
        # The lines at the bottom stay below the panel, which may be higher than the mosaic.
        block = timeline + air_status + 1
        needed = _panel_rows(panel, height - 1 - block - air_timeline - top)
        y = max(y, top + needed + air_timeline)
        below_panel = y - air_timeline
    if timeline:
        regions["timeline"] = Region(left, y, full, timeline)
        y += timeline + air_status
    regions["status"] = Region(left, y, full, 1)
    if histogram_line:
        regions["histogram"] = Region(left, y + 1, full, 1)
    if panel:
        regions |= _panel(Region(x + tiles.width + _GAP, top, panel, below_panel - top))
    return MosaicPlan(regions, tiles, DIGITS)


def _tiles(width: int, height: int, small: Mode) -> Tiles:
    """Return the largest tiles of which all digits fit, else those of the largest page."""
    room = height - _TIMELINE_ROWS
    side = min((width - 1) // COLUMNS - 1, 2 * (room // ROWS - 1)) // 2 * 2
    if side >= _SMALLEST:
        return half_tiles(COLUMNS, ROWS, best_side(side) if side > SIDE else side, 1, 1)
    for gap_x, gap_y in ((1, 1), (1, 0), (0, 0)):
        tiles = Tiles(small, COLUMNS, ROWS, gap_x, gap_y)
        if tiles.width <= width and tiles.height <= height:
            return tiles
    pages = (Tiles(small, columns, rows, 1, 1) for columns, rows in _PAGES)
    return next(tiles for tiles in pages if tiles.width <= width and tiles.height <= height)


def _preview_width(panel: int, height: int) -> int:
    """Return the width of the selected digit's picture, as large as a panel of it allows."""
    scale = min(panel // SIDE, (height - 10 - _BARS_ROWS) // (SIDE // 2))
    return SIDE * max(0, scale)


def _panel_rows(panel: int, height: int) -> int:
    """Return how many of ``height`` rows the panel uses."""
    return max(region.bottom for region in _panel(Region(0, 0, panel, height)).values())


def _detail(area: Region) -> dict[str, Region]:
    """Return the selected digit and the belief in it, below the mosaic."""
    x = area.x + SIDE + _GAP
    return {
        "picked-title": Region(area.x, area.y, SIDE, 1),
        "picked": Region(area.x, area.y + 1, SIDE, SIDE // 2),
        "belief": Region(x, area.y, min(_PANEL_MAX, area.right - x), _BARS_ROWS),
    }


def _panel(area: Region) -> dict[str, Region]:
    """Share the side panel between the histogram, the selected digit and the belief in it."""
    x, y, width, height = area
    regions = {"histogram": Region(x, y, width, min(_BARS_ROWS, height))}
    if height >= 2 * _BARS_ROWS + 1 and width < 2 * SIDE:
        regions["belief"] = Region(x, y + _BARS_ROWS + 1, width, _BARS_ROWS)
    elif width >= 2 * _PANEL + _GAP:
        half = (width - _GAP) // 2
        regions["histogram"] = Region(x, y, half, min(_BARS_ROWS, height))
        regions["belief"] = Region(x + width - half, y, half, min(_BARS_ROWS, height))
    under = max(region.bottom for region in regions.values()) + 1
    scale = min(width // SIDE, (area.bottom - under - 1) // (SIDE // 2))
    if scale >= 1:
        regions["picked-title"] = Region(x, under, width, 1)
        regions["picked"] = Region(x, under + 1, SIDE * scale, SIDE // 2 * scale)
    return regions
