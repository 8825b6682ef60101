"""One 28x28 picture, drawn with half-block characters as large as whole pixels allow."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from ..pixels.greys import Greys, greys_for
from ..pixels.halfblock import Run, encode_row, pixel_rows
from ..theme import DIM, style

SIDE = 28


class PixelStrip(Strip):
    """A strip with its own escape sequences, which name a colour only where it changes.

    Textual's rendering of the segments shows the same cells with about twice the bytes. The
    segments are there for whatever cuts, tints or exports strips; all of that makes new strips.
    """

    __slots__ = ("_sequences",)

    def __init__(self, segments: list[Segment], cell_length: int, sequences: str) -> None:
        super().__init__(segments, cell_length)
        self._sequences = sequences

    def render(self, console: Console) -> str:
        """Return the escape sequences; they don't depend on the console."""
        return self._sequences


class Canvas(Widget):
    """Shows a picture, or a note while there is none."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, note: str = "") -> None:
        super().__init__(id=id)
        self.note = note
        self._image: NDArray[np.uint8] | None = None
        self._strips: list[Strip] = []
        self._drawn: tuple[int, int] | None = None

    @property
    def image(self) -> NDArray[np.uint8] | None:
        """The picture on show: uint8 ``[28, 28]``, 0 is black."""
        return self._image

    def show(self, image: NDArray[np.uint8] | None, note: str = "") -> None:
        """Show ``image``; None leaves an empty picture with a ``note`` in it."""
        self.note = note
        self._image = image
        self._drawn = None
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the strips of the rows in ``crop``.

        This goes past Textual's cache of styled lines, which would take the strips apart: there
        is no border, padding or tint to add to them.
        """
        width, height = self.size
        if self._drawn != (width, height):
            self._strips = self._draw(width, height)
            self._drawn = (width, height)
        strips = self._strips[crop.y : crop.bottom]
        if crop.x == 0 and crop.width == width:
            return strips
        return [strip.crop(crop.x, crop.right) for strip in strips]

    def _draw(self, width: int, height: int) -> list[Strip]:
        greys = greys_for(self.app.console.color_system)
        if self._image is None:
            return self._draw_note(width, height, greys)
        scale = max(1, min(width // SIDE, height * 2 // SIDE))
        pixels = greys.quantise(self._image).tolist()
        # Neighbouring rows of cells can show the same pixels: draw those once.
        made: dict[tuple[int, int], Strip] = {}
        strips: list[Strip] = []
        for pair in pixel_rows(SIDE, scale)[:height]:
            if pair not in made:
                sequences, runs = encode_row(pixels[pair[0]], pixels[pair[1]], scale, greys)
                made[pair] = PixelStrip(_segments(runs, greys), SIDE * scale, sequences)
            strips.append(made[pair])
        if width != SIDE * scale:
            strips = [strip.adjust_cell_length(width, style()) for strip in strips]
        return strips + [Strip.blank(width, style())] * (height - len(strips))

    def _draw_note(self, width: int, height: int, greys: Greys) -> list[Strip]:
        black = _style(0, 0, greys)
        rows = [Strip([Segment(" " * width, black)], width) for _ in range(height)]
        if self.note and height:
            line = self.note[:width].center(width)
            dim = Style(color=DIM, bgcolor=black.bgcolor)
            rows[height // 2] = Strip([Segment(line, dim)], width)
        return rows


def _segments(runs: list[Run], greys: Greys) -> list[Segment]:
    return [Segment(run.text, _style(run.front, run.back, greys)) for run in runs]


@cache
def _style(front: int, back: int, greys: Greys) -> Style:
    return Style(color=_colour(max(front, 0), greys), bgcolor=_colour(back, greys))


def _colour(position: int, greys: Greys) -> Color:
    if greys.numbers is not None:
        return Color.from_ansi(greys.numbers[position])
    level = greys.levels[position]
    return Color.from_rgb(level, level, level)
