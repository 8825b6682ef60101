"""Signal handling: exit an app, stop work under way, unwind a command, or wake a loop."""

import asyncio
import os
import select
import signal
import sys
import termios
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, NoReturn

from ...core.errors import printable
from ..exit_codes import BY_SIGNAL

_GRACE_S = 1.5
_HANG_UP_CHECK_S = 1.0

# Off: mouse, focus events, bracketed paste, kitty keys, alternate screen. On: line wrap, cursor.
_RESTORE = (
    b"\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l\x1b[?1004l\x1b[?2004l"
    b"\x1b[?2048l\x1b[?7h"
    b"\x1b[<u\x1b[?1049l\x1b[?25h"
)


@contextmanager
def handlers(by_signal: Mapping[int, Callable[[int, FrameType | None], object]]) -> Iterator[None]:
    """Install signal handlers, and restore the previous ones at the end.

    A signal that the process was started to ignore (by ``nohup``, or by a script that put it in
    the background) stays ignored. Outside the main thread, which alone may set handlers, this
    does nothing.
    """
    previous = {}
    with suppress(ValueError):
        for number, handler in by_signal.items():
            if signal.getsignal(number) is not signal.SIG_IGN or number == signal.SIGALRM:
                previous[number] = signal.signal(number, handler)
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


class ExitSignals:
    """Exits an app on a signal, even if the terminal blocks or is gone."""

    def __init__(self, leave: Callable[[int], None]) -> None:
        self.code = 0
        """The exit status of the first signal; 0 before."""
        self._leave = leave
        self._loop: asyncio.AbstractEventLoop | None = None
        self._modes: list[Any] | None = None
        with suppress(OSError, termios.error):
            self._modes = termios.tcgetattr(0)

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Set the event loop that the app runs on."""
        self._loop = loop
        loop.call_later(_HANG_UP_CHECK_S, self._check_terminal)

    def _check_terminal(self) -> None:
        """Exit if the terminal is gone: only its session's leader gets SIGHUP."""
        if hung_up(0):
            self.on_signal(signal.SIGHUP, None)
        elif self._loop is not None:
            self._loop.call_later(_HANG_UP_CHECK_S, self._check_terminal)

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """Begin an orderly exit; a second SIGINT exits at once."""
        if self.code and number == signal.SIGINT:
            self.exit_now(number, frame)
        if not self.code:
            self.code = BY_SIGNAL[number]
            signal.setitimer(signal.ITIMER_REAL, _GRACE_S)
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._leave, self.code)

    def exit_now(self, number: int, frame: FrameType | None) -> NoReturn:
        """Restore the terminal without blocking, and end the process."""
        with suppress(OSError):
            fd = sys.__stderr__.fileno() if sys.__stderr__ else 2
            os.set_blocking(fd, False)
            os.write(fd, _RESTORE)
        if self._modes is not None:
            with suppress(OSError, termios.error):
                termios.tcsetattr(0, termios.TCSANOW, self._modes)
        os._exit(self.code)


@contextmanager
def exit_on_signals(leave: Callable[[int], None]) -> Iterator[ExitSignals]:
    """Call ``leave`` with the exit status on the event loop when a signal arrives.

    Textual handles neither SIGTERM nor SIGHUP. Its writes to the terminal can block forever once
    nobody reads them, so an orderly exit gets ``_GRACE_S`` seconds. For the same reason these are
    plain handlers and not the loop's: they run even while the main thread is blocked.
    """
    signals = ExitSignals(leave)
    by_signal = dict.fromkeys(BY_SIGNAL, signals.on_signal)
    with handlers(by_signal | {signal.SIGALRM: signals.exit_now}):
        try:
            yield signals
        finally:
            if signals.code:
                signal.setitimer(signal.ITIMER_REAL, 0)


class Stop:
    """A request to stop."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.status = 0
        """The exit status of the signal that requested it; 0 before."""


@contextmanager
def stop_on_signals(announce: bool = True) -> Iterator[Stop]:
    """Turn the first signal of ``BY_SIGNAL`` into a request; a second Ctrl+C interrupts at once.

    So does SIGQUIT (Ctrl+Backslash) the first time. ``torchrun`` passes Ctrl+C on to processes
    that have had it already: there a second one means nothing.
    """
    stop = Stop()
    passed_on = "TORCHELASTIC_RUN_ID" in os.environ

    def handle(number: int, frame: FrameType | None) -> None:
        if number == signal.SIGQUIT:
            raise SystemExit(BY_SIGNAL[number])
        if not stop.event.is_set():
            stop.status = BY_SIGNAL[number]
            stop.event.set()
            if announce:
                with suppress(OSError):  # the terminal may be gone
                    print("stopping after this batch…", file=sys.stderr, flush=True)
        elif number == signal.SIGINT and not passed_on:
            raise KeyboardInterrupt

    with handlers(dict.fromkeys(BY_SIGNAL, handle)):
        yield stop


@contextmanager
def unwind_on_signals() -> Iterator[None]:
    """Let the signals of ``BY_SIGNAL`` raise SystemExit where they would kill the process.

    A progress bar hides the cursor; a process that is killed doesn't show it again.
    """

    def leave(number: int, frame: FrameType | None) -> NoReturn:
        raise SystemExit(BY_SIGNAL[number])

    default = [number for number in BY_SIGNAL if signal.getsignal(number) is signal.SIG_DFL]
    with handlers(dict.fromkeys(default, leave)):
        yield


@contextmanager
def signal_pipe(*numbers: int) -> Iterator[int]:
    """Yield a file descriptor to wait on: each signal writes its number to it, as one byte."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)

    def forward(number: int, frame: FrameType | None) -> None:
        with suppress(OSError):
            os.write(writer, bytes([number]))

    try:
        with handlers(dict.fromkeys(numbers, forward)):
            yield reader
    finally:
        os.close(reader)
        os.close(writer)


def hung_up(fd: int) -> bool:
    """Return whether the terminal ``fd`` is gone."""
    poll = select.poll()
    poll.register(fd, 0)
    return any(event & select.POLLHUP for _, event in poll.poll(0))


def print_if_open(text: str) -> None:
    """Print ``text`` on a line after an app has ended, unless the terminal is gone."""
    with suppress(OSError):
        print(printable(text), flush=True)
