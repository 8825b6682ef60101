"""The sampling in a process of its own: ``python -m diffviz.tui.worker.process``.

A network's many small operations and a screen's drawing in one process would take turns at
Python's lock. Commands come on stdin, what happens goes to stdout, and the end of stdin ends it.
"""

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import IO

import numpy as np

from . import wire
from .driver import Driver, Progress

_EVERY_S = 0.008  # steps are sent together: the screen shows no more than one of them anyway
_PIPE_BYTES = 1 << 20
_NO_EPS = np.zeros((0, 28, 28), np.float32)


class PipeOutlet:
    """Sends what the driver's thread tells, in order; steps travel without eps (see Trajectory)."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._steps: list[Progress] = []
        self._sent = 0.0

    def stepped(self, several: Sequence[Progress]) -> None:
        """Send steps, soon."""
        self._steps += [replace(p, step=replace(p.step, eps=_NO_EPS)) for p in several]
        if time.monotonic() - self._sent >= _EVERY_S:
            self.flush()

    def tell(self, run: int, name: str, *values: object) -> bool:
        """Send news, after the steps before it."""
        self.flush()
        self._send((run, name, *values))
        return True

    def flush(self) -> None:
        """Send the steps that wait."""
        if self._steps:
            steps, self._steps = self._steps, []
            self._send(steps)
            self._sent = time.monotonic()

    def _send(self, item: object) -> None:
        try:
            wire.send(self._pipe, item)
        except OSError:
            os._exit(0)  # the screen is gone


def main() -> None:
    """Serve until stdin ends."""
    commands = sys.stdin.buffer
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not come between
    _widen(pipe.fileno())
    open_sampler, speed = wire.receive(commands)
    driver = Driver(open_sampler, PipeOutlet(pipe), speed)
    driver.open()
    while True:
        try:
            name, values = wire.receive(commands)
        except EOFError:
            os._exit(0)  # a thread inside of a network can't be stopped otherwise
        getattr(driver, name)(*values)


def _widen(pipe: int) -> None:
    """Let the pipe hold more, where that can be had: the sampling waits for nobody."""
    try:
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    except (ImportError, AttributeError, OSError):
        pass


if __name__ == "__main__":
    main()
