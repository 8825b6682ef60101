"""The way to a driver in another process; what comes back goes to an outlet of this one."""

import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from ..child_process import python_module
from . import wire
from .driver import Outlet
from .jobs import Job
from .pipelines import OpenSampler

_COMMAND = tuple(python_module("diffviz.tui.worker.process"))


class RemoteDriver:
    """Has jobs driven by a process that it starts, and starts again for the next job if it dies."""

    def __init__(
        self,
        open_sampler: OpenSampler,
        outlet: Outlet,
        speed: float | None = None,
        command: Sequence[str] = _COMMAND,
    ) -> None:
        """Prepare; ``open_sampler`` must be one that can travel (see ``wire``)."""
        self._open_sampler = open_sampler
        self._outlet = outlet
        self._speed = speed
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._opened = self._closed = self._stepped = False
        self._run = 0
        self._job: Job | None = None

    def open(self) -> None:
        """Start the process, and the job if there is one already."""
        self._opened = True
        self._launch()

    def start(self, run: int, job: Job) -> None:
        """Sample ``job`` in place of the current one."""
        self._run, self._job = run, job
        if self._process is None:
            self._launch()
        else:
            self._send("start", run, job)

    def stop(self) -> None:
        """Sample no more until the next start."""
        self._job = None
        self._send("stop")

    def set_playing(self, playing: bool) -> None:
        """Play or pause."""
        self._send("set_playing", playing)

    def step_once(self) -> None:
        """Let one lane take one step while paused."""
        self._send("step_once")

    def set_speed(self, speed: float | None) -> None:
        """Set the pace."""
        self._speed = speed
        self._send("set_speed", speed)

    def set_noise(self, scale: float) -> None:
        """Set the noise dial."""
        self._send("set_noise", scale)

    def close(self) -> None:
        """Let the process end; returns at once."""
        self._closed = True
        if self._process is not None and self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()

    def join(self, timeout: float) -> bool:
        """Wait up to ``timeout`` seconds for the end of the process; return whether it has come."""
        if self._reader is not None:
            self._reader.join(timeout)
            return not self._reader.is_alive()
        return True

    def _launch(self) -> None:
        if not self._opened or self._closed:
            return
        try:
            # A session of its own: the terminal's signals to the screen's group don't concern it.
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            self._fail(f"the sampling process can't be started: {error.strerror or error}")
            return
        self._reader = threading.Thread(
            target=self._read, args=(self._process,), name="diffviz-sampler", daemon=True
        )
        self._write((self._open_sampler, self._speed))
        if self._job is not None:
            self._send("start", self._run, self._job)
        self._reader.start()

    def _send(self, name: str, *values: object) -> None:
        if self._process is not None:
            self._write((name, values))

    def _write(self, item: object) -> None:
        process = self._process
        # A process that is gone, or a pipe that is closed, is noticed by the reader.
        with suppress(OSError, ValueError):
            if process is not None and process.stdin is not None:
                wire.send(process.stdin, item)

    # In the reader's thread.

    def _read(self, process: "subprocess.Popen[bytes]") -> None:
        with suppress(EOFError, OSError):
            while process.stdout is not None:
                self._take(wire.receive(process.stdout))
        if not self._closed:
            self._process = None
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):  # what couldn't be sent any more
                if pipe is not None:
                    pipe.close()
        status = process.wait()
        if not self._closed:
            how = f"signal {-status}" if status < 0 else f"status {status}"
            self._fail(f"the sampling process ended unexpectedly ({how})")

    def _take(self, item: Any) -> None:
        if isinstance(item, list):
            self._stepped = True
            self._outlet.stepped(item)
        else:
            self._outlet.tell(*item)

    def _fail(self, what: str) -> None:
        self._job = None
        self._outlet.tell(self._run, "Failed", self._run, what, not self._stepped)
