"""Pictures in braille: one cell shows 2x4 dots, lit by an ordered dither.

For terminals with few greys: it needs only two colours. A 28x28 picture takes 14x7 cells.
"""

import numpy as np
from numpy.typing import NDArray

from .braille import BITS
from .cells import Cells

# Bayer's 4x4 matrix: neighbouring thresholds differ much, so that greys become even textures.
_BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]])
THRESHOLDS = (_BAYER + 0.5) / 16 * 255


def braille_cells(images: NDArray[np.uint8], dark: int, light: int) -> Cells:
    """Draw uint8 pictures ``[..., H, W]`` in ``[..., H / 4, W / 2]`` cells.

    H is a multiple of 4 and W of 2. ``dark`` and ``light`` are the positions of the two colours.
    """
    *batch, height, width = images.shape
    lit = images > np.tile(THRESHOLDS, (height // 4, -(-width // 4)))[:, :width]
    dots = np.moveaxis(lit.reshape(*batch, height // 4, 4, width // 2, 2), -3, -2)
    codes = 0x2800 + (dots * BITS).sum(axis=(-2, -1)).astype(np.int64)
    glyphs = np.where(codes == 0x2800, ord(" "), codes)
    return Cells(glyphs, np.full(glyphs.shape, light), np.full(glyphs.shape, dark))
