"""Read casts of any origin line by line, in bounded memory."""

import json
import math
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from ...core.errors import DiffvizError, printable
from ...core.names import is_finite_number
from .source import CastSource

MAX_LINE = 4 << 20
"""Bytes in a line at most; a screen of 200x60 cells in 24-bit colours takes about 0.6 million."""
MAX_LINES = 5_000_000
"""A day at sixty frames a second."""
_MAX_SIDE = 10_000
_CODE_WITHIN = 64  # bytes of a line
_SIZE = re.compile(r"([1-9][0-9]{0,4})x([1-9][0-9]{0,4})")


@dataclass(frozen=True, slots=True)
class Event:
    """An event, ``time`` seconds after the start."""

    time: float
    code: str
    """``o`` output, ``m`` marker, ``r`` resize, ``x`` exit; others are to be ignored."""
    data: str


class CastReader:
    """A cast of version 2 or 3; each iteration yields its events from the first."""

    def __init__(self, path: Path) -> None:
        """Read the header.

        Raises:
            DiffvizError: if there is no file, or it isn't a cast.
        """
        self._source = CastSource(path)
        self.path = path
        self.name = self._source.name
        self.cut_off: int | None = None
        """The number of a truncated last line, once it was read."""
        with self._source.open() as file:
            header = self._header(file)
        self.width, self.height = self._size(header)
        self.title = _text(header.get("title"))
        limit = header.get("idle_time_limit")
        self.idle_time_limit = limit if is_finite_number(limit) and limit > 0 else None
        details = header.get("diffviz")
        self.details: dict[str, str] = {}
        """How diffviz made it: seed, weights and more, as text."""
        if isinstance(details, dict):
            self.details = {_text(name): _text(value) for name, value in list(details.items())[:20]}

    def __iter__(self) -> Iterator[Event]:
        """Yield the events.

        A last line that can't be read is skipped, and sets ``cut_off``.

        Raises:
            DiffvizError: if a line before the last can't be read.
        """
        time = 0.0
        with self._source.open() as file:
            file.readline(MAX_LINE + 1)
            number = 1
            while line := self._line(file, number + 1):
                number += 1
                if number > MAX_LINES:
                    raise DiffvizError(f"{self.name}: only {MAX_LINES:,} lines can be played")
                if line.isspace() or line.startswith(b"#"):
                    continue
                try:
                    event = self._event(line, time)
                except ValueError as error:
                    if not line.endswith(b"\n") and len(line) <= MAX_LINE:
                        self.cut_off = number
                        return
                    raise DiffvizError(f"{self.name}, line {number}: {error}") from error
                time = event.time
                yield event

    @cached_property
    def largest(self) -> tuple[int, int]:
        """Columns and rows that the recording needs: it may say that its terminal was resized."""
        width, height = self.width, self.height
        with self._source.open() as file:
            number = 1
            while (line := self._line(file, number)) and number <= MAX_LINES:
                number += 1
                if b'"r"' not in line[:_CODE_WITHIN]:
                    continue
                try:
                    event = self._event(line, 0.0)
                except ValueError:
                    continue
                size = _SIZE.fullmatch(event.data) if event.code == "r" else None
                if size is not None:
                    width, height = max(width, int(size[1])), max(height, int(size[2]))
        return min(width, _MAX_SIDE), min(height, _MAX_SIDE)

    def _line(self, file: BinaryIO, number: int) -> bytes:
        """Read a line; a compressed file that was cut off or damaged ends in line ``number``."""
        try:
            return file.readline(MAX_LINE + 1)
        except (EOFError, zlib.error, OSError):
            self.cut_off = number
            return b""

    def _header(self, file: BinaryIO) -> dict[str, Any]:
        line = self._line(file, 1)
        try:
            header = _json(line)
        except ValueError:
            header = None
        if not isinstance(header, dict) or "version" not in header:
            raise DiffvizError(f"{self.name} isn't a recording (asciicast version 2 or 3)")
        self.version = header["version"]
        if self.version not in (2, 3):
            version = _text(self.version)[:20]
            raise DiffvizError(f"{self.name}: asciicast version {version} isn't 2 or 3")
        return header

    def _size(self, header: dict[str, Any]) -> tuple[int, int]:
        if self.version == 2:
            width, height = header.get("width"), header.get("height")
        else:
            term = header.get("term")
            term = term if isinstance(term, dict) else {}
            width, height = term.get("cols"), term.get("rows")
        if not (isinstance(width, int) and isinstance(height, int)):
            raise DiffvizError(f"{self.name}: its first line doesn't say how large the screen is")
        if not (1 <= width <= _MAX_SIDE and 1 <= height <= _MAX_SIDE):
            raise DiffvizError(f"{self.name}: a screen of {width}x{height} can't be shown")
        return width, height

    def _event(self, line: bytes, before: float) -> Event:
        if len(line) > MAX_LINE:
            raise ValueError(f"longer than {MAX_LINE >> 20} MiB")
        content = _json(line)
        if not (isinstance(content, list) and len(content) >= 3 and is_finite_number(content[0])):
            raise ValueError("not an event ([time, code, data])")
        time = before + content[0] if self.version == 3 else max(before, content[0])
        if content[0] < 0 or not math.isfinite(time):
            raise ValueError("its time is out of range")
        code, data = content[1:3]
        if not (isinstance(code, str) and isinstance(data, str)):
            raise ValueError("not an event ([time, code, data])")
        return Event(float(time), code, data)


def _json(line: bytes) -> Any:
    """Parse one line.

    Raises:
        ValueError: if it isn't JSON.
    """
    try:
        return json.loads(line.decode())
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8 text") from error
    except (ValueError, RecursionError) as error:
        raise ValueError("not JSON") from error


def _text(value: object) -> str:
    """Return a value of the header as short, printable text."""
    return "" if value is None else printable(str(value), 200)
