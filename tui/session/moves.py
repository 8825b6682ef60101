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
        self._last_index = 0

    def of(self, history: StepHistory, generation: object) -> list[float]:
        """Return the mean change of x0_hat, in levels of 255, at each step after the first.

        ``generation`` is another value for another history.
        """
        if generation != self._generation or history.last - history.first < len(self._values):
            self._generation, self._values, self._last = generation, [], None
        if self._last is None and history.last >= 0:
            self._last_index = history.first
            self._last = _shown(history.step(self._last_index).x0_hat)
        while self._last is not None and len(self._values) < history.last - history.first:
            index = history.first + len(self._values) + 1
            step = history.step(index)
            if step.index < index:  # not kept: as much as at the step before
                self._values.append(self._values[-1] if self._values else 0.0)
                continue
            newer = _shown(step.x0_hat)
            change = float(np.abs(newer - self._last).mean()) * 127.5
            self._values.append(change / (index - self._last_index))
            self._last, self._last_index = newer, index
        return self._values


def _shown(x0_hat: Array) -> Array:
    return np.clip(x0_hat, -1.0, 1.0)
