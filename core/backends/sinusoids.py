"""The timestep features of both networks, in numpy."""

import numpy as np

from ..array_types import Array, Tensors
from ..names import NUM_TIMESTEPS

LABELS = "labels.weight"
"""The name of a network's table of labels."""


def sinusoids(dim: int) -> Array:
    """Return the timestep features ``[1000, dim]`` of ``models.embedding``."""
    half = dim // 2
    exponents = np.arange(half, dtype=np.float32) / np.float32(half - 1)
    frequencies = np.exp(np.float32(-np.log(10000.0)) * exponents)
    angles = np.arange(NUM_TIMESTEPS, dtype=np.float32)[:, None] * frequencies
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)


def label_features(tensors: Tensors, label: int) -> Array | None:
    """Return the row of the table of labels for a class or ``NO_LABEL``; None without a table.

    The table has a row for each class, then one for no label.
    """
    return tensors[LABELS][label] if LABELS in tensors else None
