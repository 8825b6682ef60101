"""Ctrl+C and its relatives as a wish that work under way fulfils when it can."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


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

    watched = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, handle) for number in watched}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
