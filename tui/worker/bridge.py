"""Between a screen and the driver that samples for it, in this process or in another.

Pictures go into a mailbox with one slot, so late ones collapse into the newest; every step is
also kept in its lane's trajectory. What must not be lost (loaded, started, phase changed,
finished, failed) is posted as messages to whoever started the job.
"""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from textual.message import Message

from ...core.sampling.trajectory import Trajectory
from ...core.step import Step
from .driver import Driver, Outlet, Progress
from .jobs import Job
from .messages import MESSAGES, Frame, Loaded, Mailbox
from .pipelines import OpenSampler

Post = Callable[[Message], object]


class Host(Protocol):
    """Something that drives jobs: a :class:`.driver.Driver`, or the way to one elsewhere."""

    def open(self) -> None:
        """Begin to serve jobs."""
        ...

    def start(self, run: int, job: Job) -> None:
        """Sample ``job`` in place of the current one."""
        ...

    def stop(self) -> None:
        """Sample no more until the next start."""
        ...

    def set_playing(self, playing: bool) -> None:
        """Play or pause."""
        ...

    def step_once(self) -> None:
        """Let one lane take one step while paused."""
        ...

    def set_speed(self, speed: float | None) -> None:
        """Set the pace."""
        ...

    def set_noise(self, scale: float) -> None:
        """Set the noise dial."""
        ...

    def close(self) -> None:
        """Ask it to end; returns at once."""
        ...

    def join(self, timeout: float) -> bool:
        """Wait up to ``timeout`` seconds for its end; return whether it has come."""
        ...


class _Run:
    """What has come in of a job so far."""

    def __init__(self, number: int, job: Job, post: Post) -> None:
        self.number = number
        self.post = post
        starts = [0 if lane.start is None else lane.start[0] for lane in job.lanes]
        self.trajectories = [Trajectory(first) for first in starts] if job.kept else []
        self.newest: list[Step | None] = [None] * len(starts)
        self.evaluations = [0] * len(starts)
        self.seconds = [0.0] * len(starts)
        self.rate: float | None = None
        self.elapsed = 0.0

    def take(self, progress: Progress) -> None:
        """Keep a step."""
        lane = progress.lane
        if self.trajectories:
            self.trajectories[lane].append(progress.step)
        self.newest[lane] = progress.step
        self.evaluations[lane] = progress.evaluations
        self.seconds[lane] = progress.seconds
        self.rate, self.elapsed = progress.rate, progress.elapsed

    def frame(self) -> Frame:
        """Return where it stands."""
        return Frame(
            self.number,
            tuple(self.newest),
            tuple(self.evaluations),
            tuple(self.seconds),
            self.rate,
            self.elapsed,
        )


class Bridge:
    """Has one job at a time sampled; every method may be called from the UI at any time."""

    def __init__(
        self,
        open_sampler: OpenSampler,
        speed: float | None = None,
        also_load: Callable[[], object] | None = None,
        clock: Callable[[], float] = time.monotonic,
        make_host: Callable[[OpenSampler, Outlet, float | None], Host] | None = None,
    ) -> None:
        """Make a bridge that does nothing yet.

        Args:
            open_sampler: Loads weights by name, where the sampling is done; each name once.
            speed: Steps per second to begin with; None for as fast as possible.
            also_load: Called once, off the UI's thread, after the first weights are loaded.
            clock: Seconds, for pace and measurement.
            make_host: Where the sampling is done; None for a thread of this process.
        """
        self.mailbox = Mailbox()
        self._also_load = also_load
        if make_host is None:
            self._host: Host = Driver(open_sampler, self, speed, clock)
        else:
            self._host = make_host(open_sampler, self, speed)
        self._lock = threading.Lock()
        # Under _lock:
        self._run: _Run | None = None
        self._number = 0

    def open(self) -> None:
        """Begin to load weights and to serve jobs."""
        self._host.open()

    def start(self, job: Job, post: Post) -> int:
        """Play ``job`` in place of the current one; return the number of this run.

        ``post`` gets the messages about it, for example the ``post_message`` of a screen.
        """
        with self._lock:
            self._number += 1
            self._run = _Run(self._number, job, post)
            self._host.start(self._number, job)
            return self._number

    def forget(self) -> None:
        """Stop the current job and let go of its steps."""
        with self._lock:
            self._run = None
            self._number += 1  # what is under way belongs to no run any more
            self._host.stop()
        self.mailbox.take()

    @property
    def run(self) -> int:
        """The number of the current run; 0 before the first."""
        with self._lock:
            return self._number

    def trajectory(self, lane: int = 0) -> Trajectory:
        """Return the steps of a lane of the current run: it grows while you read it."""
        with self._lock:
            if self._run is None or not self._run.trajectories:
                raise ValueError("there is no run that is kept")
            return self._run.trajectories[lane]

    def set_playing(self, playing: bool) -> None:
        """Play or pause."""
        self._host.set_playing(playing)

    def step_once(self) -> None:
        """Let one lane take one step while paused."""
        self._host.step_once()

    def set_speed(self, speed: float | None) -> None:
        """Set the pace of each lane in steps per second; None for as fast as possible."""
        self._host.set_speed(speed)

    def set_noise(self, scale: float) -> None:
        """Scale the injected noise, 0 to 1, from the next step of this run on."""
        self._host.set_noise(scale)

    def close(self) -> None:
        """Ask the sampling to end; returns at once."""
        self._host.close()

    def join(self, timeout: float) -> bool:
        """Wait up to ``timeout`` seconds for its end; return whether it has come."""
        return self._host.join(timeout)

    # What the host's thread calls: a bridge is its outlet.

    def stepped(self, several: Sequence[Progress]) -> None:
        """Keep steps and show the newest; those of an earlier run are late."""
        with self._lock:
            run = self._run
            several = [p for p in several if run is not None and p.run == run.number]
            if run is None or not several:
                return
            for progress in several:
                run.take(progress)
            frame = run.frame()
        self.mailbox.put(frame)

    def tell(self, run: int, name: str, *values: object) -> bool:
        """Post the message called ``name``; False if the app is gone."""
        message = MESSAGES[name](*values)
        if isinstance(message, Loaded) and self._also_load is not None:
            self._also_load, load = None, self._also_load
            load()
        with self._lock:
            post = self._run.post if self._run is not None and self._run.number == run else None
        try:
            if post is not None:
                post(message)
        except RuntimeError:
            return False  # the event loop is gone: the app was left meanwhile
        return True

    def flush(self) -> None:
        """Nothing is held back here."""
