"""Pictures in ASCII characters, for terminals that show nothing else."""

import numpy as np
from numpy.typing import NDArray

from .cells import Cells

RAMP = " .:-=+*#%@"
_CODES = np.array([ord(glyph) for glyph in RAMP])


def ascii_rows(image: NDArray[np.uint8]) -> list[str]:
    """Draw a uint8 ``[H, W]`` image with two characters a pixel, so that pixels are square."""
    glyphs = _glyphs(image.repeat(2, axis=1))
    return ["".join(map(chr, row)).rstrip() for row in glyphs.tolist()]


def ramp_cells(images: NDArray[np.uint8]) -> Cells:
    """Draw uint8 pictures ``[..., h, w]`` with one character of ``RAMP`` a pixel."""
    glyphs = _glyphs(images)
    return Cells(glyphs, np.ones_like(glyphs), np.zeros_like(glyphs))


def _glyphs(images: NDArray[np.uint8]) -> NDArray[np.int64]:
    return _CODES[images.astype(np.int64) * len(RAMP) // 256]
