"""One picture, drawn with half-block characters as large as whole pixels allow."""

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer

from ...core.names import SIDE
from ..pixels.cells import cell_rows
from ..pixels.resizing import coarser, fitting
from ..pixels.tiles import Mode, Tiles, picture_cells
from ..terminal.link import Link, frame_due
from ..theme import DIM
from .cached_strips import CachedStrips
from .picture_palette import PicturePalette, filtered
from .pixel_strip import pixel_strips

_STILL_S = 0.7  # without another picture
_MOVING_SHARE_S, _STILL_SHARE_S = 0.06, 0.2  # seconds of the link for one picture


class Canvas(CachedStrips):
    """A picture, or a note while there is none."""

    class Pressed(Message):
        """The picture called ``name`` was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, *, id: str | None = None, note: str = "") -> None:
        super().__init__(id=id)
        self.note = note
        self._image: NDArray[np.uint8] | None = None
        self._still = False
        """Whether the picture has been there for a while."""
        self._timer: Timer | None = None

    @property
    def image(self) -> NDArray[np.uint8] | None:
        """The picture, uint8 ``[H, W]`` or ``[H, W, 3]``; 0 is black."""
        return self._image

    def show(self, image: NDArray[np.uint8] | None, note: str = "") -> None:
        """Show ``image``; None leaves an empty picture with a ``note`` in it."""
        self.note = note
        self._image, self._still = image, False
        self.rgb = image is not None and image.ndim == 3
        self.redraw()

    def on_click(self) -> None:
        """Tell that it was clicked."""
        self.post_message(self.Pressed(self.id or ""))

    def draw(self, width: int, height: int, palette: PicturePalette) -> list[Strip]:
        """Return the picture at an integer scale, padded with background on the right and below.

        One that is larger than the room is averaged down, and one whose room has its proportions
        fills it.
        """
        if self._image is None or not (width and height):
            return self._draw_note(width, height, palette)
        size = fitting(self._image.shape[0], self._image.shape[1], height, width)
        if width * size[0] == 2 * height * size[1] and width > size[1] * size[2]:
            size = 2 * height, width, 1  # between whole scales: averaged
        high, wide, scale = coarser(*size, self._most_bytes())
        tiles = Tiles(Mode.HALF, 1, 1, scale=scale, wide=wide, high=high)
        rows = cell_rows(picture_cells(self._image[None], tiles, palette.greys)[0])
        page = palette.style(0, palette.background)
        strips: list[Strip] = [*pixel_strips(rows[:height], palette)]
        if width != tiles.width:
            strips = [strip.adjust_cell_length(width, page) for strip in strips]
        return strips + [Strip.blank(width, page)] * (height - len(strips))

    def _most_bytes(self) -> float | None:
        """Return how many bytes the picture may take on a slow link; None for as many as it takes.

        Digits are small enough. A larger picture on a slow link is drawn with fewer pixels, so that
        a key doesn't wait for it, and with more of them once it stands still.
        """
        link: Link | None = getattr(self.app, "link", None)
        speed = None if link is None else link.expected_speed
        if speed is None or self._image is None or self._image.shape == (SIDE, SIDE):
            return None
        if self._timer is not None:
            self._timer.stop()
        self._timer = None if self._still else self.set_timer(_STILL_S, self._stand_still)
        return speed * (_STILL_SHARE_S if self._still else _MOVING_SHARE_S)

    def _stand_still(self) -> None:
        if not frame_due(self.app):  # on a busy link the next picture may only be late
            self._timer = self.set_timer(_STILL_S, self._stand_still)
            return
        self._still = True
        self.redraw()

    def _draw_note(self, width: int, height: int, palette: PicturePalette) -> list[Strip]:
        black = palette.style(0, 0)
        rows = [Strip([Segment(" " * width, black)], width) for _ in range(height)]
        if self.note and height:
            line = self.note[:width].center(width)
            dim = Style(color=DIM, bgcolor=black.bgcolor)
            rows[height // 2] = filtered(Strip([Segment(line, dim)], width), self.app)
        return rows
