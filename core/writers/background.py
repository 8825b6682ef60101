"""Writing in a thread, so that the loop that reports something never waits for a disk."""

import atexit
import threading
import warnings
import weakref
from collections import deque
from collections.abc import Callable
from typing import IO, Any

from ..errors import message_of

_TOGETHER_S = 0.05  # what comes within this time is written together
_LEAVE_S = 5.0  # the longest wait for a slow disk when the program ends


class Background:
    """Calls what it is given, in order, in a thread of its own.

    A failure ends the writing; it is told once, as a ``RuntimeWarning`` of the program's next call.
    """

    def __init__(self, what: str, max_bytes: int) -> None:
        """Begin; ``what`` is named in the warning, at most ``max_bytes`` wait to be written."""
        self._what, self._max_bytes = what, max_bytes
        self._waiting: deque[tuple[Callable[[], None], int]] = deque()
        self._bytes = 0
        self._lock = threading.Lock()
        self._news, self._closing = threading.Event(), threading.Event()
        self._problem: str | None = None
        self._warned = False
        self.dropped = 0
        """How many were left out because the disk was too slow."""
        self._thread = threading.Thread(target=self._main, name="diffviz-writer", daemon=True)
        self._thread.start()
        self._at_exit = weakref.WeakMethod(self.close)
        atexit.register(_close, self._at_exit)

    @property
    def ended(self) -> bool:
        """Whether a failure has ended the writing."""
        return self._problem is not None

    def put(self, write: Callable[[], None], size: int = 0) -> None:
        """Have ``write`` called soon; it is left out where too much waits already."""
        if self._problem is not None:
            self._warn()
            return
        with self._lock:
            if self._bytes + size > self._max_bytes:
                self.dropped += 1
                return
            self._bytes += size
            self._waiting.append((write, size))
        self._news.set()

    def close(self) -> None:
        """Write what waits, for at most a few seconds, and end."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._news.set()
        self._thread.join(_LEAVE_S)
        self._warn()
        atexit.unregister(self._at_exit)

    def close_file(self, file: IO[Any] | None) -> None:
        """Close a file that was written to; a failure is warned of, like one before."""
        try:
            if file is not None:
                file.close()  # it may write what a full disk hasn't taken before
        except OSError as error:
            self._problem = self._problem or error.strerror or message_of(error)
            self._warn()

    def fail(self, reason: str) -> None:
        """End the writing for ``reason``."""
        self._problem = reason
        with self._lock:
            self._waiting.clear()

    def _main(self) -> None:
        while not (self._closing.is_set() and not self._waiting):
            self._news.wait()
            self._closing.wait(_TOGETHER_S)
            self._news.clear()
            while self._waiting and self._problem is None:
                with self._lock:
                    write, size = self._waiting.popleft()
                    self._bytes -= size
                try:
                    write()
                except Exception as error:
                    reason = error.strerror if isinstance(error, OSError) else None
                    self.fail(reason or message_of(error))
            if self._problem is not None:
                return

    def _warn(self) -> None:
        if self._problem is not None and not self._warned:
            self._warned = True
            text = f"diffviz: {self._what} is no longer written: {self._problem}"
            warnings.warn(text, RuntimeWarning, stacklevel=4)


def _close(method: "weakref.WeakMethod[Callable[[], None]]") -> None:
    close = method()
    if close is not None:
        close()
