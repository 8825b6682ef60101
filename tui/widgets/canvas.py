"""One picture, drawn with half-block characters as large as whole pixels allow."""

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from ..pixels.cells import cell_rows
from ..pixels.resizing import fitting
from ..pixels.tiles import Mode, Tiles, picture_cells
from ..theme import DIM
from .cached_strips import CachedStrips
from .picture_palette import PicturePalette, filtered
from .pixel_strip import pixel_strips


class Canvas(CachedStrips):
    """A picture, or a note while there is none."""

    def __init__(self, *, id: str | None = None, note: str = "") -> None:
        super().__init__(id=id)
        self.note = note
        self._image: NDArray[np.uint8] | None = None

    @property
    def image(self) -> NDArray[np.uint8] | None:
        """The picture, uint8 ``[H, W]`` or ``[H, W, 3]``; 0 is black."""
        return self._image

    def show(self, image: NDArray[np.uint8] | None, note: str = "") -> None:
        """Show ``image``; None leaves an empty picture with a ``note`` in it."""
        self.note = note
        self._image = image
        self.rgb = image is not None and image.ndim == 3
        self.redraw()

    def draw(self, width: int, height: int, palette: PicturePalette) -> list[Strip]:
        """Return the picture at an integer scale, padded with background on the right and below.

        One that is larger than the room is averaged down.
        """
        if self._image is None or not (width and height):
            return self._draw_note(width, height, palette)
        high, wide, scale = fitting(self._image.shape[0], self._image.shape[1], height, width)
        tiles = Tiles(Mode.HALF, 1, 1, scale=scale, wide=wide, high=high)
        rows = cell_rows(picture_cells(self._image[None], tiles, palette.greys)[0])
        page = palette.style(0, palette.background)
        strips: list[Strip] = [*pixel_strips(rows[:height], palette)]
        if width != tiles.width:
            strips = [strip.adjust_cell_length(width, page) for strip in strips]
        return strips + [Strip.blank(width, page)] * (height - len(strips))

    def _draw_note(self, width: int, height: int, palette: PicturePalette) -> list[Strip]:
        black = palette.style(0, 0)
        rows = [Strip([Segment(" " * width, black)], width) for _ in range(height)]
        if self.note and height:
            line = self.note[:width].center(width)
            dim = Style(color=DIM, bgcolor=black.bgcolor)
            rows[height // 2] = filtered(Strip([Segment(line, dim)], width), self.app)
        return rows
