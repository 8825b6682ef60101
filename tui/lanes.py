"""A job while it is sampled: each lane's generator, its steps so far, and whose turn it is."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from ..core.records import Step
from ..core.sampling.trajectory import Trajectory
from .jobs import Job, Lane
from .messages import Frame
from .meter import Meter
from .source import Sampler


class LaneRun:
    """One lane: the sampler's thread advances it, anyone may read ``trajectory``."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.trajectory = Trajectory(lane.start[0] if lane.start is not None else 0)
        self.newest: Step | None = None
        self.evaluations = 0
        self.seconds = 0.0
        self._sampler: Sampler | None = None
        self._steps: Iterator[Step] | None = None
        self._noise = lane.noise

    @property
    def finished(self) -> bool:
        """Whether t = 0 is reached."""
        return self.newest is not None and self.newest.index == self.newest.total

    @property
    def t(self) -> int:
        """The timestep reached; above all others before the first step."""
        return 1001 if self.newest is None else self.newest.t

    def open(self, sampler: Sampler) -> None:
        """Use ``sampler`` from now on."""
        self._sampler = sampler
        self._enter(self.lane)

    def advance(self, noise: float | None, clock: Callable[[], float]) -> Step:
        """Take and keep the next step; ``noise`` is the dial's scale (None: the lane's own)."""
        assert self._steps is not None
        begun = clock()
        if noise is not None and noise != self._noise:
            self._turn_dial(noise)
        step = next(self._steps)
        self.seconds += clock() - begun
        self.evaluations += step.index < step.total
        self.trajectory.append(step)
        self.newest = step
        return step

    def close(self) -> None:
        """Free what the generator holds."""
        close = getattr(self._steps, "close", None)
        if close is not None:
            close()
        self._steps = None

    def _enter(self, lane: Lane) -> None:
        assert self._sampler is not None
        self._steps = self._sampler.sample(
            lane.streams,
            lane.steps,
            sampler=lane.sampler,
            eta=lane.eta,
            noise_scale=self._noise,
            start=lane.start,
        )

    def _turn_dial(self, noise: float) -> None:
        """Enter the chain again at the newest step, so that the update leaving it has new noise."""
        self.close()
        self._noise = noise
        if self.newest is None:
            self._enter(self.lane)
            return
        self._enter(replace(self.lane, start=(self.newest.index, self.newest.x_t)))
        assert self._steps is not None
        next(self._steps)  # the newest step once more: it is kept already
        self.evaluations += 1


class JobRun:
    """All lanes of a job, numbered by ``run``."""

    def __init__(self, run: int, job: Job) -> None:
        self.run = run
        self.job = job
        self.lanes = tuple(LaneRun(lane) for lane in job.lanes)

    @property
    def waiting(self) -> int:
        """The number of lanes that aren't finished."""
        return sum(not lane.finished for lane in self.lanes)

    def next_lane(self) -> int:
        """Return whose turn it is (see :class:`.jobs.Job`)."""
        left = [index for index, lane in enumerate(self.lanes) if not lane.finished]
        if self.job.aligned:
            return max(left, key=lambda index: self.lanes[index].t)
        return min(left, key=lambda index: self.lanes[index].seconds)

    def frame(self, meter: Meter) -> Frame:
        """Return where it stands."""
        return Frame(
            self.run,
            tuple(lane.newest for lane in self.lanes),
            tuple(lane.evaluations for lane in self.lanes),
            tuple(lane.seconds for lane in self.lanes),
            meter.rate,
            meter.elapsed,
        )
