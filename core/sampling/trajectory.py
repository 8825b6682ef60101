"""The steps one process has gone through: kept, looked up, branched from."""

from dataclasses import replace

import numpy as np

from ..noise import BatchNoise, NoiseStream
from ..step import Step
from .chain import Start

_NO_EPS = np.zeros((0, 28, 28), np.float32)


class Trajectory:
    """Steps in the order they came, so that nothing that was seen is computed again.

    ``first`` is the index of the first step kept (above 0 for a branch). Memory is 6.3 kB a step
    and sample: x_t and x0_hat are kept as they were, eps is derived from them when asked for.
    """

    def __init__(self, first: int = 0) -> None:
        self.first = first
        self._kept: list[Step] = []

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def last(self) -> int:
        """Index of the newest step (``first - 1`` while there is none)."""
        return self.first + len(self._kept) - 1

    def append(self, step: Step) -> None:
        """Keep the next step.

        Raises:
            ValueError: if it isn't the one that follows the newest.
        """
        if step.index != self.last + 1:
            raise ValueError(f"step {self.last + 1} has to come next, not {step.index}")
        self._kept.append(replace(step, eps=_NO_EPS))

    def step(self, index: int) -> Step:
        """Return the step at ``index``, its eps to within rounding.

        Raises:
            IndexError: if that step was not kept.
        """
        if not self.first <= index <= self.last:
            raise IndexError(f"steps {self.first} to {self.last} are kept, not {index}")
        kept = self._kept[index - self.first]
        if kept.t == 0:
            return replace(kept, eps=np.zeros_like(kept.x_t))
        # eq. 4 solved for the noise
        eps = (kept.x_t - kept.alpha_bar**0.5 * kept.x0_hat) * (1.0 - kept.alpha_bar) ** -0.5
        return replace(kept, eps=eps)

    def index_at(self, timestep: int) -> int:
        """Return the index of the first kept step at or below ``timestep``, else the newest."""
        low, high = 0, len(self._kept) - 1
        while low < high:
            middle = (low + high) // 2
            if self._kept[middle].t <= timestep:
                high = middle
            else:
                low = middle + 1
        return self.first + max(low, 0)

    def branch(
        self, index: int, parent: NoiseStream, children: int, row: int = 0
    ) -> tuple[Start, BatchNoise]:
        """Return how ``children`` copies of one sample go on from ``index`` with fresh noise.

        ``row`` picks the sample of the batch and ``parent`` is its noise stream. Give both to a
        sampler: all children begin with the same x_t.
        """
        kept = self._kept[index - self.first]
        x_t = np.repeat(kept.x_t[row : row + 1], children, axis=0)
        streams = [parent.child(kept.t, number) for number in range(1, children + 1)]
        return (index, x_t), BatchNoise(streams)
