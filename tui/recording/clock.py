"""Time that passes only while everybody waits: an event loop and a thread that take turns.

The app's loop and the driver's thread never run at the same moment here. The loop gives the
thread its turn when the thread's time has come, and jumps to the next thing that is due when
neither has anything to do. So a recording doesn't depend on how fast or busy the machine is.
"""

import asyncio
import math
import selectors
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from textual import _time

from ..worker.driver import Driver, Outlet
from ..worker.pipelines import OpenSampler


class VirtualClock:
    """Seconds since the beginning of a recording, for one event loop and one thread."""

    def __init__(self) -> None:
        self._now = 0.0
        self._wake = math.inf  # when the thread wants its next turn
        self._waiting = False  # whether a notification wakes it too
        self._thread_turn = threading.Semaphore(0)
        self._loop_turn = threading.Semaphore(0)

    def __call__(self) -> float:
        """Return the time."""
        return self._now

    # The loop's side.

    def expect_thread(self) -> None:
        """Give a thread that is about to start its first turn as soon as the loop is idle."""
        self._wake = self._now

    def notify(self) -> None:
        """Wake the thread if it waits for something to change."""
        if self._waiting:
            self._wake = self._now

    def let_pass(self, seconds: float, interrupted: Callable[[], bool]) -> None:
        """Let ``seconds`` pass, or less if the thread's turn leaves something for the loop."""
        deadline = self._now + seconds
        while not interrupted():
            if self._wake <= self._now:
                self._wake = math.inf
                self._thread_turn.release()
                self._loop_turn.acquire()
            elif deadline <= self._now:
                return
            else:
                self._now = min(deadline, self._wake)
                if self._now == math.inf:
                    raise RuntimeError("nothing will ever happen in this recording")

    def run_out(self) -> None:
        """After the loop is closed: let the thread come to its end without waiting for anything."""
        while self._wake < math.inf or self._waiting:
            self._wake = math.inf
            self._thread_turn.release()
            self._loop_turn.acquire()

    # The thread's side.

    def first_turn(self) -> None:
        """Wait for the loop to be idle."""
        self._thread_turn.acquire()

    def last_turn(self) -> None:
        """Hand back to the loop for good."""
        self._wake = math.inf
        self._loop_turn.release()

    def sleep(self, seconds: float) -> None:
        """Let the loop go on for ``seconds``."""
        self._hand_over(self._now + seconds)

    def wait(self, timeout: float | None) -> None:
        """Let the loop go on until it notifies, or for ``timeout`` seconds."""
        self._waiting = True
        self._hand_over(math.inf if timeout is None else self._now + timeout)
        self._waiting = False  # the thread's turn again

    def _hand_over(self, wake: float) -> None:
        self._wake = wake
        self._loop_turn.release()
        self._thread_turn.acquire()


class _Turns(threading.Condition):
    """A condition between two threads that never run at once: nothing needs to be locked."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self._clock = clock

    def __enter__(self) -> bool:
        return True

    def __exit__(self, *error: object) -> None:
        pass

    def wait(self, timeout: float | None = None) -> bool:
        self._clock.wait(timeout)
        return True

    def notify_all(self) -> None:
        self._clock.notify()


class VirtualDriver(Driver):
    """The driver of jobs, with a thread that takes turns with the loop."""

    cached = False  # a recording is the same for every user

    def __init__(
        self, virtual: VirtualClock, open_sampler: OpenSampler, outlet: Outlet, speed: float | None
    ) -> None:
        super().__init__(open_sampler, outlet, speed, virtual)
        self._virtual = virtual
        self._changed = _Turns(virtual)

    def open(self) -> None:
        """Start the thread; it has its first turn when the loop is idle."""
        self._virtual.expect_thread()
        super().open()

    def _main(self) -> None:
        self._virtual.first_turn()
        try:
            super()._main()
        finally:
            self._virtual.last_turn()


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose waits take no real time."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(_Selector(clock))
        self._virtual = clock

    def time(self) -> float:
        """Return the clock's time."""
        return self._virtual()

    def run_in_executor(self, executor, func, *args):
        """Call ``func`` at once: it takes no time here, and another thread would have no turn."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future


class _Selector(selectors.SelectSelector):
    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None):
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready

        def woken() -> bool:
            nonlocal ready
            ready = super(_Selector, self).select(0)
            return bool(ready)

        self._clock.let_pass(math.inf if timeout is None else timeout, woken)
        return ready


@contextmanager
def textual_time(clock: VirtualClock) -> Iterator[None]:
    """Let Textual's timers and animations read ``clock``."""
    before = _time.get_time
    _time.get_time = clock
    try:
        yield
    finally:
        _time.get_time = before
