"""The layout of the tour, as a pure function of the terminal's size and the number of pictures.

In a large terminal there is the timeline below the pictures. At their right are the belief in the
digit of a run and, below it, how the digit came about so far.
"""

from textual.geometry import Region

from ...pixels.tiles import Mode
from ..base_screen import MIN_HEIGHT, MIN_WIDTH, margin_of
from ..jobs.branch_layout import fit_tiles
from ..jobs.mosaic_layout import MosaicPlan
from ..run.run_film import film_tiles

_TEXT = 6  # rows
_WIDE = 160  # columns of a terminal with few rows in which the text is beside the pictures
_BESIDE_TEXT = 72  # its columns there, for the longest answer
_TIMELINE = 3  # on a high terminal
_GAP = 3
_NARROWEST, _WIDEST = 24, 44  # columns of the belief
_BARS = 11  # its rows
_BESIDE = 0.8  # of their size that the pictures keep, at least, beside the belief


def plan_tour(
    width: int, height: int, pictures: int, large: bool, small: Mode, run: bool = False
) -> MosaicPlan:
    """Lay out the pictures above the text; with ``large``, nothing but the pictures.

    ``run``: whether the pictures are of one digit, in which there is a belief.
    """
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return MosaicPlan({"too-small": Region(0, 0, width, height)}, None, pictures)
    left = margin_of(width)
    full = width - 2 * left
    high = height >= MIN_HEIGHT + 12
    said = 0 if large else _TEXT
    timeline = _TIMELINE if high and not large else 0
    rows = height - 1 - (0 if large else said + 1) - timeline
    tiles, belief = fit_tiles(full, rows, pictures, small), 0
    if height < MIN_HEIGHT + 4 and full >= _WIDE and not large:
        low = _low(Region(left, 1, full, height - 2), pictures, small, run)
        if low.tiles is not None and low.tiles.tile_width > tiles.tile_width:
            return low
    if run and timeline:
        for columns in (_WIDEST, _NARROWEST):
            fitting = fit_tiles(full - columns - _GAP, rows, pictures, small)
            if fitting.mode is tiles.mode and fitting.tile_width >= _BESIDE * tiles.tile_width:
                tiles, belief = fitting, columns
                break
    x = left + (full - tiles.width - (belief + _GAP if belief else 0)) // 2
    y = 1 + max(0, rows - tiles.height) // 2
    regions = {
        "header": Region(left, 0, full, 1),
        "pictures": Region(x, y, tiles.width, tiles.height),
    }
    if belief:
        right, top = x + tiles.width + _GAP, y + _BARS + 1
        regions["belief"] = Region(right, y, belief, _BARS)
        film = film_tiles(belief, y + tiles.height - top)
        if film is not None:
            regions["film"] = Region(right, top, belief, y + tiles.height - top)
    if timeline:
        regions["timeline"] = Region(left, 1 + rows, full, timeline)
    if not large:
        regions["said"] = Region(left, height - 1 - said, full, said)
        regions["footer"] = Region(left, height - 1, full, 1)
    return MosaicPlan(regions, tiles, pictures)


def _low(area: Region, pictures: int, small: Mode, run: bool) -> MosaicPlan:
    """Lay out a wide terminal with few rows: pictures, what they say, and the text in columns."""
    tiles = fit_tiles(area.width - _BESIDE_TEXT - _GAP, area.height, pictures, small)
    x = area.x + tiles.width + _GAP
    rest, belief = area.right - x, 0
    if run:
        belief = min(_WIDEST, rest - _BESIDE_TEXT - _GAP)
    regions = {
        "header": Region(area.x, 0, area.width, 1),
        "pictures": Region(area.x, area.y, tiles.width, tiles.height),
        "footer": Region(area.x, area.bottom, area.width, 1),
    }
    if belief >= _NARROWEST:
        regions["belief"] = Region(x, area.y, belief, _BARS)
        x += belief + _GAP
    regions["said"] = Region(x, area.y, min(_BESIDE_TEXT, area.right - x), area.height)
    return MosaicPlan(regions, tiles, pictures)
