"""Programs in processes of their own, with and without a terminal."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

DIFFVIZ = "import sys; from diffviz.tui.cli import main; sys.exit(main())"


@contextmanager
def heeding_signals() -> Iterator[None]:
    """Let processes heed SIGINT and SIGQUIT, which a shell's background job passes on ignored."""
    ignored = [n for n in (signal.SIGINT, signal.SIGQUIT) if signal.getsignal(n) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, signal.SIG_DFL)
    try:
        yield
    finally:
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)


class PipedProcess:
    """``python -c code arguments…`` and all that it has printed, standard error included."""

    def __init__(
        self,
        arguments: Sequence[object] = (),
        code: str = DIFFVIZ,
        patience: float = 60.0,
        **popen,
    ) -> None:
        self.patience = patience  # seconds: for a machine that is busy, not a measurement
        self.printed = b""
        streams: dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.STDOUT,
        }
        command = [sys.executable, "-c", code, *map(str, arguments)]
        with heeding_signals():
            self.process = subprocess.Popen(command, **(streams | popen))

    def __enter__(self):
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def text(self) -> str:
        return self.printed.decode(errors="replace")

    @property
    def _source(self) -> int:
        assert self.process.stdout is not None
        return self.process.stdout.fileno()

    def read_available(self, timeout: float) -> bool:
        """Read what is printed within ``timeout`` seconds; return whether there was anything."""
        if not select.select([self._source], [], [], timeout)[0]:
            return False
        try:
            part = os.read(self._source, 1 << 16)
        except OSError:  # a terminal whose last process is gone
            return False
        self.printed += part
        return bool(part)

    def read(self, seconds: float) -> None:
        """Read for so long, or until nothing more can come."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and self.read_available(left):
            pass

    def read_until(self, done: Callable[[], bool]) -> None:
        """Read until ``done()``; fail if the program ends before, or after ``patience``."""
        end = time.monotonic() + self.patience
        while not done():
            assert time.monotonic() < end, self.text[-2000:]
            if self.process.poll() is not None:
                while self.read_available(0):
                    pass
                assert done(), self.text[-2000:]
            self.read(0.02)

    def wait(self) -> int:
        """Read until the program ends and return its exit status."""
        self.read_until(lambda: self.process.poll() is not None)
        while self.read_available(0):
            pass
        return self.process.returncode

    def end(self, number: int | None = None) -> int:
        """Send a signal, if any, and wait; fail if a traceback was printed."""
        if number is not None:
            self.process.send_signal(number)
        status = self.wait()
        assert b"Traceback" not in self.printed, self.text[-3000:]
        return status

    def close(self) -> None:
        """Kill the program if it still runs."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


_POSITION_QUERY, _POSITION = b"\x1b[6n", b"\x1b[1;1R"
_BACKGROUND_QUERY = b"\x1b]11;?\x1b\\"
_QUERIES = re.compile(b"|".join(map(re.escape, (_POSITION_QUERY, _BACKGROUND_QUERY))))


class TerminalProcess(PipedProcess):
    """A program on a pseudo-terminal, which it doesn't control unless it asks for that.

    Like most terminals this one says where its cursor is when it is asked, unless ``answers`` is
    False. It says what its background is if it has a ``background`` (``ffff/ffff/ffff``).
    """

    def __init__(
        self,
        arguments: Sequence[object] = (),
        code: str = DIFFVIZ,
        size: tuple[int, int] = (80, 24),
        answers: bool = True,
        background: str = "",
        **popen,
    ) -> None:
        self._answers, self._answered = answers, 0
        self._background = f"\x1b]11;rgb:{background}\x1b\\".encode() if background else b""
        self._master, self._slave = pty.openpty()
        self.resize(*size)
        self._modes = termios.tcgetattr(self._slave)
        options: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), self._slave)
        super().__init__(arguments, code, **(options | {"start_new_session": True} | popen))

    @property
    def _source(self) -> int:
        return self._master

    @property
    def modes_restored(self) -> bool:
        """Whether the terminal has the modes that it had before the program began."""
        return termios.tcgetattr(self._slave) == self._modes

    def read_available(self, timeout: float) -> bool:
        found = super().read_available(timeout)
        if found and self._answers:
            for query in _QUERIES.finditer(self.printed, self._answered):
                asked = query.group() == _POSITION_QUERY
                os.write(self._master, _POSITION if asked else self._background)
                self._answered = query.end()
        return found

    @property
    def unread(self) -> int:
        """Bytes of input that nobody has read: a shell would take them for what was typed."""
        size = bytearray(4)
        fcntl.ioctl(self._slave, termios.FIONREAD, size)
        return struct.unpack("i", size)[0]

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def press(self, keys: str | bytes) -> None:
        os.write(self._master, keys.encode() if isinstance(keys, str) else keys)

    def send(self, event: bytes | int) -> None:
        """Press keys, or send a signal."""
        if isinstance(event, bytes):
            self.press(event)
        else:
            self.process.send_signal(event)

    def let_fill(self) -> None:
        """Wait, without reading, until the terminal takes no more output."""
        end = time.monotonic() + self.patience
        while select.select([], [self._slave], [], 0)[1]:
            assert time.monotonic() < end, "the program stopped printing"
            time.sleep(0.01)

    def hang_up(self) -> None:
        """Close the terminal: the kernel sends SIGHUP if the program controls it."""
        os.close(self._slave)
        os.close(self._master)
        self._master, self._slave = (os.open(os.devnull, os.O_RDONLY) for _ in range(2))

    def close(self) -> None:
        super().close()
        os.close(self._master)
        os.close(self._slave)
