"""The interface between samplers and a network, in numpy terms."""

from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ..array_types import Array

Labels = NDArray[np.int64]
"""The number of a class for each image ``[B]``, or ``NO_LABEL``."""


class Prediction(NamedTuple):
    """The noise in a batch of images, and how labels made it."""

    eps: Array
    labels: Labels | None = None
    guidance: float = 0.0
    eps_null: Array | None = None
    """The noise predicted without labels, where it was computed."""
    x0_hat: Array | None = None
    """The expected image, where it isn't what follows from eps; clipped, for instance."""
    drawn: bool = False
    """Whether nobody asked for ``labels``: they are those of the seeds."""


class Denoiser(Protocol):
    """Predicts the noise in a batch of images.

    A network in PyTorch is one denoiser, an exact score in a test another.
    """

    def __call__(self, x_t: Array, timestep: int) -> Array:
        """Return eps for float32 ``x_t`` ``[B, 28, 28]`` at ``timestep`` (1 … T); a new array."""
        ...


@runtime_checkable
class ConditionedDenoiser(Protocol):
    """A denoiser that tells how labels made its prediction."""

    def predict(self, x_t: Array, timestep: int) -> Prediction:
        """Return eps as a :class:`Denoiser` does, with the labels and what comes of them."""
        ...


class LabelledDenoiser(Denoiser, Protocol):
    """A denoiser that may also be told the classes of the images."""

    def __call__(self, x_t: Array, timestep: int, labels: Labels | None = None) -> Array:
        """Return eps as a :class:`Denoiser` does; ``labels`` is ``[B]``, None: no labels.

        A network that takes no labels ignores them.
        """
        ...
