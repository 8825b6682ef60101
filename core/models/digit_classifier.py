"""The interfaces of a digit classifier."""

from typing import Protocol

from ..array_types import Array


class DigitClassifier(Protocol):
    """Classifies digits, such as :class:`diffviz.core.classifier.Classifier`."""

    def probabilities(self, images: Array) -> Array:
        """Return P(digit) ``[B, 10]`` of images ``[B, 28, 28]`` in [-1, 1]."""
        ...


class FeatureClassifier(Protocol):
    """Also returns features, such as :class:`diffviz.core.classifier.Classifier`."""

    sha256: str
    """Of its weights: identifies the feature space."""

    def features_and_probabilities(self, images: Array) -> tuple[Array, Array]:
        """Return features ``[B, D]`` and P(digit) ``[B, 10]`` of images ``[B, 28, 28]``."""
        ...
