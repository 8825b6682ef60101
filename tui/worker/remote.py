"""A driver in another process; what it reports goes to a sink in this one."""

import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress

from ..child_process import python_module
from . import wire
from .driver import Command, Driver, SetSpeed, Start, Stop, UseBackend
from .events import (
    BackendReplaced,
    EventSink,
    LaneStep,
    SamplingEvent,
    SamplingFailed,
    WeightsLoaded,
)
from .jobs import Job
from .pipelines import OpenPipeline, Pipelines

_COMMAND = tuple(python_module("diffviz.tui.worker.process"))


class RemoteDriver(Driver):
    """Samples jobs in a process, which is started again for the next job if it dies.

    A backend that ends the process before its first step is replaced with the next one, unless
    the user has named it.
    """

    def __init__(
        self,
        open_pipeline: OpenPipeline,
        sink: EventSink,
        speed: float | None = None,
        command: Sequence[str] = _COMMAND,
    ) -> None:
        """Prepare; ``open_pipeline`` must be a record that can be sent (see ``wire``)."""
        self._open_pipeline = open_pipeline
        self._chosen_by_us = getattr(open_pipeline, "backend", None) == "auto"
        self._sink = sink
        self._speed = speed
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._opened = self._closed = self._stepped = False
        self._run = 0
        self._job: Job | None = None
        self._notice = ""  # about a backend that was replaced, once the next one works
        self._lock = threading.RLock()
        """Held while a process is started or is sent something."""

    def open(self) -> None:
        """Start the process, and the job if there is one already."""
        self._opened = True
        self._launch()

    def send(self, command: Command) -> None:
        """Send ``command`` to the process; for a job, start one if there is none."""
        with self._lock:
            match command:
                case Start(run, job):
                    self._run, self._job = run, job
                    if self._process is None:
                        self._launch()
                        return
                case Stop():
                    self._job = None
                case SetSpeed(speed):
                    self._speed = speed
                case UseBackend(backend):
                    if isinstance(self._open_pipeline, Pipelines):
                        self._open_pipeline = self._open_pipeline.using(backend)
                    return
            self._write(command)

    def close(self) -> None:
        """Let the process end; return at once."""
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
        self._write((self._open_pipeline, self._speed))
        if self._job is not None:
            self._write(Start(self._run, self._job))
        self._reader.start()

    def _write(self, item: object) -> None:
        process = self._process
        # A process that is gone, or a pipe that is closed, is noticed by the reader.
        with suppress(OSError, ValueError):
            if process is not None and process.stdin is not None:
                wire.send(process.stdin, item)

    # In a reader's thread.

    def _read(self, process: "subprocess.Popen[bytes]") -> None:
        with suppress(EOFError, OSError):
            while process.stdout is not None:
                self._receive(wire.receive(process.stdout))
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):  # what couldn't be sent any more
                if pipe is not None:
                    pipe.close()
        status = process.wait()
        if not self._closed:
            how = f"signal {-status}" if status < 0 else f"status {status}"
            self._crashed(how)

    def _receive(self, item: list[LaneStep] | SamplingEvent) -> None:
        if isinstance(item, list):
            self._stepped = True
            self._sink.add_steps(item)
            return
        self._sink.post(item)
        if self._notice and isinstance(item, WeightsLoaded):
            notice, self._notice = self._notice, ""
            self._sink.post(BackendReplaced(item.run, notice))

    def _crashed(self, how: str) -> None:
        """Start again with the next backend, or report the end of the process."""
        from ...core.backends.selection import backend_after, backend_title

        pipelines, other = self._open_pipeline, None
        with self._lock:
            self._process = None
            if isinstance(pipelines, Pipelines):
                other = backend_after(pipelines.backend)
                if other and self._chosen_by_us and not self._stepped:
                    used = backend_title(pipelines.backend)
                    self._notice = (
                        f"{used} can't be used here (it crashes, {how}): computing with {other}"
                    )
                    self._open_pipeline = pipelines.using(other)
                    self._launch()
                    return
        self._fail(f"the sampling process ended unexpectedly ({how})", other)

    def _fail(self, text: str, other: str | None = None) -> None:
        self._job = None
        self._sink.post(SamplingFailed(self._run, text, not self._stepped, other))
