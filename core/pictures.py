"""From images in [-1, 1] to grey levels."""

import numpy as np
from numpy.typing import NDArray


def to_grey(images: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return ``round(clip((x + 1) / 2, 0, 1) * 255)``: white ink on black, never rescaled."""
    return np.rint(np.clip((images + 1.0) * 0.5, 0.0, 1.0) * 255.0).astype(np.uint8)
