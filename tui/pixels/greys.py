"""The greys a terminal can show, and the codes that select them."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Greys:
    """A ladder of greys. Pixels are stored as positions in it."""

    levels: tuple[int, ...]
    """Grey values 0-255, rising from 0 to 255."""
    numbers: tuple[int, ...] | None
    """The terminal's colour number of each level, or None where colours are sent as RGB."""
    front: tuple[str, ...]
    """SGR parameters that make each level the foreground colour."""
    back: tuple[str, ...]
    """The same for the background colour."""
    nearest: NDArray[np.uint8]
    """``[256]``: the position nearest to each grey value."""

    def quantise(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the positions of uint8 greys; same shape."""
        return self.nearest[image]


def _greys(
    levels: tuple[int, ...],
    numbers: tuple[int, ...] | None,
    front: tuple[str, ...],
    back: tuple[str, ...],
) -> Greys:
    distance = np.abs(np.arange(256)[:, None] - np.array(levels)[None, :])
    return Greys(levels, numbers, front, back, distance.argmin(axis=1).astype(np.uint8))


@cache
def truecolor_greys() -> Greys:
    """64 greys as RGB: finer than the eye tells apart in a moving picture, and fewer bytes."""
    levels = tuple(round(i * 255 / 63) for i in range(64))
    return _greys(
        levels,
        None,
        tuple(f"38;2;{v};{v};{v}" for v in levels),
        tuple(f"48;2;{v};{v};{v}" for v in levels),
    )


@cache
def palette_greys() -> Greys:
    """The 26 greys of a 256-colour terminal: black, the grey ramp 232-255, white."""
    levels = (0, *range(8, 239, 10), 255)
    numbers = (16, *range(232, 256), 231)
    return _greys(
        levels,
        numbers,
        tuple(f"38;5;{n}" for n in numbers),
        tuple(f"48;5;{n}" for n in numbers),
    )


@cache
def ansi_greys() -> Greys:
    """The four greys among the 16 basic colours."""
    numbers = (0, 8, 7, 15)
    return _greys((0, 128, 192, 255), numbers, ("30", "90", "37", "97"), ("40", "100", "47", "107"))


def greys_for(color_system: str | None) -> Greys:
    """Return the greys for a colour system as Rich names it."""
    if color_system == "truecolor":
        return truecolor_greys()
    if color_system == "256":
        return palette_greys()
    return ansi_greys()
