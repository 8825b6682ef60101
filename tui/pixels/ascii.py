"""Pictures as plain characters, for where nothing else can be shown."""

import numpy as np
from numpy.typing import NDArray

from .cells import Cells

RAMP = " .:-=+*#%@"
_CODES = np.array([ord(glyph) for glyph in RAMP])


def ascii_rows(image: NDArray[np.uint8]) -> list[str]:
    """Draw a uint8 ``[H, W]`` image with two characters a pixel, which makes pixels square."""
    glyphs = _glyphs(image.repeat(2, axis=1))
    return ["".join(map(chr, row)).rstrip() for row in glyphs.tolist()]


def ramp_cells(images: NDArray[np.uint8]) -> Cells:
    """Draw uint8 pictures ``[..., h, w]`` in as many cells, dark to light as in ``RAMP``."""
    glyphs = _glyphs(images)
    return Cells(glyphs, np.ones_like(glyphs), np.zeros_like(glyphs))


def _glyphs(images: NDArray[np.uint8]) -> NDArray[np.int64]:
    return _CODES[images.astype(np.int64) * len(RAMP) // 256]
