"""Pictures as plain characters, for where nothing else can be shown."""

import numpy as np
from numpy.typing import NDArray

RAMP = " .:-=+*#%@"


def ascii_rows(image: NDArray[np.uint8]) -> list[str]:
    """Draw a uint8 ``[H, W]`` image with two characters a pixel, which makes pixels square."""
    positions = (image.astype(np.int32) * len(RAMP)) // 256
    return ["".join(RAMP[p] * 2 for p in row).rstrip() for row in positions.tolist()]
