"""Conversion between images in [-1, 1] and grey levels."""

import numpy as np
from numpy.typing import NDArray


def to_grey(images: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return ``round(clip((x + 1) / 2, 0, 1) * 255)``: white ink on black, never rescaled."""
    return np.rint(np.clip((images + 1.0) * 0.5, 0.0, 1.0) * 255.0).astype(np.uint8)


def from_grey(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return grey levels 0 … 255 as float32 in [-1, 1]; the shape stays."""
    return images.astype(np.float32) / np.float32(127.5) - np.float32(1.0)
