"""Frames of an animation: digits in whole pixels, with a timeline and a caption below."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ...core.names import SIDE
from ...core.phases import Phase, phase_at
from ..theme import BACKGROUND, DIM, PHASE_COLOURS, TEXT, faded
from .animation import Snapshot

_COLUMNS = 8  # of many digits
_MARGIN, _GAP, _LINE = 12, 8, 20
_BAR = 6
_NARROWEST = 160  # room for the name of a phase and a timestep


class Layout:
    """Positions in a frame for snapshots like ``snapshot``."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.number = len(snapshot.x_t)
        self.single = self.number == 1
        self.many = snapshot.x0_hat is None
        self.scale = 8 if self.single else 3 if self.many else 5 if self.number <= 4 else 4
        height, width = snapshot.x_t.shape[1:3]
        if (height, width) != (SIDE, SIDE):  # about as large as a digit
            self.scale = max(1, round(SIDE * self.scale / max(height, width)))
        self.high, self.wide = height * self.scale, width * self.scale
        self.columns = 2 if self.single else _COLUMNS if self.many else self.number
        self.rows = math.ceil(self.number / _COLUMNS) if self.many else 1 if self.single else 2
        self.top = _MARGIN + (0 if self.many else _LINE)
        self.gap = 4 if self.many else _GAP
        self.width = 2 * _MARGIN + self.columns * (self.wide + self.gap) - self.gap
        self.width = max(self.width, _NARROWEST)
        pictures = self.rows * (self.high + self.gap) - self.gap
        self.bar = self.top + pictures + _MARGIN
        self.height = self.bar + _BAR + _LINE + _MARGIN // 2

    def place(self, row: int, column: int) -> tuple[int, int]:
        """Return the upper left corner of a picture."""
        x, y = column * (self.wide + self.gap), row * (self.high + self.gap)
        return _MARGIN + x, self.top + y


def size_of(snapshots: Sequence[Snapshot]) -> tuple[int, int]:
    """Return the size of a frame that has room for every snapshot: even numbers, for video."""
    layouts = [Layout(snapshot) for snapshot in snapshots]
    sides = max(layout.width for layout in layouts), max(layout.height for layout in layouts)
    return sides[0] + sides[0] % 2, sides[1] + sides[1] % 2


def frames(snapshots: Sequence[Snapshot]) -> Iterator[Image.Image]:
    """Yield a frame for each snapshot, all of :func:`size_of`; the digits' greys are exact."""
    size = size_of(snapshots)
    for snapshot in snapshots:
        frame = Image.new("RGB", size, BACKGROUND)
        picture = _picture(snapshot)
        spare = size[0] - picture.width, size[1] - picture.height
        frame.paste(picture, (spare[0] // 2, spare[1] // 2))
        yield frame


def _picture(snapshot: Snapshot) -> Image.Image:
    layout = Layout(snapshot)
    frame = Image.new("RGB", (layout.width, layout.height), BACKGROUND)
    draw = ImageDraw.Draw(frame)
    font = ImageFont.load_default(14)
    rows = [snapshot.x_t] if snapshot.x0_hat is None else [snapshot.x_t, snapshot.x0_hat]
    for row, images in enumerate(rows):
        for index, image in enumerate(images):
            at = (0, row) if layout.single else (row + index // _COLUMNS, index % _COLUMNS)
            _paste(frame, image, layout, layout.place(*at))
    done = snapshot.t[0] == 0
    if layout.single:
        for column, title in enumerate(("x_0" if done else "x_t", "x0_hat")):
            draw.text((layout.place(0, column)[0], _MARGIN - 4), title, DIM, font)
    for column, label in enumerate(snapshot.labels):
        text = f"{label}  t {snapshot.t[column]}"
        draw.text((layout.place(0, column)[0], _MARGIN - 4), text, DIM, ImageFont.load_default(11))
    _timeline(draw, layout, snapshot.t)
    return frame


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
