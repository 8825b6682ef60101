"""Ctrl+C and its relatives: a wish that work under way fulfils when it can, or a tidy end."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from ..exit_codes import BY_SIGNAL


class Stop:
    """The wish to stop, and the signal that expressed it."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.signal: int | None = None


@contextmanager
def stop_on_signals(tell: bool = True) -> Iterator[Stop]:
    """Turn the first Ctrl+C, SIGTERM or SIGHUP into a wish; a second Ctrl+C interrupts at once.

    ``torchrun`` passes Ctrl+C on to processes that have had it already: there a second one
    means nothing.
    """
    stop = Stop()
    passed_on = "TORCHELASTIC_RUN_ID" in os.environ

    def handle(number: int, _frame: object) -> None:
        if stop.event.is_set():
            if number == signal.SIGINT and not passed_on:
                raise KeyboardInterrupt
            return
        stop.signal = number
        stop.event.set()
        if tell:
            print("stopping after this batch…", file=sys.stderr)

    watched = [getattr(signal, name) for name in BY_SIGNAL if hasattr(signal, name)]
    before = {number: signal.signal(number, handle) for number in watched}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def unwind_on_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end what is shown meanwhile in order, where they would just kill.

    A progress bar hides the cursor; a process that is killed doesn't bring it back.
    """

    def leave(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(BY_SIGNAL[signal.Signals(number).name])

    before = {}
    for name in ("SIGTERM", "SIGHUP"):
        # Not both exist on Windows, and only the main thread may set handlers.
        with suppress(AttributeError, ValueError):
            number = getattr(signal, name)
            if signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, leave)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
