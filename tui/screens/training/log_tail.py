"""Read the new events of a log that may still grow."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ....core.errors import DiffvizError
from ....core.files.reading import open_regular
from ....core.records import TrainEvent
from ....core.runs import MAX_LINE, parse_event

_CHUNK = MAX_LINE
_THIN_FROM = 1 << 24  # bytes; a longer log is thinned when it is opened
_THIN_TO = 20_000  # batches read of the thinned part
_WHOLE_END = 1 << 21  # bytes at the end that are never thinned
_OTHERS = re.compile(rb'\n(\{"event": "(?!batch")[^\n]*)')


class Tail:
    """Follows a log, by repeated calls of ``open`` and then ``read``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._offset = 0
        self._thin_to = 0
        self._line = 1
        self.every = 1
        """Of the older batches, one in so many is read."""

    def open(self) -> bool:
        """Prepare to read; return whether reading starts at the beginning of the log.

        It does at first, and when the log was truncated or replaced. A log that is missing or
        can't be read has no events.
        """
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
            self._file = open_regular(self._path)
        except (OSError, DiffvizError):
            return False
        self._offset, self._thin_to, self.every = 0, 0, 1
        if now.st_size > _THIN_FROM:
            start = self._file.read(1 << 16)
            self._line = max(1, len(start) // max(1, start.count(b"\n")))
            self.every = max(1, now.st_size // self._line // _THIN_TO)
            self._thin_to = now.st_size - _WHOLE_END
        return True

    def read(self) -> Iterator[TrainEvent]:
        """Yield the events that were written since the last reading, oldest first.

        An incomplete last line is left for the next reading; other invalid lines are skipped. If
        the log was longer than 16 MB when it was opened, its older batches are thinned; other
        events are not.
        """
        if self._file is None:
            return
        self._file.seek(self._offset)
        while chunk := self._file.read(_CHUNK):
            end = chunk.rfind(b"\n") + 1
            if not end:
                if len(chunk) < _CHUNK:
                    return
                end = len(chunk)  # longer than any line of a log
            thin = self._offset + _CHUNK <= self._thin_to
            for line in self._thinned(chunk[:end]) if thin else chunk[:end].splitlines():
                event = parse_event(line)
                if event is not None:
                    yield event
            self._offset += end
            self._file.seek(self._offset)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _thinned(self, chunk: bytes) -> list[bytes]:
        """Return every ``every``-th batch and all other events, without parsing the rest."""
        found = {match.start(): match[1] for match in _OTHERS.finditer(b"\n" + chunk)}
        for place in range(0, len(chunk), self.every * self._line):
            start = chunk.find(b"\n", place) + 1
            found.setdefault(start, chunk[start : chunk.find(b"\n", start)])
        return [line for _, line in sorted(found.items())]
