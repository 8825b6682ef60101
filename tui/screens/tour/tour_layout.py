"""The layout of the tour, as a pure function of the terminal's size and the number of pictures."""

from textual.geometry import Region

from ...pixels.tiles import Mode
from ..base_screen import MIN_HEIGHT, MIN_WIDTH, margin_of
from ..jobs.branch_layout import fit_tiles
from ..jobs.mosaic_layout import MosaicPlan

_TEXT = 6  # rows
_TEXT_HIGH = 8  # on a high terminal


def plan_tour(width: int, height: int, pictures: int, large: bool, small: Mode) -> MosaicPlan:
    """Lay out the pictures above the text; with ``large``, nothing but the pictures."""
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return MosaicPlan({"too-small": Region(0, 0, width, height)}, None, pictures)
    left = margin_of(width)
    full = width - 2 * left
    said = 0 if large else _TEXT_HIGH if height >= MIN_HEIGHT + 12 else _TEXT
    rows = height - 1 - (0 if large else said + 1)
    tiles = fit_tiles(full, rows, pictures, small)
    x = left + (full - tiles.width) // 2
    y = 1 + max(0, rows - tiles.height) // 2
    regions = {
        "header": Region(left, 0, full, 1),
        "pictures": Region(x, y, tiles.width, tiles.height),
    }
    if not large:
        regions["said"] = Region(left, height - 1 - said, full, said)
        regions["footer"] = Region(left, height - 1, full, 1)
    return MosaicPlan(regions, tiles, pictures)
