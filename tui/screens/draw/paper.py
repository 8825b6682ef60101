"""The widget that is drawn on: a picture that follows the mouse, with a cursor for the keyboard."""

import numpy as np
from textual.events import MouseDown, MouseMove, MouseUp
from textual.message import Message
from textual.strip import Strip

from ....core.array_types import Grey
from ....core.names import SIDE
from ...pixels.cells import Cells, cell_rows
from ...pixels.colours import Colours
from ...pixels.fallback import in_ascii
from ...pixels.halfblock import UPPER, pixel_rows
from ...pixels.tiles import Mode, Tiles, picture_cells
from ...widgets.cached_strips import CachedStrips
from ...widgets.picture_palette import PicturePalette
from ...widgets.pixel_strip import pixel_strips
from .drawing import Point

_PLAIN_CURSOR = "+"
_EDGE_GREY = 1  # position of the darkest grey above black
_BRAILLE_EMPTY = 0x2800


class Paper(CachedStrips):
    """Shows a picture at a whole scale, and posts the strokes of the mouse on it."""

    class Stroked(Message):
        """The mouse went from one place to another with its button down."""

        def __init__(self, start: Point, end: Point, first: bool) -> None:
            super().__init__()
            self.start, self.end = start, end
            self.first = first
            """Whether the button was just pressed: a new stroke begins."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._image: Grey = np.zeros((SIDE, SIDE), np.uint8)
        self._cursor: tuple[int, int] | None = None
        self._last: Point | None = None

    @property
    def image(self) -> Grey:
        """The picture that is shown, ``[28, 28]``."""
        return self._image

    def show(self, image: Grey, cursor: tuple[int, int] | None) -> None:
        """Show a picture, and the cursor at its column and row; None: no cursor."""
        self._image, self._cursor = image, cursor
        self.redraw()

    @property
    def _scale(self) -> int:
        return max(1, min(self.size.width // SIDE, self.size.height * 2 // SIDE))

    def place(self, x: int, y: int) -> Point:
        """Return the place in pixels of the middle of a cell."""
        return (x + 0.5) / self._scale - 0.5, (2 * y + 1) / self._scale - 0.5

    def on_mouse_down(self, event: MouseDown) -> None:
        """Begin a stroke."""
        self.capture_mouse()
        self._last = self.place(event.x, event.y)
        self.post_message(self.Stroked(self._last, self._last, True))

    def on_mouse_move(self, event: MouseMove) -> None:
        """Draw while the button is down."""
        if self.app.mouse_captured is self and self._last is not None:
            here = self.place(event.x, event.y)
            self.post_message(self.Stroked(self._last, here, False))
            self._last = here

    def on_mouse_up(self, event: MouseUp) -> None:
        """End the stroke."""
        self.release_mouse()
        self._last = None

    def draw(self, width: int, height: int, palette: PicturePalette) -> list[Strip]:
        """Return the picture with the cursor in it, padded with background."""
        if not (width and height):
            return []
        tiles = Tiles(Mode.HALF, 1, 1, scale=self._scale)
        cells = picture_cells(self._image[None], tiles, palette.greys)[0]
        if palette.greys.colours in (Colours.BASIC, Colours.MONO, Colours.ASCII):
            _draw_edge(cells, palette)
        if self._cursor is not None:
            _mark(cells, self._cursor, tiles, palette)
        page = palette.style(0, palette.background)
        strips: list[Strip] = [*pixel_strips(cell_rows(cells)[:height], palette)]
        strips = [strip.adjust_cell_length(width, page) for strip in strips]
        return strips + [Strip.blank(width, page)] * (height - len(strips))


def _draw_edge(cells: Cells, palette: PicturePalette) -> None:
    """Draw a line in the outermost cells that have no ink.

    Where black is the colour of the page, nothing else shows where the canvas ends.
    """
    blank = np.isin(cells.glyphs, (ord(" "), _BRAILLE_EMPTY))
    if palette.colours:
        blank &= cells.back == 0
    for area, glyph in (
        (np.s_[(0, -1), 1:-1], "─"),
        (np.s_[1:-1, (0, -1)], "│"),
        (np.s_[0, 0], "┌"),
        (np.s_[0, -1], "┐"),
        (np.s_[-1, 0], "└"),
        (np.s_[-1, -1], "┘"),
    ):
        line = np.zeros_like(blank)
        line[area] = True
        line &= blank
        plain = palette.greys.colours is Colours.ASCII
        cells.glyphs[line] = ord(in_ascii(glyph) if plain else glyph)
        cells.front[line] = _EDGE_GREY


def _mark(cells: Cells, cursor: tuple[int, int], tiles: Tiles, palette: PicturePalette) -> None:
    """Draw the cursor over the cells of one pixel."""
    column, row = cursor
    scale = tiles.scale
    columns = slice(column * scale, (column + 1) * scale)
    pairs = np.array(pixel_rows(SIDE, scale))
    if palette.greys.colours in (Colours.ASCII, Colours.MONO):
        rows = np.flatnonzero((pairs == row).any(axis=1))
        cells.glyphs[rows[:, None], np.arange(columns.start, columns.stop)] = ord(_PLAIN_CURSOR)
        return
    for side, colours in ((0, cells.front), (1, cells.back)):
        rows = np.flatnonzero(pairs[:, side] == row)
        cells.glyphs[rows, columns] = ord(UPPER)
        colours[rows, columns] = palette.selection
