"""The inbox of the screens: what the driver reports, ready to be shown.

Frames go into a mailbox with one slot, so that the newest replaces those nobody took; the
trajectory of a lane keeps every step. Events are never dropped: each is posted as a message to
whoever started the job.
"""

import threading
from collections.abc import Callable, Sequence

from textual.message import Message

from ...core.sampling.trajectory import Trajectory
from ...core.step import Step
from .driver import Driver
from .events import EventSink, LaneStep, SamplingEvent
from .jobs import Job
from .kept_lane import KeptLane
from .messages import Frame, Mailbox, SamplingMessage
from .pipelines import OpenPipeline
from .thread_driver import ThreadDriver

Post = Callable[[Message], object]


class _Run:
    """What was received of a job so far."""

    def __init__(self, number: int, job: Job, post: Post, kept: Sequence[KeptLane] = ()) -> None:
        self.number = number
        self.post = post
        digits = sum(len(lane.streams) for lane in job.lanes)
        self.kept = tuple(kept) or tuple(KeptLane(lane, digits) for lane in job.lanes)
        self._steps: list[Step | None] = [None] * len(self.kept)
        self._evaluations = [0] * len(self.kept)
        self._seconds = [0.0] * len(self.kept)

    def add(self, steps: Sequence[LaneStep]) -> Frame:
        """Add steps; return the progress after the last of them."""
        for done in steps:
            _, lane, step, evaluations, seconds, *_ = done
            self.kept[lane].add(done)
            self._steps[lane] = step
            self._evaluations[lane], self._seconds[lane] = evaluations, seconds
        return Frame(
            self.number,
            tuple(self._steps),
            tuple(self._evaluations),
            tuple(self._seconds),
            steps[-1].rate,
            steps[-1].elapsed,
        )


class Bridge(EventSink):
    """Has one job at a time sampled, and collects its steps; for the UI's thread."""

    def __init__(
        self,
        open_pipeline: OpenPipeline,
        speed: float | None = None,
        make_driver: Callable[[OpenPipeline, EventSink, float | None], Driver] = ThreadDriver,
    ) -> None:
        """Make a bridge whose driver is not opened yet.

        Args:
            open_pipeline: Loads weights by name, where the sampling is done; each name once.
            speed: Steps per second to begin with; None for as fast as possible.
            make_driver: Makes what samples.
        """
        self.mailbox = Mailbox()
        self.driver = make_driver(open_pipeline, self, speed)
        """Samples the jobs; pausing and pacing are its matter."""
        self._lock = threading.Lock()
        # Under _lock:
        self._run: _Run | None = None
        self._number = 0

    def start(self, job: Job, post: Post, kept: Sequence[KeptLane] = ()) -> int:
        """Play ``job`` in place of the current one; return the number of this run.

        Args:
            job: What to sample.
            post: Gets the messages about it, for example the ``post_message`` of a screen.
            kept: What was sampled of its lanes before; empty for a job that begins.
        """
        with self._lock:
            self._number += 1
            self._run = _Run(self._number, job, post, kept)
            self.driver.start(self._number, job)
            return self._number

    def forget(self) -> None:
        """Stop the current job and free its steps."""
        with self._lock:
            self._run = None
            self._number += 1  # what is under way belongs to no run any more
            self.driver.stop()
        self.mailbox.take()

    @property
    def run(self) -> int:
        """The number of the current run; 0 before the first."""
        with self._lock:
            return self._number

    @property
    def kept(self) -> tuple[KeptLane, ...]:
        """The steps of each lane of the current run; they grow while you read them.

        Raises:
            ValueError: if there is no run.
        """
        with self._lock:
            if self._run is None:
                raise ValueError("no job is sampled")
            return self._run.kept

    def trajectory(self, lane: int = 0) -> Trajectory:
        """Return the steps of a lane of the current run: it grows while you read it."""
        return self.kept[lane].trajectory

    # In the driver's thread.

    def add_steps(self, steps: Sequence[LaneStep]) -> None:
        """Add steps and show the newest; those of an earlier run are too late."""
        with self._lock:
            run = self._run
            steps = [step for step in steps if run is not None and step.run == run.number]
            if run is None or not steps:
                return
            frame = run.add(steps)
        self.mailbox.put(frame)

    def post(self, event: SamplingEvent) -> bool:
        """Post the message about ``event``; return False if the app is gone."""
        with self._lock:
            run = self._run
            post = run.post if run is not None and run.number == event.run else None
        try:
            if post is not None:
                post(SamplingMessage(event))
        except RuntimeError:
            return False  # the event loop is gone: the app was left meanwhile
        return True
