"""The only thread code: samplers run in one thread of their own and never wait for a screen.

Pictures go into a mailbox with one slot, so late ones collapse into the newest; every step is
also kept in its lane's trajectory. What must not be lost (loaded, started, phase changed,
finished, failed) is posted as messages to whoever started the job. Pausing, pacing and stopping
are the thread not asking a sampler for its next step.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from textual.message import Message

from ..core.phases import Phase
from ..core.sampling.trajectory import Trajectory
from .jobs import Job
from .lanes import JobRun
from .messages import (
    Failed,
    Finished,
    LaneFinished,
    Loaded,
    Losses,
    Mailbox,
    PhaseChanged,
    Started,
)
from .meter import Meter, Pacer
from .source import Network, OpenSampler, losses_of, one_line

Post = Callable[[Message], object]


@dataclass(frozen=True, eq=False, slots=True)
class _Task:
    """A job with whoever wants to hear of it."""

    job: JobRun
    post: Post


class Bridge:
    """Runs one job at a time in a thread; every method may be called from the UI at any time."""

    def __init__(
        self,
        open_sampler: OpenSampler,
        speed: float | None = None,
        also_load: Callable[[], object] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make a bridge whose thread is not running yet.

        Args:
            open_sampler: Loads weights by name, in the thread; each name once.
            speed: Steps per second to begin with; None for as fast as possible.
            also_load: Called once in the thread after the first weights are loaded.
            clock: Seconds, for pace and measurement.
        """
        self.mailbox = Mailbox()
        self._open_sampler = open_sampler
        self._also_load = also_load
        self._clock = clock
        # Daemon: a thread that is busy importing torch can't be stopped, and must not stop us.
        self._thread = threading.Thread(target=self._main, name="diffviz-sampler", daemon=True)
        self._networks: dict[str, Network] = {}  # the thread's own, like _stepped
        self._stepped = False
        self._changed = threading.Condition()
        # Everything below is read and written under _changed.
        self._task: _Task | None = None
        self._run = 0
        self._playing = True
        self._single_steps = 0
        self._speed = speed
        self._noise: float | None = None
        self._closed = False

    def open(self) -> None:
        """Start the thread: it loads weights as jobs need them, and serves one job at a time."""
        self._thread.start()

    def start(self, job: Job, post: Post) -> int:
        """Play ``job`` in place of the current one; return the number of this run.

        ``post`` gets the messages about it, for example the ``post_message`` of a screen.
        """
        with self._changed:
            self._run += 1
            self._task = _Task(JobRun(self._run, job), post)
            self._playing = True
            self._single_steps = 0
            self._noise = None
            self._changed.notify_all()
            return self._run

    @property
    def run(self) -> int:
        """The number of the current run; 0 before the first."""
        with self._changed:
            return self._run

    def trajectory(self, lane: int = 0) -> Trajectory:
        """Return the steps of a lane of the current run: it grows while you read it."""
        with self._changed:
            if self._task is None:
                raise ValueError("there is no run yet")
            return self._task.job.lanes[lane].trajectory

    def set_playing(self, playing: bool) -> None:
        """Play or pause."""
        with self._changed:
            self._playing = playing
            self._single_steps = 0
            self._changed.notify_all()

    def step_once(self) -> None:
        """Let one lane take one step while paused."""
        with self._changed:
            self._single_steps += 1
            self._changed.notify_all()

    def set_speed(self, speed: float | None) -> None:
        """Set the pace of each lane in steps per second; None for as fast as possible."""
        with self._changed:
            self._speed = speed
            self._changed.notify_all()

    def set_noise(self, scale: float) -> None:
        """Scale the injected noise, 0 to 1, from the next step of this run on."""
        with self._changed:
            self._noise = scale

    def close(self) -> None:
        """Ask the thread to end; returns at once."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def join(self, timeout: float) -> bool:
        """Wait up to ``timeout`` seconds for the thread; return whether it is gone."""
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    # In the thread.

    def _main(self) -> None:
        taken = 0
        while (task := self._next_task(taken)) is not None:
            taken = task.job.run
            try:
                self._sample(task)
            except Exception as error:
                self._post(task, Failed(taken, one_line(error), at_start=not self._stepped))

    def _next_task(self, taken: int) -> _Task | None:
        """Wait for a run later than ``taken``; return it, or None to end."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._run > taken)
            return None if self._closed else self._task

    def _sample(self, task: _Task) -> None:
        """Drive one job to its end or until it is replaced."""
        job = task.job
        meter, pacer = Meter(), Pacer()
        phase: Phase | None = None
        try:
            self._load(task)
            self._post(task, Started(job.run))
            meter.resume(self._clock())
            while self._may_step(job, meter, pacer):
                index = job.next_lane()
                lane = job.lanes[index]
                step = lane.advance(self._dial(), self._clock)
                self._stepped = True
                meter.stepped(self._clock())
                self.mailbox.put(job.frame(meter))
                if index == 0 and step.phase is not phase:
                    phase = step.phase
                    self._post(task, PhaseChanged(job.run, phase))
                if lane.finished:
                    self._post(task, LaneFinished(job.run, index, lane.seconds))
                if not job.waiting:
                    self._post(task, Finished(job.run, meter.elapsed))
                    return
        finally:
            for lane in job.lanes:
                lane.close()

    def _load(self, task: _Task) -> None:
        """Give every lane its network; each is loaded when it is asked for first."""
        told = set()
        for lane in task.job.lanes:
            weights = lane.lane.weights
            if weights not in self._networks:
                self._post(task, Losses(weights, losses_of(weights)))
                sampler = self._open_sampler(weights)
                if self._also_load is not None and not self._networks:
                    self._also_load()
                self._networks[weights] = Network.of(sampler)
            network = self._networks[weights]
            if weights not in told:
                told.add(weights)
                self._post(task, Loaded(weights, network.source, network.phases))
            lane.open(network.sampler)

    def _dial(self) -> float | None:
        with self._changed:
            return self._noise

    def _may_step(self, job: JobRun, meter: Meter, pacer: Pacer) -> bool:
        """Wait until the next step is wanted; False if it never will be."""
        with self._changed:
            while True:
                if self._closed or job.run != self._run:
                    return False
                now = self._clock()
                if self._playing:
                    pace = None if self._speed is None else self._speed * job.waiting
                    delay = pacer.delay(now, pace)
                    if delay <= 0.0:
                        pacer.stepped(now, pace)
                        return True
                    self._changed.wait(delay)
                    continue
                if self._single_steps > 0:
                    self._single_steps -= 1
                    meter.resume(now)
                    return True
                self._changed.wait()
                pacer.restart()
                meter.resume(self._clock())

    def _post(self, task: _Task, message: Message) -> None:
        try:
            task.post(message)
        except RuntimeError:
            # The event loop is gone: the app was left while this thread was busy.
            with self._changed:
                self._closed = True
