"""Pictures as lines of text, for printing without an app."""

import numpy as np
from numpy.typing import NDArray

from .cells import Codes, CodesOnDemand, cell_rows, encode_cells
from .colours import Colours
from .greys import greys_for
from .resizing import fitting
from .rgb import rgb_for
from .tiles import Mode, Tiles, picture_cells

_MOST = 64  # pixels of a side


def printed(images: NDArray[np.uint8], colours: Colours) -> list[str]:
    """Draw uint8 pictures ``[n, H, W]`` or ``[n, H, W, 3]`` side by side, two columns apart.

    Pixels are whole; pictures of more than 64 pixels are averaged down.
    If ``colours`` allows colours, the lines contain escape sequences and end with a reset.
    """
    high, wide, _ = fitting(images.shape[1], images.shape[2], _MOST // 2, _MOST)
    high, wide = min(high, images.shape[1]), min(wide, images.shape[2])
    tiles = Tiles(Mode.HALF, len(images), 1, wide=wide, high=high)
    if images.ndim == 4 and not colours.plain:
        inks = rgb_for(colours)
        codes = CodesOnDemand(lambda position, back: inks.code(position, back=back))
    else:
        inks = greys_for(colours)
        codes = Codes(inks.front, inks.back)
    cells = picture_cells(images, tiles, inks)
    rows = [[encode_cells(row, codes) for row in cell_rows(picture)] for picture in cells]
    lines = ["  ".join(parts) for parts in zip(*rows, strict=True)]
    return [line.rstrip() for line in lines] if codes.plain else lines
