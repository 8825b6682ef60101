"""The recorded steps of one process, to look up and to branch."""

from dataclasses import replace

import numpy as np

from ..noise import BatchNoise, NoiseStream
from ..step import Step
from .chain import Start
from .step_pictures import NO_PICTURE, StepPictures

MAX_BYTES = 512_000_000
"""Most memory, or room on the disk, for the steps of one trajectory."""


class Trajectory:
    """Steps in their order, so that no step is computed twice.

    ``first`` is the index of the first stored step (above 0 for a branch). Memory is 6.3 kB a
    step and sample of digits, 9.4 kB with guidance: x_t and x0_hat are stored, eps is derived from
    them. With ``half`` they are stored as float16: half the memory, and the same to within a grey
    level. With ``on_disk`` only those of the newest step are in memory, the others in a temporary
    file. Where all steps would take more than ``max_bytes``, only every ``stride``-th is kept.
    """

    def __init__(
        self,
        first: int = 0,
        *,
        half: bool = False,
        on_disk: bool = False,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self.first = first
        self._stored = np.float16 if half else np.float32
        self._elsewhere = StepPictures() if on_disk else None
        self._max_bytes = max_bytes
        # one attribute, for a screen reads in its thread while steps are appended in another
        self._kept: tuple[list[Step], int] = ([], 1)
        self._evaluations: list[int] = [0]
        """Network evaluations of the steps before each, and of all."""

    def __len__(self) -> int:
        return len(self._steps)

    @property
    def _steps(self) -> list[Step]:
        return self._kept[0]

    @property
    def stride(self) -> int:
        """1 where every step is kept; 2 if every second is, and the newest one."""
        return self._kept[1]

    @property
    def bytes(self) -> int:
        """What the pictures of all steps take, in memory or on the disk: x_t and x0_hat."""
        return 2 * self._steps[-1].x_t.nbytes * len(self._steps) if self._steps else 0

    @property
    def last(self) -> int:
        """Index of the newest step (``first - 1`` while there is none)."""
        steps = self._steps
        return steps[-1].index if steps else self.first - 1

    def append(self, step: Step) -> None:
        """Append the next step.

        Raises:
            ValueError: if it isn't the one that follows the newest.
        """
        if step.index != self.last + 1:
            raise ValueError(f"step {self.last + 1} has to come next, not {step.index}")
        self._evaluations.append(self._evaluations[-1] + step.evaluations)
        stored = replace(_as(self._stored, step), eps=NO_PICTURE)
        steps, stride = self._kept
        if steps and self._place(steps[-1].index) % stride:
            steps[-1] = stored  # it was kept only as the newest
        else:
            if steps and self._elsewhere is not None:
                steps[-1] = self._elsewhere.put(steps[-1])
            steps.append(stored)
        if len(steps) > 2 and self.bytes > self._max_bytes:
            self.thin()

    def thin(self) -> None:
        """Keep every second of the steps that are kept, and the newest one."""
        steps, stride = self._kept
        stride *= 2
        kept = [s for s in steps if s is steps[-1] or self._place(s.index) % stride == 0]
        self._kept = kept, stride
        if self._elsewhere is not None:
            for step in steps[:-1]:
                if self._place(step.index) % stride:
                    self._elsewhere.drop(step)

    @property
    def indices(self) -> list[int]:
        """The indices of the steps that are kept, rising."""
        return [step.index for step in self._steps]

    def _place(self, index: int) -> int:
        return index - self.first

    def _find(self, index: int) -> Step:
        """Return the newest stored step up to ``index``, as it is stored."""
        while True:
            steps, stride = self._kept
            if not steps or not self.first <= index <= steps[-1].index:
                raise IndexError(f"steps {self.first} to {self.last} are kept, not {index}")
            newest = index == steps[-1].index
            found = self._whole(steps[-1] if newest else steps[self._place(index) // stride])
            if found is not None:
                return found

    def _whole(self, step: Step, row: int | None = None) -> Step | None:
        """Return a stored step with its pictures, or one row of it; None if it was dropped."""
        if self._elsewhere is not None:
            return self._elsewhere.whole(step, row)
        return step if row is None else step.rows(slice(row, row + 1))

    def step(self, index: int) -> Step:
        """Return the step at ``index``, its eps to within rounding.

        It is the last one before ``index`` where that isn't kept (see ``stride``).

        Raises:
            IndexError: if ``index`` is before the first step, or after the newest.
        """
        stored = _as(np.float32, self._find(index))
        if stored.t == 0:
            return replace(stored, eps=np.zeros_like(stored.x_t))
        # eq. 4 solved for the noise
        a = stored.alpha_bar
        eps = (stored.x_t - a**0.5 * stored.x0_hat) * (1.0 - a) ** -0.5
        return replace(stored, eps=eps)

    def evaluations(self, first: int, last: int) -> int:
        """Return the network evaluations of the steps from ``first`` to ``last``."""
        kept = len(self._evaluations) - 1
        start, end = (min(max(0, i - self.first), kept) for i in (first, last + 1))
        return self._evaluations[end] - self._evaluations[start]

    def sample(self, row: int, newest: Step | None = None) -> "Trajectory":
        """Return the steps of one sample of the batch, as a trajectory of its own.

        ``newest`` takes the place of the newest stored step; it has the same index.
        """
        alone = Trajectory(self.first)
        while True:
            steps, stride = self._kept
            steps = steps if newest is None else [*steps[:-1], newest]
            rows = [self._whole(step, row) for step in steps]
            found = [_own(_as(np.float32, step)) for step in rows if step is not None]
            if len(found) == len(steps):  # else some were dropped meanwhile
                break
        alone._kept = [replace(step, eps=NO_PICTURE) for step in found], stride
        alone._evaluations = list(self._evaluations)
        return alone

    def _repr_html_(self) -> str:
        """Return HTML that plays the steps, for a notebook."""
        from ..viewer import notebook_html  # only there

        return notebook_html([self.step(step.index) for step in self._steps])

    def index_at(self, timestep: int) -> int:
        """Return the index of the first stored step at or below ``timestep``, else the newest."""
        steps = self._steps
        low, high = 0, len(steps) - 1
        while low < high:
            middle = (low + high) // 2
            if steps[middle].t <= timestep:
                high = middle
            else:
                low = middle + 1
        return steps[low].index if steps else self.first

    def branch(
        self, index: int, parent: NoiseStream, children: int, row: int = 0
    ) -> tuple[Start, BatchNoise]:
        """Return how ``children`` copies of one sample go on from ``index`` with fresh noise.

        ``row`` picks the sample of the batch and ``parent`` is its noise stream. Give both to a
        sampler: all children begin with the same x_t, that of ``step(index)``.
        """
        stored = _as(np.float32, self._find(index))
        x_t = np.repeat(stored.x_t[row : row + 1], children, axis=0)
        streams = [parent.child(stored.t, number) for number in range(1, children + 1)]
        return (stored.index, x_t), BatchNoise(streams)


def _own(step: Step) -> Step:
    """Return ``step``, one row of a batch, with pictures that don't keep all of it in memory."""
    told = step.conditioning
    if told is not None and told.x0_null is not None:
        told = replace(told, x0_null=told.x0_null.copy())
    return replace(step, x_t=step.x_t.copy(), x0_hat=step.x0_hat.copy(), conditioning=told)


def _as(kind: type[np.float16] | type[np.float32], step: Step) -> Step:
    """Return ``step`` with its images as numbers of this ``kind``."""
    if step.x_t.dtype == kind:
        return step
    conditioning = step.conditioning
    if conditioning is not None and conditioning.x0_null is not None:
        conditioning = replace(conditioning, x0_null=conditioning.x0_null.astype(kind))
    x_t, x0_hat = step.x_t.astype(kind), step.x0_hat.astype(kind)
    return replace(step, x_t=x_t, x0_hat=x0_hat, conditioning=conditioning)
