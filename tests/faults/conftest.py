"""The real commands in processes of their own, with and without a terminal.

``pytest -m slow tests/faults`` runs all and ends with a table.
"""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

PATIENCE = 120.0  # seconds: for a machine that is busy, not a measurement
MAIN = "import sys; from diffviz.tui.cli import main; sys.exit(main(sys.argv[1:]))"


def pytest_collection_modifyitems(items):
    """Mark everything in here as slow."""
    for item in items:
        if Path(__file__).parent in Path(item.path).parents:
            item.add_marker(pytest.mark.slow)


class Command:
    """A diffviz process; ``screen`` gives it a terminal of (columns, rows)."""

    def __init__(
        self,
        arguments: Sequence[object],
        cwd: Path,
        screen: tuple[int, int] | None = None,
        before: str = "",
        **popen,
    ) -> None:
        own = {"OMP_NUM_THREADS": "1", "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self.master = slave = -1
        self.printed = b""
        streams: dict = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE}
        if screen is not None:
            self.master, slave = pty.openpty()
            self.resize(*screen)
            streams = dict.fromkeys(("stdin", "stdout", "stderr"), slave)
            streams["preexec_fn"] = lambda: _own_terminal(slave)
        else:
            streams["stderr"] = subprocess.STDOUT
        self.process = subprocess.Popen(
            [sys.executable, "-c", before + MAIN, *map(str, arguments)],
            cwd=cwd,
            env=os.environ | own | popen.pop("env", {}),
            **(streams | popen),
        )
        if screen is not None:
            os.close(slave)

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds: float) -> None:
        """Take what is printed, for so long at the most."""
        end = time.monotonic() + seconds
        source = self.master if self.master >= 0 else self.process.stdout.fileno()  # type: ignore[union-attr]
        while (left := end - time.monotonic()) > 0:
            if select.select([source], [], [], left)[0]:
                try:
                    part = os.read(source, 1 << 16)
                except OSError:  # a terminal whose last process is gone
                    return
                if not part:
                    return
                self.printed += part

    def until(self, done: Callable[[], bool]) -> None:
        """Read until ``done``, or fail."""
        end = time.monotonic() + PATIENCE
        while not done():
            assert time.monotonic() < end, self.printed[-2000:]
            assert self.process.poll() is None, self.printed[-2000:]
            self.read(0.02)

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def end(self, number: int | None = None) -> int:
        """Send a signal, if any, wait for the end and return the status."""
        if number is not None:
            self.process.send_signal(number)
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < deadline, "it does not end"
            self.read(0.05)
        if self.master >= 0:
            self.read(0.1)
            os.close(self.master)
            self.master = -1
        elif self.process.stdout is not None:
            self.printed += self.process.stdout.read()
            self.process.stdout.close()
        assert b"Traceback" not in self.printed, self.printed[-3000:].decode(errors="replace")
        return self.process.returncode

    @property
    def text(self) -> str:
        return self.printed.decode(errors="replace")


def _own_terminal(slave: int) -> None:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture
def start(tmp_path):
    """Return a function that starts ``diffviz ARGUMENTS``; what still runs is killed at the end."""
    started: list[Command] = []

    def begin(*arguments, cwd: Path = tmp_path, **options) -> Command:
        command = Command(arguments, cwd, **options)
        started.append(command)
        return command

    yield begin
    for command in started:
        if command.process.poll() is None:
            command.process.kill()
        command.process.wait()
        if command.process.stdout is not None:
            command.process.stdout.close()
        if command.master >= 0:
            os.close(command.master)
