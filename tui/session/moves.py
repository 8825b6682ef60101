"""How far x0_hat still moves from step to step, in grey levels; it needs no classifier."""

import numpy as np

from ...core.array_types import Array
from .step_history import StepHistory


class Moves:
    """Keeps the changes of a history that grows, so that each is computed once."""

    def __init__(self) -> None:
        self._generation: object = None
        self._values: list[float] = []
        self._last: Array | None = None

    def of(self, history: StepHistory, generation: object) -> list[float]:
        """Return the mean change of x0_hat, in levels of 255, at each step after the first.

        ``generation`` is another value for another history.
        """
        if generation != self._generation or history.last - history.first < len(self._values):
            self._generation, self._values, self._last = generation, [], None
        if self._last is None and history.last >= 0:
            self._last = _shown(history.step(history.first).x0_hat)
        while self._last is not None and len(self._values) < history.last - history.first:
            newer = _shown(history.step(history.first + len(self._values) + 1).x0_hat)
            self._values.append(float(np.abs(newer - self._last).mean()) * 127.5)
            self._last = newer
        return self._values


def _shown(x0_hat: Array) -> Array:
    return np.clip(x0_hat, -1.0, 1.0)
