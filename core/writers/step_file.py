"""The file of a sampling loop: a picture of x_t, and of x0_hat, for every step.

After a line of JSON with the version come records of a fixed head and the pictures' bytes. It only
grows, and a record that was cut off at its end is left out. A new file replaces the old one.
"""

import json
import math
import os
import struct
import zlib
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import DiffvizError
from ..files.reading import open_regular

Picture = NDArray[np.uint8]
"""Levels, ``[H, W]`` or ``[H, W, 3]``."""

MAX_SIDE = 256
HEADER = json.dumps({"diffviz-steps": 1}).encode() + b"\n"
_HEAD = struct.Struct("<4sIdfHHBBBxI")
"""Mark, number of the sampling, t, moved, height, width, channels, pictures, flags, checksum."""
_MARK = b"STEP"
_NOT_FINITE = 1
_MOST_RECORDS = 1 << 20


class StepPictures(NamedTuple):
    """One step as pictures."""

    sampling: int
    """Which sampling of the loop, from 1."""
    t: float
    x_t: Picture
    x0_hat: Picture | None
    """None where the loop has no estimate."""
    moved: float = math.nan
    """Mean change of x0_hat since the step before, in levels of 255; NaN where there is none."""
    finite: bool = True
    """Whether all pixels were numbers; others are shown black."""


class StepEntry(NamedTuple):
    """A record of the file without its pictures."""

    sampling: int
    t: float
    moved: float
    height: int
    width: int
    channels: int
    pictures: int
    finite: bool
    checksum: int
    place: int
    """Of the pictures' first byte in the file."""

    @property
    def size(self) -> int:
        """Bytes of all pictures."""
        return self.height * self.width * self.channels * self.pictures


def pack(step: StepPictures) -> bytes:
    """Return the record of a step."""
    content = step.x_t.tobytes() + (b"" if step.x0_hat is None else step.x0_hat.tobytes())
    height, width = step.x_t.shape[:2]
    channels, pictures = 3 if step.x_t.ndim == 3 else 1, 1 + (step.x0_hat is not None)
    flags = 0 if step.finite else _NOT_FINITE
    head = _HEAD.pack(
        _MARK, step.sampling, step.t, step.moved, height, width, channels, pictures, flags,
        zlib.crc32(content),
    )  # fmt: skip
    return head + content


def is_step_file(path: Path) -> bool:
    """Return whether ``path`` is a file of steps, of whatever version."""
    try:
        with open_regular(path) as file:
            return file.read(len(HEADER)).startswith(b'{"diffviz-steps"')
    except (OSError, DiffvizError):
        return False


class StepFile:
    """Reads a file of steps that may still grow, or be replaced."""

    def __init__(self, path: Path) -> None:
        """Read ``path``, which need not exist yet."""
        self.path = path
        self.entries: list[StepEntry] = []
        self.problem = ""
        """Why no more can be read, if that is so."""
        self._file: BinaryIO | None = None
        self._end = 0

    def poll(self) -> bool:
        """Read which steps were added; return whether anything is different."""
        try:
            now = os.stat(self.path)
        except OSError:
            return False
        if self._file is not None:
            before = os.fstat(self._file.fileno())
            if (before.st_ino, before.st_dev) != (now.st_ino, now.st_dev) or (
                now.st_size < self._end
            ):
                self.close()
        new = self._file is None and self._open()
        return self._read_heads(now.st_size) or new

    def read(self, index: int) -> StepPictures | None:
        """Return a step with its pictures; None if they are damaged or gone."""
        entry = self.entries[index]
        if self._file is None:
            return None
        try:
            self._file.seek(entry.place)
            content = self._file.read(entry.size)
        except OSError:
            return None
        if len(content) < entry.size or zlib.crc32(content) != entry.checksum:
            return None
        shape = (entry.height, entry.width) + ((3,) if entry.channels == 3 else ())
        pictures = np.frombuffer(content, np.uint8).reshape(entry.pictures, *shape)
        x0_hat = pictures[1] if entry.pictures == 2 else None
        return StepPictures(entry.sampling, entry.t, pictures[0], x0_hat, entry.moved, entry.finite)

    def close(self) -> None:
        """Close the file and forget its steps."""
        if self._file is not None:
            self._file.close()
        self._file, self._end = None, 0
        self.entries, self.problem = [], ""

    def _open(self) -> bool:
        try:
            file = open_regular(self.path)
        except DiffvizError as error:
            self.problem = str(error)
            return False
        except OSError as error:
            self.problem = f"can't read {self.path}: {error.strerror}"
            return False
        line = file.read(len(HEADER))
        if line != HEADER:
            file.close()
            if len(line) == len(HEADER):
                self.problem = f"{self.path} is no file of steps of this version of diffviz"
            return False
        self._file, self._end, self.problem = file, len(HEADER), ""
        return True

    def _read_heads(self, size: int) -> bool:
        """Read the heads of the records that are whole in the first ``size`` bytes."""
        before = len(self.entries)
        while self._file is not None and not self.problem and self._end + _HEAD.size <= size:
            self._file.seek(self._end)
            head = self._file.read(_HEAD.size)
            if len(head) < _HEAD.size:
                break
            entry = _entry(head, self._end + _HEAD.size)
            if entry is None or len(self.entries) >= _MOST_RECORDS:
                self.problem = f"{self.path} is damaged after step {len(self.entries)}"
                return True
            if entry.place + entry.size > size:
                break  # it is still being written, or was cut off
            self.entries.append(entry)
            self._end = entry.place + entry.size
        return len(self.entries) > before


def _entry(head: bytes, place: int) -> StepEntry | None:
    """Return what the head of a record says; None if it is damaged."""
    mark, sampling, t, moved, height, width, channels, pictures, flags, checksum = _HEAD.unpack(
        head
    )
    good = (
        mark == _MARK
        and 1 <= height <= MAX_SIDE
        and 1 <= width <= MAX_SIDE
        and channels in (1, 3)
        and pictures in (1, 2)
        and math.isfinite(t)
    )
    if not good:
        return None
    finite = not flags & _NOT_FINITE
    return StepEntry(sampling, t, moved, height, width, channels, pictures, finite, checksum, place)
