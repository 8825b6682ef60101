"""Which digit the classifier sees in a picture: loaded beside the network, asked by the screen.

The belief is worked out for what is drawn and never for every step: at a hundred times as many
steps as frames it would slow the sampling.
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ...core.errors import DiffvizError

Array = NDArray[np.float32]
_KEPT = 4096  # pictures whose belief is kept: four runs of a thousand steps


class Judge(Protocol):
    """A digit classifier, such as ``diffviz.core.models.lenet_numpy.LeNet``."""

    def probabilities(self, images: Array) -> Array:
        """Return the belief in each digit, ``[B, 10]``, of images ``[B, 28, 28]``."""
        ...


def load_classifier() -> Judge:
    """Load the bundled classifier: in numpy, for the screen's process needs no torch."""
    from ...core.models.lenet_numpy import LeNet

    return LeNet.load()


class Belief:
    """P(digit | x0_hat), with what was worked out kept by the caller's key."""

    def __init__(self, open_judge: Callable[[], Judge] = load_classifier) -> None:
        self._open_judge = open_judge
        self._judge: Judge | None = None
        self._kept: dict[object, Array] = {}

    def load(self) -> None:
        """Load the classifier; without one there is no belief, and everything else goes on."""
        try:
            self._judge = self._open_judge()
            self._judge.probabilities(np.zeros((1, 28, 28), np.float32))  # the first is slow
        except (DiffvizError, OSError):
            self._judge = None

    def probabilities(self, x0_hat: Array, key: object = None) -> Array | None:
        """Return the belief in 0 … 9, ``[B, 10]``, of ``x0_hat`` ``[B, 28, 28]``.

        None as long as no classifier is loaded. The answer is kept under ``key``, which names the
        picture (such as a run and an index); None keeps nothing.
        """
        if self._judge is None:
            return None
        if key is not None and key in self._kept:
            return self._kept[key]
        answer = self._judge.probabilities(x0_hat)
        if key is not None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[key] = answer
        return answer
