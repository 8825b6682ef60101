"""The greys a terminal can show, and the codes that select them."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .colours import Colours

_DARK = 12  # in the palette, darker greys are drawn black; see palette_greys


@dataclass(frozen=True, eq=False)
class Greys:
    """The greys to draw with, ascending. Pixels are stored as positions among them."""

    colours: Colours
    """The terminal's colours."""
    levels: tuple[int, ...]
    """Grey values 0-255, rising from 0 to 255."""
    numbers: tuple[int, ...] | None
    """The terminal's colour number of each level, or None where colours are sent as RGB."""
    front: tuple[str, ...]
    """SGR parameters of each level as foreground colour; empty where no colours are used."""
    back: tuple[str, ...]
    """The same for the background colour."""
    nearest: NDArray[np.uint8]
    """``[256]``: the position nearest to each grey value."""

    def quantise(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the positions of uint8 greys; same shape."""
        return self.nearest[image]


def _greys(
    colours: Colours,
    levels: tuple[int, ...],
    numbers: tuple[int, ...] | None,
    front: tuple[str, ...],
    back: tuple[str, ...],
) -> Greys:
    distance = np.abs(np.arange(256)[:, None] - np.array(levels)[None, :])
    nearest = distance.argmin(axis=1).astype(np.uint8)
    return Greys(colours, levels, numbers, front, back, nearest)


@cache
def truecolor_greys() -> Greys:
    """64 greys as RGB: as fine as the eye sees in a moving picture, and fewer bytes than 256."""
    levels = tuple(round(i * 255 / 63) for i in range(64))
    return _greys(
        Colours.TRUECOLOR,
        levels,
        None,
        tuple(f"38;2;{v};{v};{v}" for v in levels),
        tuple(f"48;2;{v};{v};{v}" for v in levels),
    )


@cache
def palette_greys() -> Greys:
    """25 greys of a 256-colour terminal: black, the grey ramp 233-255, white.

    The ramp's first grey (8) is left out, and pixels below 12 are black: they look the same, and
    the faint noise around a nearly finished digit takes a tenth fewer bytes.
    """
    levels = (0, *range(18, 239, 10), 255)
    numbers = (16, *range(233, 256), 231)
    greys = _greys(
        Colours.PALETTE,
        levels,
        numbers,
        tuple(f"38;5;{n}" for n in numbers),
        tuple(f"48;5;{n}" for n in numbers),
    )
    greys.nearest[:_DARK] = 0
    return greys


@cache
def ansi_greys() -> Greys:
    """The four greys among the 16 basic colours."""
    levels, numbers = (0, 128, 192, 255), (0, 8, 7, 15)
    front, back = ("30", "90", "37", "97"), ("40", "100", "47", "107")
    return _greys(Colours.BASIC, levels, numbers, front, back)


@cache
def plain_greys(colours: Colours) -> Greys:
    """Black and white, in the terminal's default colours."""
    return _greys(colours, (0, 255), None, (), ())


def greys_for(colours: Colours) -> Greys:
    """Return the greys of a terminal with these colours."""
    if colours is Colours.TRUECOLOR:
        return truecolor_greys()
    if colours is Colours.PALETTE:
        return palette_greys()
    return ansi_greys() if colours is Colours.BASIC else plain_greys(colours)
