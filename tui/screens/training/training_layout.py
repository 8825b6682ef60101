"""The layout of the training screen, as a pure function of the terminal's size.

The pictures are at the bottom, in as many rows of noises as fit, below the loss chart and the
numbers. Panels that don't fit on the same page are on another one.
"""

from dataclasses import dataclass

from textual.geometry import Region

from ...pixels.tiles import Mode, Tiles
from ..base_screen import MIN_HEIGHT, MIN_WIDTH, Plan, margin_of
from .film_tiles import larger_tiles

_NUMBERS = 26
_NUMBERS_ROWS = 11
_GAP = 2
_NARROW = 78  # width from which charts and numbers stand side by side
_WIDE = 108  # width from which there is a column for the epochs
_WIDEST = 170  # width from which both charts and the epochs stand side by side
_STRIP_SHARE = 0.45
_CHARTS_ROWS = 19  # on the widest terminals the pictures leave at least these to the charts
_PLOT_ROWS = 7  # smallest height of a chart
_TABLE_ROWS = 8  # smallest height of numbers and epochs below charts
_SIDE_BY_SIDE = 56  # width from which numbers and epochs stand side by side


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
    moments: int | None = None,
    epochs: int | None = None,
) -> TrainPlan:
    """Lay out the screen.

    Args:
        width: Columns of the terminal.
        height: Its rows.
        page: The page of panels, where not all fit.
        noises: Digits in each preview; 0 where there are none.
        bands: Whether the losses by timestep are known.
        small: The mode of the smallest pictures.
        moments: The number of previews; None for more than fit.
        epochs: The number of epochs; None for more than fit.
    """
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return TrainPlan({"too-small": Region(0, 0, width, height)})
    x = margin_of(width)
    inner = width - 2 * x
    air = height >= 30
    regions = {
        "header": Region(x, 0, inner, 1),
        "progress": Region(x, 1 + air, inner, 1),
        "status": Region(x, height - 2, inner, 1),
        "footer": Region(x, height - 1, inner, 1),
    }
    top, bottom = 2 + 2 * air, height - 2 - air
    tiles = _tiles(inner, bottom - top, noises, small, moments)
    if tiles is not None:
        strip = bottom - tiles.height
        regions["film-title"] = Region(x, strip - 1, inner, 1)
        regions["film"] = Region(x, strip, inner, tiles.height)
        bottom = strip - 1 - air
    pages = _pages(Region(x, top, inner, bottom - top), bands, epochs)
    return TrainPlan(regions | pages[page % len(pages)], tiles, len(pages))


def _tiles(inner: int, rows: int, noises: int, small: Mode, moments: int | None) -> Tiles | None:
    """Return the tiles of the strip: as large as leaves room for the charts and a few moments."""
    if not noises:
        return None
    room = _STRIP_SHARE * rows - 1
    if inner >= _WIDEST:
        room = max(room, rows - _CHARTS_ROWS - 2)
    large = larger_tiles(inner, int(room), noises, moments)
    if large is not None:
        return large
    columns = (inner + 1) // 15
    high = max(1, min(noises, int(room / 8)))
    return Tiles(small, columns, high, 1, 1)


def _pages(area: Region, bands: bool, epochs: int | None) -> list[dict[str, Region]]:
    """Return the panels of each page."""
    if area.width >= _WIDEST:
        return [_columns(area, bands, epochs)]
    if area.width >= _WIDE and area.height >= 2 * _PLOT_ROWS + 1:
        return [_two_columns(area, bands)]
    if area.width >= _NARROW:
        return [_chart_and_numbers(area, bands), _bands_and_epochs(area, bands)]
    return _stacked_pages(area, bands)


def _columns(area: Region, bands: bool, epochs: int | None) -> dict[str, Region]:
    """Both charts side by side; numbers and epochs at their right, below each other if they fit.

    Below a few epochs there is room for the second chart.
    """
    x, y, width, height = area
    beside = height < _NUMBERS_ROWS + 3
    right = 58 if not beside else _NUMBERS + _GAP + 58
    left = width - right - _GAP - 1
    x_right = x + width - right
    if beside:
        regions = {
            "numbers": Region(x_right, y, _NUMBERS, height),
            "epochs": Region(x_right + _NUMBERS + _GAP, y, right - _NUMBERS - _GAP, height),
        }
    else:
        numbers = (_NUMBERS_ROWS + 1) // 2
        table = Region(x_right, y + numbers + 1, right, height - numbers - 1)
        regions = {"numbers": Region(x_right, y, right, numbers), "epochs": table}
        few = table.height if epochs is None else max(1, epochs) + 1
        if bands and table.height - few - 1 >= _PLOT_ROWS:
            under = Region(x_right, table.y + few + 1, right, table.height - few - 1)
            loss = Region(x, y, left, height)
            return regions | {"epochs": Region(*table[:3], few), "bands": under, "loss": loss}
    if not bands:
        return regions | {"loss": Region(x, y, left, height)}
    loss = (left - _GAP) // 2
    return regions | {
        "loss": Region(x, y, loss, height),
        "bands": Region(x + loss + _GAP, y, left - loss - _GAP, height),
    }


def _two_columns(area: Region, bands: bool) -> dict[str, Region]:
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


def _chart_and_numbers(area: Region, bands: bool) -> dict[str, Region]:
    x, y, width, height = area
    left = width - _NUMBERS - _GAP
    regions = {"numbers": Region(x + left + _GAP, y, _NUMBERS, height)}
    loss = height
    if bands and height >= 2 * _PLOT_ROWS + 3:
        loss = round(height * 0.58)
        regions["bands"] = Region(x, y + loss + 1, left, height - loss - 1)
    return regions | {"loss": Region(x, y, left, loss)}


def _bands_and_epochs(area: Region, bands: bool) -> dict[str, Region]:
    if not bands:
        return {"epochs": area}
    x, y, width, height = area
    right = min(66, max(40, width - 48))
    left = width - right - _GAP
    return {
        "bands": Region(x, y, left, height),
        "epochs": Region(x + left + _GAP, y, right, height),
    }


def _stacked_pages(area: Region, bands: bool) -> list[dict[str, Region]]:
    """Panels as wide as a narrow terminal, below each other as far as they fit on a page."""
    charts = ["loss", *["bands"] * bands]
    pages: list[list[str]] = [[]]
    rows = 0
    for name in (*charts, "table"):
        least = _TABLE_ROWS if name == "table" else _PLOT_ROWS
        if pages[-1] and rows + 1 + least > area.height:
            pages.append([])
            rows = 0
        pages[-1].append(name)
        rows += least + (rows > 0)
    made = []
    for names in pages:
        parts = _shared_out(area, names)
        table = parts.pop("table", None)
        if table is None:
            made.append(parts)
        else:
            tables = _tables(table)
            made += [parts | tables[0], *tables[1:]]
    return made


def _shared_out(area: Region, names: list[str]) -> dict[str, Region]:
    """Return equal parts of ``area`` for the panels ``names``, from the top."""
    x, y, width, height = area
    free = height - (len(names) - 1)
    parts = {}
    for index, name in enumerate(names):
        part = free // len(names) + (index < free % len(names))
        parts[name] = Region(x, y, width, part)
        y += part + 1
    return parts


def _tables(area: Region) -> list[dict[str, Region]]:
    """Return numbers and epochs: side by side, below each other, or on two pages."""
    x, y, width, height = area
    if width >= _SIDE_BY_SIDE:
        left = width - _NUMBERS - _GAP
        return [
            {
                "epochs": Region(x, y, left, height),
                "numbers": Region(x + left + _GAP, y, _NUMBERS, height),
            }
        ]
    if height >= 2 * _TABLE_ROWS + 1:
        return [_shared_out(area, ["numbers", "epochs"])]
    return [{"numbers": area}, {"epochs": area}]
