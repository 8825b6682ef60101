"""The interface of a digit classifier."""

from typing import Protocol

from ..array_types import Array


class DigitClassifier(Protocol):
    """Classifies digits, such as :class:`.lenet_numpy.LeNet`."""

    def probabilities(self, images: Array) -> Array:
        """Return P(digit) ``[B, 10]`` of images ``[B, 28, 28]`` in [-1, 1]."""
        ...
