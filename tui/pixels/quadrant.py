"""Quadrant characters: one cell shows 2x2 pixels in two greys.

A cell is twice as high as wide, so a quadrant stands for two square pixels, one above the
other: a 28x28 picture takes 14x7 cells.
"""

import numpy as np
from numpy.typing import NDArray

from .cells import Cells
from .greys import Greys

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


def quadrant_cells(images: NDArray[np.uint8], greys: Greys) -> Cells:
    """Draw uint8 pictures ``[..., H, W]`` in ``[..., H / 4, W / 2]`` cells.

    Each cell gets the split into two greys with the least squared error; of equal splits, the
    simpler glyph.
    """
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
    best = (explained > explained.max(axis=-1, keepdims=True) - 1e-2).argmax(axis=-1)[..., None]
    f = _quantise(np.take_along_axis(front_mean, best, -1)[..., 0], greys)
    b = _quantise(np.take_along_axis(back_mean, best, -1)[..., 0], greys)
    glyphs = np.where(f == b, ord(" "), _CODES[best[..., 0]])
    glyphs[best[..., 0] == 0] = ord(" ")
    return Cells(glyphs, f, b)


def _quantise(means: NDArray[np.float32], greys: Greys) -> NDArray[np.int64]:
    return greys.quantise(np.rint(means).astype(np.uint8)).astype(np.int64)
