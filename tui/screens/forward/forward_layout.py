"""The layout of the forward screen, as a pure function of the terminal's size.

The pictures of the forward and the reverse process are side by side, with timeline and equation
below them. If there are real digits, x0_hat and the nearest training image are on the right, one
above the other. In a tall terminal these and x_0 are below the pictures of the processes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from textual.geometry import Region

from ....core.names import SIDE
from ...pixels.tiles import SMALLEST_HALF, Mode, Tiles, best_side, half_tiles, strip_tiles
from ...widgets.time_axis import spread
from ..base_screen import MIN_HEIGHT, MIN_WIDTH, Plan, margin_of

_ALL = 3  # pictures in a row: x_0, x_t forward, x_t reverse
_TINY = 12  # columns of a picture on the smallest terminals
_GAP = 2
_LINES = 1 + 1  # header, footer
_TEXT = 3 + 2 + 1  # timeline, equation, nearest
_NARROWEST = 2 * SIDE + _GAP + 20  # of the text, if nothing is on its right


@dataclass(frozen=True)
class ForwardPlan(Plan):
    """A plan with the tiles of the pictures; None when the terminal is too small for any."""

    tiles: Tiles | None = None
    """x_0, x_t forward, x_t reverse; without x_0 if there are two."""
    side: Tiles | None = None
    """x_0 where it isn't among ``tiles``, x0_hat and the nearest training image, as far as there is
    room; None without room."""
    strip: Tiles | None = None
    """Both processes at several timesteps, a row each, or the forward one alone; None without
    room."""

    @property
    def times(self) -> tuple[int, ...]:
        """The timesteps of the strip's columns, from noise to digit as on the timeline."""
        return spread(self.strip.columns) if self.strip is not None else ()


def plan_forward(width: int, height: int, real: bool, small: Mode) -> ForwardPlan:
    """Lay out the pictures, with a column on the right if there are ``real`` digits."""
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return ForwardPlan({"too-small": Region(0, 0, width, height)})
    margin = margin_of(width)
    inner, rows = width - 2 * margin, height - _LINES
    tiles, side = _tiles(inner, rows, real, small)
    stacked = _stacked_tiles(inner, rows, real)
    if stacked is not None and stacked[0].tile_width > tiles.tile_width:
        return _stacked(width, height, *stacked)
    if real and tiles.tile_width < SIDE:
        low = min(2 * (rows - _TEXT - 1), (inner + _GAP) // (_ALL + 2) - _GAP) // 2 * 2
        if SMALLEST_HALF <= low < SIDE and low > tiles.tile_width:
            return _in_a_row(width, height, low)
    gap = tiles.gap_x
    side_width = gap + side.width if side is not None else 0
    content = min(inner, tiles.width + side_width if side_width else max(tiles.width, _NARROWEST))
    x, left = margin + (inner - content) // 2, content - side_width
    block = max(tiles.height + _TEXT, side.height if side is not None else 0)
    airs = [name for i, name in enumerate(("header", "timeline", "equation")) if rows > block + i]
    inside = [name for name in airs if name != "header"]
    block = max(block, tiles.height + _TEXT + len(inside))
    y = 1 + ("header" in airs) + max(0, rows - block - ("header" in airs)) // 2
    regions = {
        "header": Region(margin, 0, inner, 1),
        "footer": Region(margin, height - 1, inner, 1),
    }
    if side is not None:
        regions["side"] = Region(x + left + gap, y, side.width, side.height)
    regions["pictures"] = Region(x + (left - tiles.width) // 2, y, tiles.width, tiles.height)
    y += tiles.height + ("timeline" in inside)
    regions["timeline"] = Region(x, y, left, 3)
    y += 3 + ("equation" in inside)
    for name in ("equation", "numbers", "nearest"):
        regions[name] = Region(x, y, left, 1)
        y += 1
    strip = _strip(left, height - 2 - y)
    if strip is not None:
        regions["strip"] = Region(x, y + 1, strip.width, strip.height)
    return ForwardPlan(regions, tiles, side, strip)


def _in_a_row(width: int, height: int, size: int) -> ForwardPlan:
    """Lay out a low wide terminal: all pictures, ``size`` columns wide, in a row over the text."""
    margin = margin_of(width)
    inner = width - 2 * margin
    tiles, side = half_tiles(_ALL, 1, size, _GAP, 1), half_tiles(2, 1, size, _GAP, 1)
    x = margin + (inner - tiles.width - _GAP - side.width) // 2
    y = 1 + (height - _LINES - tiles.height - _TEXT) // 2
    below = y + tiles.height
    regions = {
        "header": Region(margin, 0, inner, 1),
        "footer": Region(margin, height - 1, inner, 1),
        "pictures": Region(x, y, tiles.width, tiles.height),
        "side": Region(x + tiles.width + _GAP, y, side.width, side.height),
        "timeline": Region(margin, below, inner, 3),
    }
    for row, name in enumerate(("equation", "numbers", "nearest")):
        regions[name] = Region(margin, below + 3 + row, inner, 1)
    return ForwardPlan(regions, tiles, side, None)


def _stacked_tiles(inner: int, rows: int, real: bool) -> tuple[Tiles, Tiles] | None:
    """Return tiles of both processes and of what is below them; None if they are too high."""
    room = (inner - _GAP) // 2
    both = half_tiles(2, 1, best_side(room) if room >= SIDE else room // 2 * 2, _GAP, 1)
    third = min(SIDE, (inner - (_ALL - 1) * _GAP) // _ALL // 2 * 2)
    below = half_tiles(*((_ALL, 1, third) if real else (1, 1, both.tile_width)), _GAP, 1)
    return (both, below) if both.height + below.height + _TEXT <= rows else None


def _stacked(width: int, height: int, tiles: Tiles, side: Tiles) -> ForwardPlan:
    """Lay out a tall terminal: both processes over x_0, x0_hat and the nearest training image."""
    margin = margin_of(width)
    inner = width - 2 * margin
    block = tiles.height + side.height + _TEXT
    strip = _strip(inner, height - _LINES - block - 1)
    spare = height - _LINES - block - (1 + strip.height if strip is not None else 0)
    air = [spare > place for place in range(4)]  # above the pictures, the texts, and below these
    y = 1 + air[0] + max(0, spare - len(air)) // 2
    regions = {
        "header": Region(margin, 0, inner, 1),
        "footer": Region(margin, height - 1, inner, 1),
        "pictures": Region(margin + (inner - tiles.width) // 2, y, tiles.width, tiles.height),
    }
    y += tiles.height
    regions["side"] = Region(margin + (inner - side.width) // 2, y, side.width, side.height)
    y += side.height + air[1]
    regions["timeline"] = Region(margin, y, inner, 3)
    y += 3 + air[2]
    for name in ("equation", "numbers", "nearest"):
        regions[name] = Region(margin, y, inner, 1)
        y += 1
    if strip is not None:
        x = margin + (inner - strip.width) // 2
        regions["strip"] = Region(x, y + 1, strip.width, strip.height)
    return ForwardPlan(regions, tiles, side, strip)


def _strip(width: int, rows: int) -> Tiles | None:
    """Return the tiles of the strip below the text, of one or two rows; None without room."""
    return strip_tiles(width, rows, 2) or strip_tiles(width, rows)


def _tiles(width: int, rows: int, real: bool, small: Mode) -> tuple[Tiles, Tiles | None]:
    """Return the largest tiles that fit, with a column on the right if possible and wanted.

    x_0, where everything begins, is among them at every size.
    """
    fitting = [
        tiles
        for tiles in _rows_of_tiles(width, small)
        if tiles.width <= width and tiles.height + _TEXT <= rows
    ]
    for tiles in fitting:
        for side in _columns_of_tiles(tiles, real, small):
            if tiles.width + tiles.gap_x + side.width <= width and side.height <= rows:
                return tiles, side
        if tiles.columns == _ALL and not real:
            return tiles, None
    return next(tiles for tiles in fitting if tiles.columns == _ALL), None


def _rows_of_tiles(width: int, small: Mode) -> Iterator[Tiles]:
    for side in range(best_side(max(SIDE, width // _ALL)), SIDE, -2):
        yield half_tiles(_ALL, 1, side, _GAP, 1)
    for columns, gap in ((_ALL, _GAP), (_ALL, 1), (2, _GAP)):
        yield half_tiles(columns, 1, SIDE, gap, 1)
    yield Tiles(small, _ALL, 1, _GAP, 1)
    yield half_tiles(_ALL, 1, _TINY, 1, 1)


def _columns_of_tiles(tiles: Tiles, real: bool, small: Mode) -> Iterator[Tiles]:
    """Yield columns for the right of ``tiles``, largest first; with x_0 if ``tiles`` lacks it."""
    if tiles.mode is not Mode.HALF:
        return
    if real and tiles.columns == _ALL:
        yield half_tiles(1, 2, tiles.tile_width, _GAP, 1)
    if tiles.tile_width > SIDE:
        return  # pictures as large as those beside them look better than larger and small ones
    if tiles.columns == 2:
        if real:
            yield Tiles(small, 1, 3, _GAP, 1)
        yield Tiles(small, 1, 2 if real else 1, _GAP, 1)
    elif real and tiles.gap_x == 1:
        yield Tiles(small, 1, 2, _GAP, 1)
