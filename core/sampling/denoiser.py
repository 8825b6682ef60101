"""The interface between samplers and a network, in numpy terms."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..array_types import Array

Labels = NDArray[np.int64]
"""The number of a class for each image ``[B]``, or ``NO_LABEL``."""


class Denoiser(Protocol):
    """Predicts the noise in a batch of images.

    A network in PyTorch is one denoiser, an exact score in a test another.
    """

    def __call__(self, x_t: Array, timestep: int) -> Array:
        """Return eps for float32 ``x_t`` ``[B, 28, 28]`` at ``timestep`` (1 … T); a new array."""
        ...


class LabelledDenoiser(Denoiser, Protocol):
    """A denoiser that may also be told the classes of the images."""

    def __call__(self, x_t: Array, timestep: int, labels: Labels | None = None) -> Array:
        """Return eps as a :class:`Denoiser` does; ``labels`` is ``[B]``, None: no labels.

        A network that takes no labels ignores them.
        """
        ...
