"""A live cast: everything written to the terminal also goes into a file.

Each line is passed to the operating system before the next frame, so the file plays up to the
moment that the process ends, however that happens.
"""

import os
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from textual.driver import Driver

from ...core.errors import DiffvizError
from .._textual import restore_write, tee_write
from .cast import CastEncoder, CastHeader
from .sequences import BEGIN, LEAVE, drawing_only

_MAX_FILES = 1000


class LiveCast:
    """A cast of what a driver writes from now on until :meth:`stop`."""

    def __init__(
        self, path: Path, header: CastHeader, clock: Callable[[], float] = monotonic
    ) -> None:
        """Begin the file.

        Raises:
            DiffvizError: if it exists already or can't be written.
        """
        self.path = path
        self.seconds = 0.0
        """The length of the cast."""
        self.failure: str | None = None
        """Why it ended before it was stopped; None if it did not."""
        self._encoder = CastEncoder(header)
        self._clock = clock
        self._start = clock()
        self._driver: Driver | None = None
        try:
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        except OSError as error:
            raise DiffvizError(f"can't write {path}: {error.strerror}") from error
        self._append(header.line())
        self._append(self._encoder.output(0.0, BEGIN + "\x1b[2J"))

    def attach(self, driver: Driver) -> None:
        """Record what ``driver`` writes from now on."""
        self._driver = driver
        tee_write(driver, self._record)

    def mark(self, label: str) -> None:
        """Add a marker."""
        if self.running:
            self._append(self._encoder.marker(self._elapsed(), label))

    def resize(self, width: int, height: int) -> None:
        """Record a new size of the terminal."""
        if self.running:
            self._append(self._encoder.resize(self._elapsed(), width, height))

    def stop(self) -> None:
        """End the cast; may be called twice."""
        if self._driver is not None:
            restore_write(self._driver)
            self._driver = None
        if self.running:
            self._append(self._encoder.end(self._elapsed()))
        self._close()

    @property
    def running(self) -> bool:
        """Whether it is being written."""
        return self._file >= 0

    def _record(self, text: str) -> None:
        if LEAVE in text:
            self.stop()
        elif self.running and (shown := drawing_only(text)):
            self._append(self._encoder.output(self._elapsed(), shown))

    def _elapsed(self) -> float:
        self.seconds = self._clock() - self._start
        return self.seconds

    def _append(self, line: str) -> None:
        data = memoryview(line.encode("utf-8", "replace"))
        try:
            while data:
                data = data[os.write(self._file, data) :]
        except OSError as error:  # a full disk must not end the app
            self.failure = f"{self.path}: {error.strerror}"
            self._close()

    def _close(self) -> None:
        if self.running:
            os.close(self._file)
            self._file = -1


def free_name(stem: str, folder: Path, endings: tuple[str, ...] = (".cast",)) -> Path:
    """Return the first of ``stem.cast``, ``stem-2.cast``, … that isn't there yet.

    With several ``endings`` none of them is; the path has the first.

    Raises:
        DiffvizError: if all of them are.
    """
    for number in range(1, _MAX_FILES):
        name = stem if number == 1 else f"{stem}-{number}"
        paths = [folder / (name + ending) for ending in endings]
        if not any(path.exists() for path in paths):
            return paths[0]
    raise DiffvizError(f"{folder} has {_MAX_FILES - 1} files called {stem} already")
