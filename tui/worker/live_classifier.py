"""Digit probabilities of the pictures on the screen, computed by the bundled classifier.

They are computed for what is drawn and never for every step: at a hundred times as many steps as
frames that would slow the sampling.
"""

from collections.abc import Callable
from functools import cached_property

from ...core.array_types import Array
from ...core.errors import DiffvizError
from ...core.models.digit_classifier import DigitClassifier
from ...core.names import SIDE
from ...core.step import Step

_CACHED = 4096  # pictures: four runs of a thousand steps


OpenClassifier = Callable[[], DigitClassifier]


def load_classifier() -> DigitClassifier:
    """Load the bundled classifier."""
    from ...core.classifier import Classifier

    return Classifier.load()


class LiveClassifier:
    """P(digit | x0_hat), cached by keys of the caller; the classifier is loaded at first use."""

    def __init__(self, open_classifier: OpenClassifier = load_classifier) -> None:
        self._open_classifier = open_classifier
        self._cache: dict[object, Array] = {}

    @cached_property
    def _classifier(self) -> DigitClassifier | None:
        """The classifier, or None if it can't be loaded: everything else works without."""
        try:
            return self._open_classifier()
        except (DiffvizError, OSError):
            return None

    def belief(self, step: Step, key: object = None) -> Array | None:
        """Return P(class | x0_hat) of ``step``, ``[B, K]``.

        A model of the user has brought its own, or none; otherwise classes are the digits, and
        the result is cached under ``key``, as below.
        """
        return self.probabilities(step.x0_hat, key) if step.belief is None else step.belief

    def probabilities(self, x0_hat: Array, key: object = None) -> Array | None:
        """Return P(digit | x0_hat) for 0 … 9, ``[B, 10]``, of ``x0_hat`` ``[B, 28, 28]``.

        None without a classifier. The result is cached under ``key``, which names the picture
        (such as a run and an index); it isn't if that is None.
        """
        if x0_hat.shape[1:] != (SIDE, SIDE) or self._classifier is None:
            return None  # it knows digits only
        if key is not None and key in self._cache:
            return self._cache[key]
        probabilities = self._classifier.probabilities(x0_hat)
        if key is not None:
            if len(self._cache) >= _CACHED:
                self._cache.clear()
            self._cache[key] = probabilities
        return probabilities
