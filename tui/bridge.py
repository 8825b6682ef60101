"""The only thread code: a sampler runs in a thread of its own and never waits for the screen.

Pictures go into a mailbox with one slot, so late ones collapse into the newest. What must not
be lost (loaded, started, phase changed, finished, failed) is posted as messages. Pausing,
pacing and stopping are the thread not asking the sampler for its next step.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from textual.message import Message

from ..core.phases import Phase
from ..core.records import Step
from .meter import Meter, Pacer
from .options import RunOptions
from .source import OpenSampler, Sampler, Source, losses_of, one_line


@dataclass(frozen=True, eq=False, slots=True)
class Frame:
    """The newest step of a run, with how fast it goes."""

    run: int
    """Number of the run it belongs to; every start is a new run."""
    seed: int
    step: Step
    rate: float | None
    """Steps per second lately; None when that isn't known yet."""
    elapsed: float
    """Seconds of this run so far, pauses left out."""


class Losses(Message):
    """The training losses of the weights in use, one an epoch, as far as known."""

    def __init__(self, values: list[float]) -> None:
        super().__init__()
        self.values = values


class Loaded(Message):
    """The weights are loaded; sampling begins."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self.source = source


class Started(Message):
    """A run has begun."""

    def __init__(self, run: int, seed: int) -> None:
        super().__init__()
        self.run = run
        self.seed = seed


class PhaseChanged(Message):
    """A run has entered a phase."""

    def __init__(self, run: int, phase: Phase) -> None:
        super().__init__()
        self.run = run
        self.phase = phase


class Finished(Message):
    """A run has reached t = 0; its last frame is in the mailbox."""

    def __init__(self, run: int, seed: int, elapsed: float) -> None:
        super().__init__()
        self.run = run
        self.seed = seed
        self.elapsed = elapsed


class Failed(Message):
    """Something went wrong; ``at_start``: before the first step ever, so nothing can go on."""

    def __init__(self, run: int, text: str, at_start: bool) -> None:
        super().__init__()
        self.run = run
        self.text = text
        self.at_start = at_start


class Mailbox:
    """One slot: putting replaces what nobody took."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._frame: Frame | None = None

    def put(self, frame: Frame) -> None:
        """Replace the content by ``frame``."""
        with self._lock:
            self._frame = frame

    def take(self) -> Frame | None:
        """Return the content and leave the slot empty."""
        with self._lock:
            frame, self._frame = self._frame, None
            return frame


class Bridge:
    """Runs one sampler in a thread; every method may be called from the UI at any time."""

    def __init__(
        self,
        options: RunOptions,
        open_sampler: OpenSampler,
        post: Callable[[Message], object],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.mailbox = Mailbox()
        self._options = options
        self._open_sampler = open_sampler
        self._post_message = post
        self._clock = clock
        # Daemon: a thread that is busy importing torch can't be stopped, and must not stop us.
        self._thread = threading.Thread(target=self._main, name="diffviz-sampler", daemon=True)
        self._changed = threading.Condition()
        # Everything below is read and written under _changed.
        self._run = 0
        self._seed = options.seed
        self._playing = True
        self._single_steps = 0
        self._speed = options.speed
        self._closed = False

    def open(self) -> None:
        """Start the thread: it loads the weights and then serves runs."""
        self._thread.start()

    def start(self, seed: int) -> int:
        """Play ``seed`` from its noise, in place of the current run; return the run's number."""
        with self._changed:
            self._run += 1
            self._seed = seed
            self._playing = True
            self._single_steps = 0
            self._changed.notify_all()
            return self._run

    def set_playing(self, playing: bool) -> None:
        """Play or pause."""
        with self._changed:
            self._playing = playing
            self._single_steps = 0
            self._changed.notify_all()

    def step_once(self) -> None:
        """Take one step while paused."""
        with self._changed:
            self._single_steps += 1
            self._changed.notify_all()

    def set_speed(self, speed: float | None) -> None:
        """Set the pace in steps per second; None for as fast as possible."""
        with self._changed:
            self._speed = speed
            self._changed.notify_all()

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
        stepped = False
        try:
            self._post(Losses(losses_of(self._options)))
            sampler = self._open_sampler(self._options)
            self._post(Loaded(Source.of(sampler, self._options)))
            while (job := self._next_run(taken)) is not None:
                taken, seed = job
                try:
                    for _ in self._sample(sampler, taken, seed):
                        stepped = True
                except Exception as error:
                    if not stepped:
                        raise
                    self._post(Failed(taken, one_line(error), at_start=False))
        except Exception as error:
            self._post(Failed(taken, one_line(error), at_start=True))

    def _next_run(self, taken: int) -> tuple[int, int] | None:
        """Wait for a run later than ``taken``; return its number and seed, or None to end."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._run > taken)
            return None if self._closed else (self._run, self._seed)

    def _sample(self, sampler: Sampler, run: int, seed: int):
        """Drive one run to its end or until it is replaced; yields after each step."""
        meter, pacer = Meter(), Pacer()
        phase: Phase | None = None
        steps = sampler.sample([seed], num_inference_steps=self._options.steps)
        try:
            self._post(Started(run, seed))
            meter.resume(self._clock())
            while self._may_step(run, meter, pacer):
                step = next(steps)
                meter.stepped(self._clock())
                self.mailbox.put(Frame(run, seed, step, meter.rate, meter.elapsed))
                yield
                if step.phase is not phase:
                    phase = step.phase
                    self._post(PhaseChanged(run, phase))
                if step.index == step.total:
                    self._post(Finished(run, seed, meter.elapsed))
                    return
        finally:
            close = getattr(steps, "close", None)
            if close is not None:
                close()  # frees what the sampler holds

    def _may_step(self, run: int, meter: Meter, pacer: Pacer) -> bool:
        """Wait until the next step is wanted; False if it never will be."""
        with self._changed:
            while True:
                if self._closed or run != self._run:
                    return False
                now = self._clock()
                if self._playing:
                    delay = pacer.delay(now, self._speed)
                    if delay <= 0.0:
                        pacer.stepped(now, self._speed)
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

    def _post(self, message: Message) -> None:
        try:
            self._post_message(message)
        except RuntimeError:
            # The event loop is gone: the app was left while this thread was busy.
            with self._changed:
                self._closed = True
