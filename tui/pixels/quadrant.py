"""Quadrant characters: one cell shows 2x2 pixels in two colours.

A cell is twice as high as wide, so a quadrant stands for two square pixels, one above the
other: a 28x28 picture takes 14x7 cells.
"""

import numpy as np
from numpy.typing import NDArray

from .cells import Cells
from .greys import Greys
from .rgb import RgbColours

# Which quadrants (upper left, upper right, lower left, lower right) have the front colour.
# Every other split is one of these with the colours exchanged.
_SPLITS = np.array(
    [
        [0, 0, 0, 0],
        [1, 1, 0, 0],
        [1, 0, 1, 0],
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
        [1, 0, 0, 1],
    ],
    dtype=np.float32,
)
GLYPHS = " ▀▌▘▝▖▗▚"
_CODES = np.array([ord(glyph) for glyph in GLYPHS])
_IN_FRONT = _SPLITS.sum(axis=1)
_PER_FRONT = 1.0 / np.maximum(_IN_FRONT, 1.0)
_PER_BACK = 1.0 / (4.0 - _IN_FRONT)


def quadrant_cells(images: NDArray[np.uint8], colours: Greys | RgbColours) -> Cells:
    """Draw uint8 pictures ``[..., H, W]`` in ``[..., H / 4, W / 2]`` cells.

    With RGB colours pictures in colour are ``[..., H, W, 3]``. Each cell gets the split into two
    colours with the least squared error; of equal splits, the simpler glyph.
    """
    in_colour = isinstance(colours, RgbColours)
    if in_colour:  # the channels go first, and are parts of one error
        images = np.moveaxis(images, -1, 0)
    *batch, height, width = images.shape
    rows, columns = height // 4, width // 2
    quadrants = images.reshape(*batch, rows, 2, 2, columns, 2).astype(np.float32).mean(axis=-3)
    # [..., rows, 2, columns, 2] -> [..., rows, columns, 4]
    quadrants = np.moveaxis(quadrants, -3, -2).reshape(*batch, rows, columns, 4)
    front = quadrants @ _SPLITS.T
    back = quadrants.sum(axis=-1, keepdims=True) - front
    front_mean, back_mean = front * _PER_FRONT, back * _PER_BACK
    # The sum of squares is the same for all splits, so the most explained is the least error.
    explained = front * front_mean + back * back_mean
    if in_colour:
        explained = explained.mean(axis=0)
    best = (explained > explained.max(axis=-1, keepdims=True) - 1e-2).argmax(axis=-1)[..., None]
    f, b = (_chosen(means, best, colours) for means in (front_mean, back_mean))
    glyphs = np.where(f == b, ord(" "), _CODES[best[..., 0]])
    glyphs[best[..., 0] == 0] = ord(" ")
    return Cells(glyphs, f, b)


def _chosen(
    means: NDArray[np.float32], best: NDArray[np.int64], colours: Greys | RgbColours
) -> NDArray[np.int64]:
    """Return the positions of the means of the ``best`` splits."""
    if isinstance(colours, RgbColours):
        chosen = np.stack([np.take_along_axis(channel, best, -1)[..., 0] for channel in means], -1)
    else:
        chosen = np.take_along_axis(means, best, -1)[..., 0]
    return colours.quantise(np.rint(chosen).astype(np.uint8)).astype(np.int64)
