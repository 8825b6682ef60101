"""The layout of the training screen, as a pure function of the terminal's size.

The pictures are at the bottom, in as many rows of noises as fit, below the loss chart and the
numbers. The bands and the epochs are on the same page if they fit, else on another one.
"""

from dataclasses import dataclass

from textual.geometry import Region

from ....core.names import SIDE
from ...pixels.tiles import Mode, Tiles, half_tiles
from ..base_screen import Plan

MIN_WIDTH, MIN_HEIGHT = 60, 20
PAGES = 2
_NUMBERS = 26
_NUMBERS_ROWS = 11
_GAP = 2
_WIDE = 108  # width from which there is a column for the epochs
_STRIP_SHARE = 0.45
_FEW = 5  # large pictures side by side, at least
_PLOT_ROWS = 7  # smallest height of a chart


@dataclass(frozen=True)
class TrainPlan(Plan):
    """A plan with the tiles of the strip; None where there is no strip."""

    tiles: Tiles | None = None
    pages: int = 1


def plan_train(
    width: int,
    height: int,
    page: int = 0,
    noises: int = 0,
    bands: bool = True,
    small: Mode = Mode.QUADRANT,
) -> TrainPlan:
    """Lay out the screen.

    Args:
        width: Columns of the terminal.
        height: Its rows.
        page: The page of panels, where not all fit.
        noises: Digits in each preview; 0 where there are none.
        bands: Whether the losses by timestep are known.
        small: The mode of the pictures.
    """
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return TrainPlan({"too-small": Region(0, 0, width, height)})
    margin = 2 if width >= 84 else 1
    x, inner = margin, width - 2 * margin
    air = height >= 30
    regions = {
        "header": Region(x, 0, inner, 1),
        "progress": Region(x, 1 + air, inner, 1),
        "status": Region(x, height - 2, inner, 1),
        "footer": Region(x, height - 1, inner, 1),
    }
    top, bottom = 2 + 2 * air, height - 2 - air
    tiles = _tiles(inner, bottom - top, noises, small)
    if tiles is not None:
        strip = bottom - tiles.height
        regions["film-title"] = Region(x, strip - 1, inner, 1)
        regions["film"] = Region(x, strip, inner, tiles.height)
        bottom = strip - 1 - air
    area = Region(x, top, inner, bottom - top)
    whole = inner >= _WIDE and area.height >= 2 * _PLOT_ROWS + 1
    pages = 1 if whole else PAGES
    regions |= _everything(area, bands) if whole else _page(area, page % PAGES, bands)
    return TrainPlan(regions, tiles, pages)


def _tiles(inner: int, rows: int, noises: int, small: Mode) -> Tiles | None:
    if not noises:
        return None
    share = _STRIP_SHARE * rows - 1
    if share >= SIDE // 2 + 1 and inner >= _FEW * (SIDE + 1):
        high = max(1, min(noises, int(share / (SIDE // 2 + 1))))
        return half_tiles((inner + 1) // (SIDE + 1), high, SIDE, 1, 1)
    columns = (inner + 1) // 15
    high = max(1, min(noises, int(share / 8)))
    return Tiles(small, columns, high, 1, 1)


def _everything(area: Region, bands: bool) -> dict[str, Region]:
    """Charts in the left column; numbers and epochs in the right one."""
    x, y, width, height = area
    right = min(74, max(56, round(width * 0.42)))
    left = width - right - _GAP - 1
    loss = max(_PLOT_ROWS, round(height * 0.6)) if bands else height
    over = min(_NUMBERS_ROWS, height // 2)
    numbers = (over + 1) // 2 + 1
    x_right = x + width - right
    regions = {
        "loss": Region(x, y, left, loss),
        "numbers": Region(x_right, y, right, numbers),
        "epochs": Region(x_right, y + numbers + 1, right, height - numbers - 1),
    }
    if bands:
        regions["bands"] = Region(x, y + loss + 1, left, height - loss - 1)
    return regions


def _page(area: Region, page: int, bands: bool) -> dict[str, Region]:
    x, y, width, height = area
    if page == 0:
        left = width - _NUMBERS - _GAP
        regions = {"numbers": Region(x + left + _GAP, y, _NUMBERS, height)}
        loss = height
        if bands and height >= 2 * _PLOT_ROWS + 3:
            loss = round(height * 0.58)
            regions["bands"] = Region(x, y + loss + 1, left, height - loss - 1)
        return regions | {"loss": Region(x, y, left, loss)}
    if not bands:
        return {"epochs": area}
    right = min(66, max(40, width - 38))
    left = width - right - _GAP
    return {
        "bands": Region(x, y, left, height),
        "epochs": Region(x + left + _GAP, y, right, height),
    }


def plan_list(width: int, height: int) -> Plan:
    """Lay out the list of runs."""
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return Plan({"too-small": Region(0, 0, width, height)})
    margin = 2 if width >= 84 else 1
    inner = min(width - 2 * margin, 120)
    return Plan(
        {
            "header": Region(margin, 0, inner, 1),
            "runs": Region(margin, 2, inner, height - 5),
            "status": Region(margin, height - 2, inner, 1),
            "footer": Region(margin, height - 1, inner, 1),
        }
    )
