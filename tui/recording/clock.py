"""A virtual clock that advances only while an event loop and a thread both wait.

The app's loop and the driver's thread never run at the same moment here. The loop resumes the
thread when the thread's wake-up time has come, and jumps to the next thing that is due when
neither has anything to do. So a recording doesn't depend on how fast or busy the machine is.
"""

import asyncio
import math
import selectors
import threading
from collections.abc import Callable

from ..worker.events import EventSink
from ..worker.pipelines import OpenPipeline
from ..worker.thread_driver import ThreadDriver


class VirtualClock:
    """Seconds since the start of a recording, for one event loop and one thread."""

    def __init__(self) -> None:
        self._now = 0.0
        self._wake = math.inf  # when the thread runs next
        self._waiting = False  # whether notify() wakes it too
        self._thread_turn = threading.Semaphore(0)
        self._loop_turn = threading.Semaphore(0)

    def __call__(self) -> float:
        """Return the time."""
        return self._now

    # Called by the loop.

    def expect_thread(self) -> None:
        """Let a thread that is about to start run as soon as the loop is idle."""
        self._wake = self._now

    def notify(self) -> None:
        """Wake the thread if it is in :meth:`wait`."""
        if self._waiting:
            self._wake = self._now

    def advance(self, seconds: float, interrupted: Callable[[], bool]) -> None:
        """Advance by ``seconds``, or less if the thread leaves something for the loop to do."""
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

    def finish_thread(self) -> None:
        """Let the thread run to its end without any waiting, after the loop is closed."""
        while self._wake < math.inf or self._waiting:
            self._wake = math.inf
            self._thread_turn.release()
            self._loop_turn.acquire()

    # Called by the thread.

    def begin_thread(self) -> None:
        """Wait for the loop to be idle."""
        self._thread_turn.acquire()

    def end_thread(self) -> None:
        """Return control to the loop for good."""
        self._wake = math.inf
        self._loop_turn.release()

    def sleep(self, seconds: float) -> None:
        """Let the loop run for ``seconds``."""
        self._hand_over(self._now + seconds)

    def wait(self, timeout: float | None) -> None:
        """Let the loop run until it notifies, or for ``timeout`` seconds."""
        self._waiting = True
        self._hand_over(math.inf if timeout is None else self._now + timeout)
        self._waiting = False

    def _hand_over(self, wake: float) -> None:
        self._wake = wake
        self._loop_turn.release()
        self._thread_turn.acquire()


class _AlternatingCondition(threading.Condition):
    """A condition between threads that never run at the same time, so it locks nothing."""

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


class VirtualDriver(ThreadDriver):
    """The driver of jobs, with a thread that alternates with the loop."""

    cached = False  # a recording is the same for every user

    def __init__(
        self,
        virtual: VirtualClock,
        open_pipeline: OpenPipeline,
        sink: EventSink,
        speed: float | None,
    ) -> None:
        super().__init__(open_pipeline, sink, speed, virtual)
        self._virtual = virtual
        self._changed = _AlternatingCondition(virtual)

    def open(self) -> None:
        """Start the thread; it first runs when the loop is idle."""
        self._virtual.expect_thread()
        super().open()

    def _main(self) -> None:
        self._virtual.begin_thread()
        try:
            super()._main()
        finally:
            self._virtual.end_thread()


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose waits take no real time."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(_Selector(clock))
        self._virtual = clock

    def time(self) -> float:
        """Return the clock's time."""
        return self._virtual()

    def run_in_executor(self, executor, func, *args):
        """Call ``func`` at once: it takes no time here, and a second thread would never run."""
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

        def interrupted() -> bool:
            nonlocal ready
            ready = super(_Selector, self).select(0)
            return bool(ready)

        self._clock.advance(math.inf if timeout is None else timeout, interrupted)
        return ready
