"""Safe reading of files of unknown origin: their type and size are checked first."""

import hashlib
import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from ..errors import DiffvizError

_BLOCK = 1 << 16
# O_NONBLOCK: opening a named pipe would otherwise wait for a writer.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def open_regular(path: Path, max_bytes: int | None = None) -> io.BufferedReader:
    """Open an ordinary file of at most ``max_bytes`` bytes (None: of any size) for reading.

    Raises:
        DiffvizError: if it is something else (a folder, a device, a named pipe) or larger.
        OSError: if it is missing or can't be opened.
    """
    handle = os.open(path, _FLAGS)
    try:
        found = os.fstat(handle)
        if stat.S_ISDIR(found.st_mode):
            raise DiffvizError(f"can't read {path}: it is a folder")
        if not stat.S_ISREG(found.st_mode):
            raise DiffvizError(f"can't read {path}: it is a device or a pipe, not an ordinary file")
        if max_bytes is not None and found.st_size > max_bytes:
            raise DiffvizError(
                f"can't read {path}: it is too large ({found.st_size:,} bytes; such a file has at "
                f"most {max_bytes:,})"
            )
        return open(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def read_bounded(path: Path, max_bytes: int) -> bytes:
    """Return the content of an ordinary file of at most ``max_bytes`` bytes.

    Raises:
        DiffvizError: if it is something else or larger.
        OSError: if it is missing or can't be read.
    """
    with open_regular(path, max_bytes) as file:
        return file.read(max_bytes)


def bounded_lines(file: io.BufferedReader, max_bytes: int) -> Iterator[bytes]:
    """Yield the lines of a file, except those longer than ``max_bytes``."""
    while line := file.readline(max_bytes + 1):
        if len(line) <= max_bytes:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(io.DEFAULT_BUFFER_SIZE)


def lines_from_end(file: io.BufferedReader, max_bytes: int) -> Iterator[bytes]:
    """Yield the lines of a file, the last first, each with its line end if it has one.

    It stops at a line longer than ``max_bytes``.
    """
    start = file.seek(0, os.SEEK_END)
    rest = b""
    while start > 0:
        size = min(start, _BLOCK)
        start = file.seek(start - size)
        block = file.read(size) + rest
        first = block.find(b"\n", 0, -1) + 1 if start else 0  # part of the line may be before
        if start and not first:
            if len(block) > max_bytes:
                return
            rest = block
            continue
        rest = block[:first]
        yield from reversed(block[first:].splitlines(keepends=True))


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal.

    Raises:
        DiffvizError: if it can't be read.
    """
    try:
        with open_regular(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DiffvizError(f"can't read {path}: {error.strerror or error}") from error
