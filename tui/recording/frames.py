"""Frames of an animation: digits in whole pixels, with a timeline and a caption below."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ...core.names import SIDE
from ...core.phases import Phase, phase_at
from ..theme import BACKGROUND, DIM, PHASE_COLOURS, TEXT, faded
from .animation import Snapshot

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_COLUMNS = 8  # of many digits
_MARGIN, _GAP, _LINE = 12, 8, 20
_BAR = 6
_CAPTION = 16  # height of the captions
_ROW_NAME = 46  # width of the names of rows
_NARROWEST = 160  # room for the name of a phase and a timestep


class Layout:
    """Positions in a frame for snapshots like ``snapshot``.

    A pixel of a digit is drawn as ``scale`` x ``scale`` pixels; None for a size that suits their
    number, and captions.
    """

    def __init__(self, snapshot: Snapshot, scale: int | None = None) -> None:
        self.number = len(snapshot.x_t)
        self.single = self.number == 1
        self.many = snapshot.many
        self.scale = 8 if self.single else 3 if self.many else 5 if self.number <= 4 else 4
        self.caption = _CAPTION if snapshot.captions else 0
        if self.caption and self.many:
            self.scale = 4
        height, width = snapshot.x_t.shape[1:3]
        if scale is not None:
            self.scale = scale
        elif (height, width) != (SIDE, SIDE):  # about as large as a digit
            self.scale = max(1, round(SIDE * self.scale / max(height, width)))
        self.high, self.wide = height * self.scale, width * self.scale
        self.columns = 2 if self.single else _COLUMNS if self.many else self.number
        self.rows = math.ceil(self.number / _COLUMNS) if self.many else 1 if self.single else 2
        self.top = _MARGIN + (0 if self.many else _LINE)
        self.left = _MARGIN + (0 if self.many or self.single else _ROW_NAME)
        self.gap = 4 if self.many else _GAP
        self.width = self.left + self.columns * (self.wide + self.gap) - self.gap + _MARGIN
        self.width = max(self.width, _NARROWEST)
        self.pitch = self.high + self.gap + (self.caption if self.many else 0)
        pictures = self.rows * self.pitch - self.gap + (0 if self.many else self.caption)
        self.bar = self.top + pictures + _MARGIN
        self.height = self.bar + _BAR + _LINE + _MARGIN // 2

    def place(self, row: int, column: int) -> tuple[int, int]:
        """Return the upper left corner of a picture."""
        return self.left + column * (self.wide + self.gap), self.top + row * self.pitch


def size_of(snapshots: Sequence[Snapshot], scale: int | None = None) -> tuple[int, int]:
    """Return the size of a frame that has room for every snapshot: even numbers, for video."""
    layouts = [Layout(snapshot, scale) for snapshot in snapshots]
    sides = max(layout.width for layout in layouts), max(layout.height for layout in layouts)
    return sides[0] + sides[0] % 2, sides[1] + sides[1] % 2


def frames(snapshots: Sequence[Snapshot], scale: int | None = None) -> Iterator[Image.Image]:
    """Yield a frame for each snapshot, all of :func:`size_of`; the digits' greys are exact."""
    size = size_of(snapshots, scale)
    for snapshot in snapshots:
        frame = Image.new("RGB", size, BACKGROUND)
        picture = _picture(snapshot, Layout(snapshot, scale))
        spare = size[0] - picture.width, size[1] - picture.height
        frame.paste(picture, (spare[0] // 2, spare[1] // 2))
        yield frame


def _picture(snapshot: Snapshot, layout: Layout) -> Image.Image:
    frame = Image.new("RGB", (layout.width, layout.height), BACKGROUND)
    draw = ImageDraw.Draw(frame)
    font = ImageFont.load_default(14)
    rows = [snapshot.x_t] if layout.many else [snapshot.x_t, snapshot.x0_hat]
    for row, images in enumerate(rows):
        for index, image in enumerate(images):
            at = (0, row) if layout.single else (row + index // _COLUMNS, index % _COLUMNS)
            _paste(frame, image, layout, layout.place(*at))
    done = snapshot.t[0] == 0
    if layout.single:
        for column, title in enumerate(("x_0" if done else "x_t", "x0_hat")):
            draw.text((layout.place(0, column)[0], _MARGIN - 4), title, DIM, font)
    elif not layout.many:
        for row, title in enumerate(("x_0" if done else "x_t", "x0_hat")):
            middle = layout.place(row, 0)[1] + layout.high // 2
            draw.text((_MARGIN, middle), title, DIM, ImageFont.load_default(11), anchor="lm")
    small = ImageFont.load_default(11)
    for column, label in enumerate(snapshot.labels):
        text = f"{label}  t {snapshot.t[column]}" if len(snapshot.t) > 1 else label
        draw.text((layout.place(0, column)[0], _MARGIN - 4), text, DIM, small)
    _draw_captions(draw, snapshot, layout, small)
    _timeline(draw, layout, snapshot.t)
    return frame


def _draw_captions(
    draw: ImageDraw.ImageDraw, snapshot: Snapshot, layout: Layout, font: Font
) -> None:
    """Write the captions below the digits; without the name where it is above or too wide."""
    for index, caption in enumerate(snapshot.captions):
        at = (0, 1) if layout.single else (index // _COLUMNS, index % _COLUMNS)
        if not (layout.many or layout.single):
            at = (1, index)
        x, y = layout.place(*at)
        belief = caption.rpartition(": ")[2]
        wordings = (caption, belief) if not snapshot.labels else (belief,)
        room = layout.wide + layout.gap
        text = next((words for words in wordings if font.getlength(words) <= room), "")
        draw.text((x, y + layout.high + 1), text, TEXT, font)


def _paste(frame: Image.Image, image: np.ndarray, layout: Layout, corner: tuple[int, int]) -> None:
    size = (layout.wide, layout.high)
    frame.paste(Image.fromarray(image).resize(size, Image.Resampling.NEAREST), corner)


def _timeline(draw: ImageDraw.ImageDraw, layout: Layout, timesteps: Sequence[int]) -> None:
    """Draw the phases, how far the slowest lane has got, and which phase that is."""
    left, right, y = _MARGIN, layout.width - _MARGIN, layout.bar
    t = max(timesteps)

    def x_of(timestep: int) -> int:
        return left + round((Phase.STATIC.high - timestep) * (right - left) / Phase.STATIC.high)

    here = x_of(t)
    for phase, colour in PHASE_COLOURS.items():
        first, last = x_of(phase.high), x_of(phase.low) - 1
        draw.rectangle((first, y, last, y + _BAR - 1), faded(colour))
        if here > first:
            draw.rectangle((first, y, min(last, here), y + _BAR - 1), colour)
    draw.rectangle((here - 2, y - 2, here + 1, y + _BAR + 1), TEXT)
    phase = phase_at(t)
    font = ImageFont.load_default(15)
    below = y + _BAR + 4
    draw.text((left, below), phase.label, PHASE_COLOURS[phase], font)
    draw.text((right, below), f"t = {t}", TEXT, font, anchor="ra")
