"""The palette of a GIF of digits: greys for the pictures, the theme's colours for the rest."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..theme import ACCENT, BACKGROUND, DIM, FAINT, PHASE_COLOURS, TEXT, faded

_COLOURS = 256
_SHARES = (1.0, 0.8, 0.6, 0.4, 0.2)
"""Of a text's colour at its smooth edges; the rest is background."""


@cache
def _palette() -> NDArray[np.int64]:
    """Return the colours, ``[256, 3]``: evenly spaced greys after the theme's colours."""
    drawn = (DIM, TEXT, ACCENT, *PHASE_COLOURS.values())
    names = [BACKGROUND, FAINT, *(faded(colour, share) for colour in drawn for share in _SHARES)]
    names += [faded(colour) for colour in PHASE_COLOURS.values()]
    theme = [[int(name[at : at + 2], 16) for at in (1, 3, 5)] for name in dict.fromkeys(names)]
    greys = np.rint(np.linspace(0, 255, _COLOURS - len(theme))).astype(int)
    return np.concatenate([np.array(theme), greys[:, None].repeat(3, 1)])


@cache
def _grey_places() -> NDArray[np.uint8]:
    """Return the place in the palette of the nearest grey of each level."""
    palette = _palette()
    first = next(i for i in range(len(palette)) if not palette[i].any())
    greys = palette[first:, 0]
    nearest = np.abs(np.arange(256)[:, None] - greys).argmin(1)
    return (first + nearest).astype(np.uint8)


def with_palette(frame: Image.Image) -> Image.Image:
    """Return an RGB frame in the palette: each grey and each other colour by the nearest one.

    A frame that has nothing but greys stays as it is.
    """
    if frame.mode == "L":
        return frame
    pixels = np.asarray(frame).astype(np.int64)
    places = _grey_places()[pixels[..., 0]]
    colour = (pixels != pixels[..., :1]).any(2)
    found, which = np.unique(pixels[colour], axis=0, return_inverse=True)
    if len(found):
        distance = ((found[:, None] - _palette()[None]) ** 2).sum(2)
        places[colour] = distance.argmin(1).astype(np.uint8)[which.reshape(-1)]
    image = Image.fromarray(places, "P")
    image.putpalette(_palette().astype(np.uint8).tobytes())
    return image
