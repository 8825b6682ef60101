"""The interface between samplers and a network, in numpy terms."""

from typing import Protocol

from ..array_types import Array


class Denoiser(Protocol):
    """Predicts the noise in a batch of images.

    A network in PyTorch is one denoiser, an exact score in a test another.
    """

    def __call__(self, x_t: Array, timestep: int) -> Array:
        """Return eps for float32 ``x_t`` ``[B, 28, 28]`` at ``timestep`` (1 … T); a new array."""
        ...
