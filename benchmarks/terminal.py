"""An app on a pseudo-terminal that this process reads, as fast as it writes."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Sequence
from typing import Self

_CURSOR_QUERY, _CURSOR_REPLY = b"\x1b[6n", b"\x1b[1;1R"


class AppOnTerminal:
    """Runs ``command`` on a terminal of ``columns`` x ``rows`` cells; ended when left."""

    def __init__(
        self, command: Sequence[str], columns: int, rows: int, keep: Sequence[int] = ()
    ) -> None:
        """Start it; the files in ``keep`` stay open in it."""
        self._master, slave = pty.openpty()
        self._slave = slave
        self.resize(columns, rows)
        environment = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self._process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            pass_fds=keep,
            env=environment,
            start_new_session=True,
        )
        self._tail = b""
        self.read = 0
        """Bytes read so far."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.send(b"q")
        deadline = time.monotonic() + 3
        while self._process.poll() is None and time.monotonic() < deadline:
            self.read_for(0.05)
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._master)
        os.close(self._slave)

    @property
    def pid(self) -> int:
        """Of the app."""
        return self._process.pid

    def resize(self, columns: int, rows: int) -> None:
        """Make the terminal another size."""
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        if hasattr(self, "_process"):
            self._process.send_signal(signal.SIGWINCH)

    def send(self, keys: bytes) -> None:
        """Type."""
        os.write(self._master, keys)

    def ready(self, fd: int) -> bool:
        """Return whether there is something to read from ``fd``."""
        return bool(select.select([fd], [], [], 0)[0])

    def read_for(self, seconds: float) -> None:
        """Read what the app writes for some time."""
        self._read(seconds, lambda _: False)

    def read_until(self, fd: int, timeout: float) -> None:
        """Read what the app writes until there is something to read from ``fd``.

        Raises:
            TimeoutError: if that takes longer than ``timeout`` seconds, or the app ends.
        """
        if not self._read(timeout, lambda _: self.ready(fd), fd):
            raise TimeoutError("the app said nothing")

    def time_key(self, key: bytes, effects: Sequence[bytes], timeout: float = 10.0) -> float:
        """Type ``key``; return the seconds until one of ``effects`` was read.

        Raises:
            TimeoutError: if it doesn't show.
        """
        begun = time.perf_counter()
        self.send(key)
        self.wait_for(effects, timeout)
        return time.perf_counter() - begun

    def wait_for(self, effects: Sequence[bytes], timeout: float = 10.0) -> None:
        """Read until one of ``effects`` was written.

        Raises:
            TimeoutError: if it doesn't show.
        """
        if not self._read(timeout, lambda seen: any(effect in seen for effect in effects)):
            raise TimeoutError(f"{effects!r} didn't show")

    def _read(self, seconds: float, enough, *others: int) -> bool:
        deadline = time.perf_counter() + seconds
        seen = b""
        while not enough(seen):
            left = deadline - time.perf_counter()
            if left <= 0 or self._process.poll() is not None:
                return False
            if self._master in select.select([self._master, *others], [], [], left)[0]:
                new = os.read(self._master, 1 << 16)
                self.read += len(new)
                seen = seen[-100:] + new
                # One read may end within a question, and the next begin with its rest.
                asked = self._tail + new
                if count := asked.count(_CURSOR_QUERY):
                    self.send(_CURSOR_REPLY * count)
                self._tail = asked[-len(_CURSOR_QUERY) + 1 :]
        return True
