"""Pictures in ASCII characters, for terminals that show nothing else."""

import numpy as np
from numpy.typing import NDArray

from ...core.pictures import resized
from .cells import Cells
from .rgb import luminance

_WIDEST = 64  # pixels
RAMP = " .:-=+*#%@"
_CODES = np.array([ord(glyph) for glyph in RAMP])


def ascii_rows(image: NDArray[np.uint8]) -> list[str]:
    """Draw a picture with two characters a pixel, so that pixels are square.

    It is uint8 ``[H, W]`` or ``[H, W, 3]``; wider ones than 64 pixels are averaged down.
    """
    if image.ndim == 3:
        image = luminance(image)
    shrink = min(1.0, _WIDEST / image.shape[1])
    if shrink < 1.0:
        image = resized(image[None], max(1, round(image.shape[0] * shrink)), _WIDEST)[0]
    glyphs = _glyphs(image.repeat(2, axis=1))
    return ["".join(map(chr, row)).rstrip() for row in glyphs.tolist()]


def ramp_cells(images: NDArray[np.uint8]) -> Cells:
    """Draw uint8 pictures ``[..., h, w]`` with one character of ``RAMP`` a pixel."""
    glyphs = _glyphs(images)
    return Cells(glyphs, np.ones_like(glyphs), np.zeros_like(glyphs))


def _glyphs(images: NDArray[np.uint8]) -> NDArray[np.int64]:
    return _CODES[images.astype(np.int64) * len(RAMP) // 256]
