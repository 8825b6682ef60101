"""Several pictures side by side: the kind of their cells, and the place of each."""

from enum import Enum
from math import gcd
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...core.names import SIDE
from ...core.pictures import resized
from .ascii import ramp_cells
from .cells import Cells
from .colours import Colours
from .dither import braille_cells
from .greys import Greys
from .halfblock import EMPTY, UPPER, pixel_rows
from .quadrant import quadrant_cells
from .rgb import RgbColours, luminance

SMALLEST_HALF = 20
"""Columns of a half-block picture, at least: 14x7 cells show smaller ones better."""
_MOST_OF = 0.85
_STRIP_LOWEST = 6  # rows of a picture in a strip, at least
_STRIP_FEWEST, _STRIP_MOST = 3, 11  # pictures


class Mode(Enum):
    """How cells represent pixels."""

    HALF = "half-block"
    """Every pixel in its own colour: for digits 28x14 cells a picture, or a multiple of that."""
    QUADRANT = "quadrant"
    """Two colours a cell: 14x7 cells a digit."""
    BRAILLE = "braille"
    """Two colours in total: 14x7 cells a digit."""


class Tiles(NamedTuple):
    """Equal tiles in rows and columns, numbered row by row; all sizes in cells."""

    mode: Mode
    columns: int
    rows: int
    gap_x: int = 0
    gap_y: int = 0
    """Rows for a label below each tile, including the last ones."""
    scale: int = 1
    """Columns per pixel, with half-blocks."""
    wide: int = SIDE
    """Columns of pixels that a picture is drawn with; others are averaged."""
    high: int = SIDE
    """Rows of pixels."""

    @property
    def tile_width(self) -> int:
        """Columns of one tile."""
        return self.wide * self.scale if self.mode is Mode.HALF else -(-self.wide // 2)

    @property
    def tile_height(self) -> int:
        """Rows of one tile."""
        return -(-self.high * self.scale // 2) if self.mode is Mode.HALF else -(-self.high // 4)

    @property
    def width(self) -> int:
        """Columns of all tiles with the gaps between them."""
        return self.columns * (self.tile_width + self.gap_x) - self.gap_x

    @property
    def height(self) -> int:
        """Rows of all tiles with the gaps below them."""
        return self.rows * (self.tile_height + self.gap_y)

    @property
    def capacity(self) -> int:
        """The number of tiles."""
        return self.columns * self.rows

    def place(self, index: int) -> tuple[int, int]:
        """Return the column and row of a tile's upper left cell."""
        row, column = divmod(index, self.columns)
        return column * (self.tile_width + self.gap_x), row * (self.tile_height + self.gap_y)

    def at(self, x: int, y: int) -> int | None:
        """Return the tile at a cell; a gap belongs to the tile on its left or above."""
        if not (0 <= x < self.width and 0 <= y < self.height):
            return None
        column, row = x // (self.tile_width + self.gap_x), y // (self.tile_height + self.gap_y)
        return row * self.columns + column


def half_tiles(columns: int, rows: int, side: int, gap_x: int = 0, gap_y: int = 0) -> Tiles:
    """Return tiles of half-blocks for digits, ``side`` columns wide each.

    A whole multiple of the pixels is drawn as it is, any other size is averaged.
    """
    if side >= SIDE and side % SIDE == 0:
        return Tiles(Mode.HALF, columns, rows, gap_x, gap_y, side // SIDE)
    return Tiles(Mode.HALF, columns, rows, gap_x, gap_y, wide=side, high=side)


def best_side(room: int) -> int:
    """Return how many columns a digit takes of ``room``, at least 28.

    A whole multiple of its pixels is sharpest, so it counts where it takes most of the room.
    """
    whole = max(1, room // SIDE) * SIDE
    return whole if whole >= _MOST_OF * room else room // 2 * 2


def strip_tiles(width: int, height: int, rows: int = 1) -> Tiles | None:
    """Return tiles of a strip of small digits in this room, in ``rows`` with labels below each.

    None where there is no room for three pictures of six rows.
    """
    widest = (width + 1) // _STRIP_FEWEST - 1
    side = min(SIDE, 2 * (height // rows - 1), widest // 2 * 2)
    columns = min(_STRIP_MOST, (width + 1) // (side + 1)) if side > 0 else 0
    if side < 2 * _STRIP_LOWEST or columns < _STRIP_FEWEST:
        return None
    return half_tiles(columns, rows, side, 1, 1)


def picture_cells(images: NDArray[np.uint8], tiles: Tiles, colours: Greys | RgbColours) -> Cells:
    """Draw uint8 pictures in ``[n, tile_height, tile_width]`` cells.

    They are ``[n, H, W]`` or, with RGB colours, ``[n, H, W, 3]``; where the terminal has no
    colours, these are drawn by their luminance.
    """
    if colours.colours.plain and images.ndim == 4:
        images = luminance(images)
    if colours.colours is Colours.ASCII:
        return ramp_cells(_resized(images, tiles.tile_height, tiles.tile_width))
    if colours.colours is Colours.MONO or tiles.mode is Mode.BRAILLE:
        greys = luminance(images) if images.ndim == 4 else images
        dots = _resized(greys, 4 * tiles.tile_height, 2 * tiles.tile_width)
        return braille_cells(dots, 0, len(colours.levels) - 1)
    if tiles.mode is Mode.QUADRANT:
        return quadrant_cells(
            _resized(images, 4 * tiles.tile_height, 2 * tiles.tile_width), colours
        )
    if images.shape[1:3] != (tiles.high, tiles.wide):
        images = resized(images, tiles.high, tiles.wide)
    pixels = colours.quantise(images).astype(np.int64).repeat(tiles.scale, axis=2)
    pairs = np.array(pixel_rows(tiles.high, tiles.scale))
    front, back = pixels[:, pairs[:, 0]], pixels[:, pairs[:, 1]]
    return Cells(np.where(front == back, ord(EMPTY), ord(UPPER)), front, back)


def _resized(images: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """Return ``[n, H, W]`` as ``[n, height, width]``: pixels repeated, or averaged."""
    if images.shape[1:3] == (height, width):
        return images
    if images.shape[1:] != (SIDE, SIDE):
        return resized(images, height, width)
    up_y, up_x = height // gcd(height, SIDE), width // gcd(width, SIDE)
    finer = images.repeat(up_y, axis=1).repeat(up_x, axis=2)
    if finer.shape[1:] == (height, width):
        return finer
    blocks = finer.reshape(len(images), height, SIDE * up_y // height, width, SIDE * up_x // width)
    return np.rint(blocks.mean(axis=(2, 4))).astype(np.uint8)
