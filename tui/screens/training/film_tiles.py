"""The tiles of a filmstrip: a column for each moment, or several where there are few moments."""

from ....core.names import SIDE
from ...pixels.tiles import Tiles, half_tiles

MOST_MOMENTS = 12  # of more of them there is no layout of its own
_FEW = 5  # larger pictures side by side, at least
_LARGER = 18  # smallest side of a larger picture
_WIDEST_GAP = 5  # columns between two pictures, where they would leave more free at the right
_SHARP = 1.1  # how much more a picture counts whose pixels are drawn as they are


def larger_tiles(width: int, height: int, noises: int, moments: int | None = None) -> Tiles | None:
    """Return the tiles that fill ``width`` x ``height`` cells best; None where all are too small.

    ``moments``: how many there are to show; None for more than fit.
    """
    most = min(SIDE, (width + 1) // _FEW - 1, 2 * (height - 1)) // 2 * 2
    fitting = [
        _spaced(half_tiles((width + 1) // (side + 1), rows, side, 1, 1), width, noises, moments)
        for side in range(most, _LARGER - 1, -2)
        for rows in range(1, min(noises, height // (side // 2 + 1)) + 1)
    ]
    return max(fitting, key=lambda tiles: _filled(tiles, noises, moments), default=None)


def groups(columns: int, rows: int, noises: int, moments: int) -> int:
    """Return how many of the ``columns`` each moment gets."""
    return max(1, min(columns // max(1, moments), noises // rows))


def _used(tiles: Tiles, noises: int, moments: int | None) -> int:
    """Return the columns that have pictures."""
    if moments is None:
        return tiles.columns
    shown = min(moments, tiles.columns)
    return shown * groups(tiles.columns, tiles.rows, noises, shown)


def _spaced(tiles: Tiles, width: int, noises: int, moments: int | None) -> Tiles:
    """Return the tiles with gaps that take what the pictures leave of ``width``."""
    used = _used(tiles, noises, moments)
    gap = (width - used * tiles.tile_width) // max(1, used - 1)
    return tiles._replace(gap_x=min(gap, _WIDEST_GAP))


def _filled(tiles: Tiles, noises: int, moments: int | None) -> float:
    """Return the cells with pictures, more where these are sharp."""
    cells = _used(tiles, noises, moments) * tiles.rows * tiles.tile_width * tiles.tile_height
    return cells * (_SHARP if tiles.tile_width % SIDE == 0 else 1)
