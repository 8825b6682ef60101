"""Pictures as lines of text, for printing without an app."""

import numpy as np
from numpy.typing import NDArray

from .cells import Codes, cell_rows, encode_cells
from .colours import Colours
from .greys import greys_for
from .tiles import Mode, Tiles, picture_cells


def printed(images: NDArray[np.uint8], colours: Colours) -> list[str]:
    """Draw uint8 pictures ``[n, 28, 28]`` side by side in 14 lines, two columns apart.

    If ``colours`` allows colours, the lines contain escape sequences and end with a reset.
    """
    greys = greys_for(colours)
    codes = Codes(greys.front, greys.back)
    cells = picture_cells(images, Tiles(Mode.HALF, len(images), 1), greys)
    rows = [[encode_cells(row, codes) for row in cell_rows(picture)] for picture in cells]
    lines = ["  ".join(parts) for parts in zip(*rows, strict=True)]
    return [line.rstrip() for line in lines] if codes.plain else lines
