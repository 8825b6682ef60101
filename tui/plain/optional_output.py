"""Output that a command can do without: a training goes on when nobody reads its lines."""

import io
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TextIO

from ...core.errors import message_of


class OptionalOutput:
    """A text stream that discards what can't be written, after one notice."""

    def __init__(self, stream: TextIO, on_lost: Callable[[str], object]) -> None:
        """Wrap ``stream``; ``on_lost`` is called with the reason when it fails."""
        self._stream = stream
        self._on_lost = on_lost
        self._lost = False

    def write(self, text: str) -> int:
        """Write ``text`` if that is possible; return its length."""
        self._attempt(lambda: self._stream.write(text))
        return len(text)

    def flush(self) -> None:
        """Hand on what was written, if that is possible."""
        self._attempt(self._stream.flush)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _attempt(self, call: Callable[[], object]) -> None:
        if self._lost:
            return
        try:
            call()
        except OSError as error:
            self._lost = True
            _discard_rest(self._stream)
            self._on_lost(error.strerror or message_of(error))


def _discard_rest(stream: TextIO) -> None:
    """Send what ``stream`` still holds, and all that follows, to nowhere."""
    with suppress(OSError, io.UnsupportedOperation):
        null = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(null, stream.fileno())
        finally:
            os.close(null)
