"""The timestep features of both networks, in numpy."""

import numpy as np

from ..array_types import Array
from ..names import NUM_TIMESTEPS


def sinusoids(dim: int) -> Array:
    """Return the timestep features ``[1000, dim]`` of ``models.embedding``."""
    half = dim // 2
    exponents = np.arange(half, dtype=np.float32) / np.float32(half - 1)
    frequencies = np.exp(np.float32(-np.log(10000.0)) * exponents)
    angles = np.arange(NUM_TIMESTEPS, dtype=np.float32)[:, None] * frequencies
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)
