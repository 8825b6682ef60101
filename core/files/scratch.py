"""Bytes outside of memory: a file without a name, which is gone with the process that made it."""

import os
import weakref
from pathlib import Path

_FOLDER = Path("/var/tmp")
"""Where large temporary files belong: /tmp may itself be in memory."""


class Scratch:
    """Places of one size in a file. They are read and written in any order, in any thread."""

    def __init__(self, size: int) -> None:
        """Make an empty file with places of ``size`` bytes.

        Raises:
            OSError: if there can be none.
        """
        import tempfile  # only where there is one

        chosen = any(name in os.environ for name in ("TMPDIR", "TEMP", "TMP"))
        folder = None if chosen or not os.access(_FOLDER, os.W_OK) else _FOLDER
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            self._file = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._file)
        self.size = size
        self._places = 0
        self._free: list[int] = []

    def put(self, content: bytes) -> int:
        """Write ``content`` to a free place and return which one.

        Raises:
            OSError: if the disk is full.
        """
        if not self._free:
            self._free.append(self._places)
            self._places += 1
        place = self._free[-1]
        if os.pwrite(self._file, content, place * self.size) < len(content):
            raise OSError("there is no room for temporary files")
        return self._free.pop()

    def get(self, place: int, start: int, length: int) -> bytes:
        """Return ``length`` bytes of a place, from the byte ``start`` of it on."""
        return os.pread(self._file, length, place * self.size + start)

    def release(self, place: int) -> None:
        """Let another content take a place."""
        self._free.append(place)
