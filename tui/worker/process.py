"""A separate process that samples: ``python -m diffviz.tui.worker.process``.

A network's many small operations and a screen's drawing in one process would take turns at
Python's lock. Commands come on stdin, steps and events go to stdout, the end of stdin ends it.
"""

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import IO

import numpy as np

from ...core.backends.openvino_trial import make_expendable
from ...core.names import SIDE
from . import wire
from .events import EventSink, LaneStep, SamplingEvent
from .thread_driver import ThreadDriver

_EVERY_S = 0.008  # steps are sent together: the screen shows no more than one of them anyway
_PIPE_BYTES = 1 << 20
_NO_EPS = np.zeros((0, SIDE, SIDE), np.float32)


class PipeSink(EventSink):
    """Sends steps and events in order; steps are sent without eps (see Trajectory)."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._steps: list[LaneStep] = []
        self._sent = 0.0

    def add_steps(self, steps: Sequence[LaneStep]) -> None:
        """Send steps, soon."""
        self._steps += [s._replace(step=replace(s.step, eps=_NO_EPS)) for s in steps]
        if time.monotonic() - self._sent >= _EVERY_S:
            self.flush()

    def post(self, event: SamplingEvent) -> bool:
        """Send an event, after the steps before it."""
        self.flush()
        self._send(event)
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
    commands, pipe = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # code of a user that reads, prints or closes these must not come between
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    _widen(pipe.fileno())
    make_expendable()  # the screen goes on without this process
    open_pipeline, speed = wire.receive(commands)
    driver = ThreadDriver(open_pipeline, PipeSink(pipe), speed)
    driver.open()
    while True:
        try:
            driver.send(wire.receive(commands))
        except EOFError:
            os._exit(0)  # a thread inside of a network can't be stopped otherwise


def _widen(pipe: int) -> None:
    """Let the pipe hold more where the system allows it, so that sampling waits less."""
    try:
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    except (ImportError, AttributeError, OSError):
        pass


if __name__ == "__main__":
    main()
