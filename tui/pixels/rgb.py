"""The colours that a terminal can show, for pictures in colour, and the codes that select them.

The counterpart of :mod:`.greys`: pixels are stored as positions among the colours, here too.
"""

from abc import ABC, abstractmethod
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ...core.pictures import LUMINANCE
from .colours import Colours

RGB = tuple[int, int, int]
_BITS = 6  # of each channel in truecolor: as fine as the greys there
_CUBE = (0, 95, 135, 175, 215, 255)  # levels of a channel in the 256 colours, from number 16
_RAMP = tuple(range(8, 239, 10))  # greys of the 256 colours, from number 232
_BASIC: tuple[RGB, ...] = (
    (0, 0, 0), (128, 0, 0), (0, 128, 0), (128, 128, 0),
    (0, 0, 128), (128, 0, 128), (0, 128, 128), (192, 192, 192),
    (128, 128, 128), (255, 0, 0), (0, 255, 0), (255, 255, 0),
    (0, 0, 255), (255, 0, 255), (0, 255, 255), (255, 255, 255),
)  # fmt: skip


class RgbColours(ABC):
    """The colours to draw with; position 0 is black."""

    colours: Colours
    """The terminal's colours."""
    number: int
    """How many there are."""

    @property
    def levels(self) -> range:
        """The positions of all colours."""
        return range(self.number)

    @abstractmethod
    def quantise(self, image: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Return the positions nearest to the pixels of uint8 RGB ``[..., 3]``; ``[...]``."""

    @abstractmethod
    def rgb(self, position: int) -> RGB:
        """Return the colour at a position."""

    def terminal_number(self, position: int) -> int | None:
        """Return the terminal's number of the colour; None where colours are sent as RGB."""
        return None

    @abstractmethod
    def code(self, position: int, *, back: bool) -> str:
        """Return the SGR parameters of the colour, as foreground or background."""


class Truecolor(RgbColours):
    """64 levels for each channel, as RGB."""

    colours = Colours.TRUECOLOR
    number = 1 << 3 * _BITS

    def quantise(self, image: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Return the positions of the pixels."""
        steps = _TO_STEP[image].astype(np.int64)
        return (steps[..., 0] << 2 * _BITS) | (steps[..., 1] << _BITS) | steps[..., 2]

    def rgb(self, position: int) -> RGB:
        """Return the colour at a position."""
        last = (1 << _BITS) - 1
        red, green, blue = (position >> shift & last for shift in (2 * _BITS, _BITS, 0))
        return _FROM_STEP[red], _FROM_STEP[green], _FROM_STEP[blue]

    def code(self, position: int, *, back: bool) -> str:
        """Return the SGR parameters of the colour."""
        red, green, blue = self.rgb(position)
        return f"{48 if back else 38};2;{red};{green};{blue}"


class Palette(RgbColours):
    """The colour cube and the grey ramp of a 256-colour terminal; a position is 16 below."""

    colours = Colours.PALETTE
    number = 240

    def quantise(self, image: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Return the nearer one of the cube's colour and the grey that are nearest to a pixel."""
        cube = _TO_CUBE[image].astype(np.int64)
        grey = _TO_RAMP[np.rint(image.mean(axis=-1)).astype(np.int64)].astype(np.int64)
        pixels = image.astype(np.int64)
        to_cube = ((np.array(_CUBE)[cube] - pixels) ** 2).sum(axis=-1)
        to_grey = ((np.array(_RAMP)[grey][..., None] - pixels) ** 2).sum(axis=-1)
        in_cube = 36 * cube[..., 0] + 6 * cube[..., 1] + cube[..., 2]
        return np.where(to_cube <= to_grey, in_cube, 216 + grey)

    def rgb(self, position: int) -> RGB:
        """Return the colour at a position."""
        if position >= 216:
            grey = _RAMP[position - 216]
            return grey, grey, grey
        red, rest = divmod(position, 36)
        return _CUBE[red], _CUBE[rest // 6], _CUBE[rest % 6]

    def terminal_number(self, position: int) -> int:
        """Return the terminal's number of the colour."""
        return position + 16

    def code(self, position: int, *, back: bool) -> str:
        """Return the SGR parameters of the colour."""
        return f"{48 if back else 38};5;{position + 16}"


class Basic(RgbColours):
    """The 16 basic colours, with their usual values."""

    colours = Colours.BASIC
    number = 16

    def quantise(self, image: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Return the positions of the pixels."""
        known = np.array(_BASIC, np.float32)
        # |pixel - colour|^2 without |pixel|^2, which is the same for all colours
        distances = (known**2).sum(axis=1) - 2.0 * (image.astype(np.float32) @ known.T)
        return distances.argmin(axis=-1)

    def rgb(self, position: int) -> RGB:
        """Return the colour at a position."""
        return _BASIC[position]

    def terminal_number(self, position: int) -> int:
        """Return the terminal's number of the colour."""
        return position

    def code(self, position: int, *, back: bool) -> str:
        """Return the SGR parameters of the colour."""
        bright = 60 if position >= 8 else 0
        return str((40 if back else 30) + bright + position % 8)


def luminance(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return uint8 RGB ``[..., 3]`` as greys ``[...]`` (Rec. 601)."""
    return np.rint(images @ np.array(LUMINANCE)).astype(np.uint8)


@cache
def rgb_for(colours: Colours) -> RgbColours:
    """Return the colours of a terminal that has any."""
    kinds = {Colours.TRUECOLOR: Truecolor, Colours.PALETTE: Palette, Colours.BASIC: Basic}
    return kinds[colours]()


def _nearest(levels: tuple[int, ...]) -> NDArray[np.uint8]:
    distance = np.abs(np.arange(256)[:, None] - np.array(levels)[None, :])
    return distance.argmin(axis=1).astype(np.uint8)


_FROM_STEP = tuple(round(i * 255 / 63) for i in range(1 << _BITS))
_TO_STEP = _nearest(_FROM_STEP)
_TO_CUBE, _TO_RAMP = _nearest(_CUBE), _nearest(_RAMP)
