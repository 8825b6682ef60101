"""The layout of the screen of steps: a function of the terminal's and the picture's size."""

from dataclasses import dataclass

from textual.geometry import Region

from ...pixels.resizing import fitting
from ...pixels.tiles import Mode, Tiles
from ..base_screen import MIN_HEIGHT, MIN_WIDTH, Plan, margin_of

_GAP = 2
_CHART = 7  # rows of the chart, where there is room for it
_PANEL = 16  # columns of a chart beside the pictures, at least
_PANEL_MOST = 60  # where there are small pictures at its right
_CHART_MOST = 14  # rows of the chart, where there are small pictures below it
_FILM_LOWEST, _FILM_HIGHEST = 7, 15  # rows of small pictures with their labels
_FILM_FEWEST, _FILM_MOST = 3, 16  # small pictures


@dataclass(frozen=True)
class StepsPlan(Plan):
    """A plan with the tiles of the film, small pictures of some steps; None without room."""

    film: Tiles | None = None


def plan_steps(
    width: int, height: int, shape: tuple[int, int] = (28, 28), pair: bool = True
) -> StepsPlan:
    """Lay out pictures of ``shape`` (height and width) in ``width`` x ``height`` cells.

    ``pair``: whether there is x0_hat beside x_t.
    """
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return StepsPlan({"too-small": Region(0, 0, width, height)})
    margin = margin_of(width)
    inner = width - 2 * margin
    number = 1 + pair
    bottom = height - 5  # the bar, the facts, the status and the footer
    rows = bottom - 3
    column = (inner - _GAP * (number - 1)) // number
    chart = rows - _CHART - 1
    tall = fitting(*shape, rows, column)
    low = fitting(*shape, chart, column)
    below = low[0] * low[2] == tall[0] * tall[2]  # the chart costs the pictures nothing
    beside = inner - number * (tall[1] * tall[2] + _GAP) >= _PANEL
    if not below and not beside and low[0] * low[2] * 4 >= tall[0] * tall[2] * 3:
        below, tall = True, low
    high, wide, scale = tall
    columns, lines = wide * scale, -(-high * scale // 2)
    bars = {
        "header": Region(margin, 0, inner, 1),
        "bar": Region(margin, bottom, inner, 1),
        "facts": Region(margin, bottom + 1, inner, 1),
        "status": Region(margin, height - 2, inner, 1),
        "footer": Region(margin, height - 1, inner, 1),
    }
    if pair and scale > 1 and not beside and not below:
        uneven = _uneven(Region(margin, 2, inner, bottom - 2), shape, columns, lines)
        if uneven is not None:
            return StepsPlan(bars | uneven.regions, uneven.film)
    used = number * columns + _GAP * (number - 1)
    content = used if not beside else min(inner, used + _GAP + max(_PANEL, min(60, inner - used)))
    x = margin + (inner - content) // 2 if not beside else margin
    regions = dict(bars)
    for place, name in enumerate(("xt", "x0")[:number]):
        left = x + place * (columns + _GAP)
        regions[f"{name}-title"] = Region(left, 2, columns, 1)
        regions[name] = Region(left, 3, columns, lines)
    end, film = 3 + lines, None
    if pair and beside:
        left, right = x + used + _GAP, margin + inner
        chart_rows = min(bottom - 3, max(_CHART, lines))
        at = left + _PANEL_MOST + _GAP
        film = _film(right - at, bottom - 3, shape)
        chart = right - left
        if film is not None:
            chart = _PANEL_MOST
            regions["film"] = Region(at + (right - at - film.width) // 2, 3, *_size(film))
        regions["moved"] = Region(left, 2, chart, chart_rows)
        end = max(end, 2 + chart_rows)
    elif pair and below and bottom - 4 - lines >= _CHART - 1:
        top, rest = 4 + lines, bottom - 4 - lines
        film = _film(inner, rest - _CHART_MOST - 1, shape)
        chart_rows = rest if film is None else rest - 1 - film.height
        regions["moved"] = Region(margin, top, inner, chart_rows)
        end = top + chart_rows
    if "film" not in regions:
        film = film or _film(inner, bottom - end - 1, shape)
        if film is not None:
            y = end + 1 + (bottom - end - 1 - film.height) // 2
            regions["film"] = Region(margin + (inner - film.width) // 2, y, *_size(film))
    return StepsPlan(regions, film)


def _uneven(area: Region, shape: tuple[int, int], columns: int, lines: int) -> StepsPlan | None:
    """Return x_t above the chart, a larger x0_hat, and two columns of small pictures at the right.

    For pictures that would leave no room for a chart if both were large. ``columns`` and ``lines``
    are the size of x0_hat in cells. Returns None where there is no room for this either.
    """
    high, wide, scale = fitting(*shape, lines // 2, columns // 2)
    small, half = wide * scale, -(-high * scale // 2)
    chart = lines - half - 1
    film = _film_of_two(area.width - small - columns - 2 * _GAP, area.height - 1, shape)
    if small < _PANEL or chart < _CHART or film is None:
        return None
    left = area.x + (area.width - small - columns - film.width - 2 * _GAP) // 2
    middle, top = left + small + _GAP, area.y + 1
    regions = {
        "xt-title": Region(left, area.y, small, 1),
        "xt": Region(left, top, small, half),
        "moved": Region(left, top + half + 1, small, chart),
        "x0-title": Region(middle, area.y, columns, 1),
        "x0": Region(middle, top, columns, lines),
        "film": Region(middle + columns + _GAP, top, *_size(film)),
    }
    return StepsPlan(regions, film)


def _film_of_two(width: int, rows: int, shape: tuple[int, int]) -> Tiles | None:
    """Return tiles for two columns of small pictures of ``shape``; None without room."""
    wide = min((width + 1) // 2 - 1, shape[1])
    high = wide * shape[0] // shape[1]
    lines = -(-high // 2) + 1
    if lines < _FILM_LOWEST or 2 * (rows // lines) < _FILM_FEWEST:
        return None
    return Tiles(Mode.HALF, 2, rows // lines, 1, 1, 1, wide=wide, high=high)


def _film(width: int, rows: int, shape: tuple[int, int]) -> Tiles | None:
    """Return tiles for small pictures of ``shape``, as large as they fit; None without room."""
    widest = (width + 1) // _FILM_FEWEST - 1
    high = min(shape[0], 2 * (min(rows, _FILM_HIGHEST) - 1), widest * shape[0] // shape[1])
    if high < 2 * (_FILM_LOWEST - 1):
        return None
    wide = max(1, high * shape[1] // shape[0])
    columns = min(_FILM_MOST, (width + 1) // (wide + 1))
    return Tiles(Mode.HALF, columns, 1, 1, 1, wide=wide, high=high)


def _size(tiles: Tiles) -> tuple[int, int]:
    return tiles.width, tiles.height
