"""Reading the log of a run that may be going on: only what is new, each time it is asked."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from ...core.runs import parse_line

_CHUNK = 1 << 22
_THIN_FROM = 1 << 24  # bytes; a longer log is thinned when it is opened
_THIN_TO = 20_000  # batches kept of what is thinned
_WHOLE_END = 1 << 21  # bytes at the end that are read in full
_BATCH = b'{"event": "batch"'


class Tail:
    """Follows a log. It is closed between two readings only by :meth:`close`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._offset = 0
        self.restarted = False
        """Whether the last reading began at the beginning: the log was cut back, or is new."""
        self.every = 1
        """Of the older batches, one in so many was read."""

    def read(self) -> Iterator[dict[str, Any]]:
        """Yield the events that were written since the last reading, oldest first.

        A last line that isn't whole is left for the next reading; others that make no sense
        are passed over. A log that isn't there (yet) has no events. Of a log of more than
        16 MB, older batches are thinned when it is opened; other events never are.
        """
        self.restarted = self._reopen()
        if self._file is None:
            return
        size = os.fstat(self._file.fileno()).st_size
        if self.restarted:
            self.every = 1
            if size > _THIN_FROM:
                self.every = max(1, size // self._line_length() // _THIN_TO)
        thin_to = size - _WHOLE_END if self.restarted and self.every > 1 else 0
        self._file.seek(self._offset)
        seen = 0
        while chunk := self._file.read(_CHUNK):
            end = chunk.rfind(b"\n") + 1
            if not end:
                return
            every = self.every if self._offset < thin_to else 1
            for line in chunk[:end].splitlines(keepends=True):
                if every > 1 and line.startswith(_BATCH):
                    seen += 1
                    if seen % every:
                        continue
                event = parse_line(line)
                if event is not None:
                    yield event
            self._offset += end
            if end < len(chunk):
                self._file.seek(self._offset)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _reopen(self) -> bool:
        """Open the log where it isn't open, or is another one; return whether it was."""
        try:
            now = os.stat(self._path)
        except OSError:
            return False
        if self._file is not None:
            before = os.fstat(self._file.fileno())
            same = (before.st_ino, before.st_dev) == (now.st_ino, now.st_dev)
            if same and now.st_size >= self._offset:
                return False
            self.close()
        try:
            self._file = self._path.open("rb")
        except OSError:
            return False
        self._offset = 0
        return True

    def _line_length(self) -> int:
        """Return about how long a line is."""
        assert self._file is not None
        self._file.seek(0)
        start = self._file.read(1 << 16)
        return max(1, len(start) // max(1, start.count(b"\n")))
