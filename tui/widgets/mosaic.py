"""Several pictures side by side, with a label below each and a frame around one."""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from textual.events import Click
from textual.strip import Strip

from ...core.names import SIDE
from ..pixels.cells import Cells, cell_rows
from ..pixels.colours import Colours
from ..pixels.fallback import in_ascii
from ..pixels.resizing import fitting
from ..pixels.tiles import Mode, Tiles, picture_cells
from ..theme import style
from .cached_strips import CachedStrips
from .clicked import Clicked
from .picture_palette import PicturePalette, filtered
from .pixel_strip import PixelStrip
from .text_widget import Row, fit

_CORNERS = "┏┓┗┛"


class Mosaic(CachedStrips):
    """Pictures in the tiles set by :meth:`arrange_tiles`."""

    class Picked(Clicked):
        """A tile was clicked."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._images = np.zeros((0, SIDE, SIDE), np.uint8)
        self._tiles: Tiles | None = None
        self._labels: Sequence[Row] = ()
        self._absent: Collection[int] = ()
        self._selected: int | None = None

    @property
    def images(self) -> NDArray[np.uint8]:
        """The pictures, uint8 ``[n, H, W]`` or ``[n, H, W, 3]``."""
        return self._images

    @property
    def tiles(self) -> Tiles | None:
        """The tiles of the pictures."""
        return self._tiles

    def arrange_tiles(self, tiles: Tiles | None) -> None:
        """Use these tiles from now on."""
        if tiles != self._tiles:
            self._tiles = tiles
            self.redraw()

    def show(
        self,
        images: NDArray[np.uint8],
        labels: Sequence[Row] = (),
        absent: Collection[int] = (),
    ) -> None:
        """Show ``images``, and ``labels`` (one row each) if the tiles have room for them.

        Tiles that are ``absent`` have no picture: the page is seen there.
        """
        self._images, self._labels, self._absent = images, labels, absent
        self.rgb = images.ndim == 4
        self.redraw()

    def select(self, index: int | None) -> None:
        """Draw the frame around tile ``index``; None for none."""
        if index != self._selected:
            self._selected = index
            self.redraw()

    def on_click(self, event: Click) -> None:
        """Post which tile was clicked."""
        index = self._tiles.at(event.x, event.y) if self._tiles is not None else None
        if index is not None and index < len(self._images):
            self.post_message(self.Picked(index, event.chain > 1))

    def draw(self, width: int, height: int, palette: PicturePalette) -> list[Strip]:
        """Return the tiles with their labels, padded with background."""
        page = palette.style(0, palette.background)
        blank = Strip.blank(width, page)
        tiles = self._tiles
        if tiles is None:
            return [blank] * height
        rows = cell_rows(self._all_cells(tiles, palette))
        strips: list[Strip] = []
        for y in range(min(tiles.height, height)):
            tile_row, inside = divmod(y, tiles.tile_height + tiles.gap_y)
            if inside == tiles.tile_height:
                label = Strip(fit(self._label_row(tile_row, tiles), tiles.width), tiles.width)
                strip = filtered(label, self.app)
            elif inside > tiles.tile_height:
                strip = Strip.blank(tiles.width, page)
            else:
                strip = PixelStrip(rows[y], palette)
            strips.append(strip if tiles.width == width else strip.adjust_cell_length(width, page))
        return strips + [blank] * (height - len(strips))

    def _all_cells(self, tiles: Tiles, palette: PicturePalette) -> Cells:
        """Return all cells ``[height, width]``; rows of labels are left empty."""
        shape = (tiles.height, tiles.width)
        glyphs, front = np.full(shape, ord(" ")), np.zeros(shape, np.int64)
        back = np.full(shape, palette.background)
        drawn = _fitted(tiles, self._images)
        pictures = picture_cells(self._images[: tiles.capacity], drawn, palette.greys)
        cells = Cells(glyphs, front, back)
        for index, picture in enumerate(pictures):
            if index in self._absent:
                continue
            x, y = tiles.place(index)
            cells[y : y + drawn.tile_height, x : x + drawn.tile_width] = picture
        if self._selected is not None and self._selected < len(pictures):
            _frame(cells, tiles, self._selected, palette)
        return cells

    def _label_row(self, tile_row: int, tiles: Tiles) -> Row:
        row: Row = []
        first = tile_row * tiles.columns
        for label in self._labels[first : first + tiles.columns]:
            row += [*fit(label, tiles.tile_width), Segment(" " * tiles.gap_x, style())]
        return row


def _fitted(tiles: Tiles, images: NDArray[np.uint8]) -> Tiles:
    """Return ``tiles`` with the size at which ``images`` fill one of them."""
    height, width = images.shape[1:3]
    if (height, width) in ((SIDE, SIDE), (tiles.high, tiles.wide)):
        return tiles
    if tiles.mode is Mode.HALF:
        high, wide, scale = fitting(height, width, tiles.tile_height, tiles.tile_width)
        return tiles._replace(high=high, wide=wide, scale=scale)
    shrink = min(tiles.wide / width, tiles.high / height)
    return tiles._replace(high=max(4, int(height * shrink)), wide=max(2, int(width * shrink)))


def _frame(cells: Cells, tiles: Tiles, index: int, palette: PicturePalette) -> None:
    """Draw a frame over the outermost cells of a tile, which are empty in digits."""
    ascii_only = palette.greys.colours is Colours.ASCII
    x, y = tiles.place(index)
    bottom, right = y + tiles.tile_height, x + tiles.tile_width
    edges = (
        (np.s_[y, x:right], "━"),
        (np.s_[bottom - 1, x:right], "━"),
        (np.s_[y:bottom, x], "┃"),
        (np.s_[y:bottom, right - 1], "┃"),
        (np.s_[y, x], _CORNERS[0]),
        (np.s_[y, right - 1], _CORNERS[1]),
        (np.s_[bottom - 1, x], _CORNERS[2]),
        (np.s_[bottom - 1, right - 1], _CORNERS[3]),
    )
    for area, glyph in edges:
        cells.glyphs[area] = ord(in_ascii(glyph) if ascii_only else glyph)
        cells.front[area] = palette.selection
        cells.back[area] = 0
