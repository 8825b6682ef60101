"""A job while it is sampled: each lane's generator, and whose turn it is."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from ...core.names import NUM_TIMESTEPS
from ...core.sampling.guidance import LabelSettings
from ...core.sampling.label_dial import LabelDial
from ...core.step import Step
from .jobs import Job, Lane
from .pipelines import PipelineLike


class LaneRun:
    """One lane: the sampler's thread advances it."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.newest: Step | None = None
        self.evaluations = 0
        self.seconds = 0.0
        self._pipeline: PipelineLike | None = None
        self._steps: Iterator[Step] | None = None
        self._noise = lane.spec.noise
        self._streams = lane.streams
        self._path = list(lane.path)
        self._labels: LabelDial | None = None
        """Of weights that have labels."""

    @property
    def finished(self) -> bool:
        """Whether t = 0 is reached."""
        return self.newest is not None and self.newest.index == self.newest.total

    @property
    def t(self) -> int:
        """The timestep reached; above all others before the first step."""
        return NUM_TIMESTEPS + 1 if self.newest is None else self.newest.t

    def open(self, pipeline: PipelineLike) -> None:
        """Use ``pipeline`` from now on."""
        self._pipeline = pipeline
        if getattr(pipeline.weights, "classes", ()):
            self._labels = LabelDial(self.lane.spec.label_settings, asked=self.lane.asked)
        self._enter()

    def advance(
        self,
        noise: float | None,
        clock: Callable[[], float],
        labels: LabelSettings | None = None,
    ) -> Step:
        """Take the next step.

        ``noise`` is the dial's scale, ``labels`` what the labels' dial is set to; None: the lane's.
        """
        begun = clock()
        dialled = noise is not None and noise != self._noise
        if noise is not None:
            self._noise = noise
        branching = self._branches()
        if dialled or branching:
            self._enter_again()
        if labels is not None and self._labels is not None:
            self._labels.turn(labels)  # after the newest step was computed again as it was
        assert self._steps is not None
        step = next(self._steps)
        self.seconds += clock() - begun
        self.evaluations += step.evaluations
        classifier = getattr(self._pipeline, "classifier", None)
        if classifier is not None:  # a user's: his code runs here, and not where screens are
            step = replace(step, belief=classifier.probabilities(step.x0_hat))
        self.newest = step
        return step

    def close(self) -> None:
        """Free what the generator holds."""
        close = getattr(self._steps, "close", None)
        if close is not None:
            close()
        self._steps = None

    def _enter(self) -> None:
        assert self._pipeline is not None
        start = self.lane.start
        if self.newest is not None:
            start = (self.newest.index, self.newest.x_t)
        spec = replace(self.lane.spec, noise=self._noise)
        how: dict[str, Any] = spec.keywords
        if self._labels is not None:
            how = {**spec.unlabelled().keywords, "dial": self._labels}
        if self.lane.given is not None:
            how = {**how, "given": self.lane.given}
        self._steps = self._pipeline.sample(self._streams, **how, start=start)

    def _branches(self) -> bool:
        """Return whether the newest step is left by a branch; take the child's noise if so."""
        if not self._path or self.newest is None or self.newest.t > self._path[0][0]:
            return False
        timestep, child = self._path.pop(0)
        self._streams = tuple(stream.child(timestep, child) for stream in self._streams)
        return True

    def _enter_again(self) -> None:
        """Enter the chain at the newest step, so that the update leaving it has other noise."""
        self.close()
        self._enter()
        if self.newest is not None:
            assert self._steps is not None
            self.evaluations += next(self._steps).evaluations  # the newest step once more


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
