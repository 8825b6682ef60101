"""The loop that samples jobs, in a thread of its own; it knows no screen.

Pausing, pacing and stopping are the thread not asking a sampler for its next step. What happens
goes to an outlet: every step, and by name what must be told (see ``messages.py``).
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ...core.phases import Phase
from ...core.step import Step
from .jobs import Job
from .lanes import JobRun
from .meter import Meter, Pacer
from .pipelines import Network, OpenSampler, failure_text, losses_of, version_of


@dataclass(frozen=True, eq=False, slots=True)
class Progress:
    """One step of one lane, and where that leaves the run."""

    run: int
    lane: int
    step: Step
    evaluations: int
    """Network evaluations of the lane so far."""
    seconds: float
    """Time the lane's steps have taken so far."""
    rate: float | None
    """Steps per second lately, of all lanes together; None when that isn't known yet."""
    elapsed: float
    """Seconds of this run so far, pauses left out."""


class Outlet(Protocol):
    """Where a driver's thread puts what happens."""

    def stepped(self, several: Sequence[Progress]) -> None:
        """Take the next step of a lane, or several steps that came together."""
        ...

    def tell(self, run: int, name: str, *values: object) -> bool:
        """Take the news called ``name`` about ``run``; False if nobody listens any more."""
        ...

    def flush(self) -> None:
        """Hold nothing back: nothing may follow for a while."""
        ...


class Driver:
    """Samples one job at a time; every method may be called from any thread."""

    cached = True
    """Whether to tell what this user measured before."""

    def __init__(
        self,
        open_sampler: OpenSampler,
        outlet: Outlet,
        speed: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make a driver whose thread is not running yet.

        Args:
            open_sampler: Loads weights by name, in the thread; each name once.
            outlet: Takes what happens, in the thread.
            speed: Steps per second to begin with; None for as fast as possible.
            clock: Seconds, for pace and measurement.
        """
        self._open_sampler = open_sampler
        self._outlet = outlet
        self._clock = clock
        # Daemon: a thread that is busy importing torch can't be stopped, and must not stop us.
        self._thread = threading.Thread(target=self._main, name="diffviz-sampler", daemon=True)
        self._networks: dict[str, Network] = {}  # the thread's own, like _stepped
        self._stepped = False
        self._changed = threading.Condition()
        # Everything below is read and written under _changed.
        self._job: JobRun | None = None
        self._playing = True
        self._single_steps = 0
        self._speed = speed
        self._noise: float | None = None
        self._closed = False

    def open(self) -> None:
        """Start the thread: it loads weights as jobs need them, and serves one job at a time."""
        self._thread.start()

    def start(self, run: int, job: Job) -> None:
        """Play ``job`` as run number ``run``, in place of the current one."""
        with self._changed:
            self._job = JobRun(run, job)
            self._playing = True
            self._single_steps = 0
            self._noise = None
            self._changed.notify_all()

    def stop(self) -> None:
        """Sample no more until the next start."""
        with self._changed:
            self._job = None
            self._changed.notify_all()

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
        while (job := self._next_job(taken)) is not None:
            taken = job.run
            try:
                self._sample(job)
            except Exception as error:
                self._tell(taken, "Failed", taken, failure_text(error), not self._stepped)

    def _next_job(self, taken: int) -> JobRun | None:
        """Wait for a run later than ``taken``; return it, or None to end."""
        with self._changed:
            while not self._closed:
                if self._job is not None and self._job.run > taken:
                    return self._job
                self._changed.wait()
            return None

    def _sample(self, job: JobRun) -> None:
        """Drive one job to its end or until it is replaced."""
        meter, pacer = Meter(), Pacer()
        phase: Phase | None = None
        try:
            self._load(job)
            self._tell(job.run, "Started", job.run)
            meter.resume(self._clock())
            while self._may_step(job, meter, pacer):
                index = job.next_lane()
                lane = job.lanes[index]
                step = lane.advance(self._dial(), self._clock)
                self._stepped = True
                meter.stepped(self._clock())
                rate, elapsed = meter.rate, meter.elapsed
                done = lane.evaluations, lane.seconds
                self._outlet.stepped((Progress(job.run, index, step, *done, rate, elapsed),))
                if index == 0 and step.phase is not phase:
                    phase = step.phase
                    self._tell(job.run, "PhaseChanged", job.run, phase)
                if lane.finished:
                    self._tell(job.run, "LaneFinished", job.run, index, lane.seconds)
                if not job.waiting:
                    self._tell(job.run, "Finished", job.run, meter.elapsed)
                    return
        finally:
            for lane in job.lanes:
                lane.close()

    def _load(self, job: JobRun) -> None:
        """Give every lane its network; each is loaded when it is asked for first.

        A lane that wants the newest weights has them loaded again once their file is another.
        """
        told = set()
        for lane in job.lanes:
            weights = lane.lane.weights
            network = self._networks.get(weights)
            version = version_of(weights) if network is None or lane.lane.newest else None
            if network is None or (lane.lane.newest and version != network.source.version):
                self._tell(job.run, "Losses", weights, losses_of(weights))
                network = Network.of(self._open_sampler(weights), version, self.cached)
                self._networks[weights] = network
            if weights not in told:
                told.add(weights)
                self._tell(job.run, "Loaded", weights, network.source, network.phases)
            lane.open(network.sampler)

    def _dial(self) -> float | None:
        with self._changed:
            return self._noise

    def _may_step(self, job: JobRun, meter: Meter, pacer: Pacer) -> bool:
        """Wait until the next step is wanted; False if it never will be."""
        with self._changed:
            while True:
                if self._closed or job is not self._job:
                    return False
                now = self._clock()
                if self._playing:
                    pace = None if self._speed is None else self._speed * job.waiting
                    delay = pacer.delay(now, pace)
                    if delay <= 0.0:
                        pacer.stepped(now, pace)
                        return True
                    self._outlet.flush()
                    self._changed.wait(delay)
                    continue
                if self._single_steps > 0:
                    self._single_steps -= 1
                    meter.resume(now)
                    return True
                self._outlet.flush()
                self._changed.wait()
                pacer.restart()
                meter.resume(self._clock())

    def _tell(self, run: int, name: str, *values: object) -> None:
        if not self._outlet.tell(run, name, *values):
            with self._changed:
                self._closed = True
