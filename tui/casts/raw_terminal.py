"""A terminal to play on: its modes, its keys and a line below the picture."""

import os
import re
import select
import signal
import sys
from contextlib import suppress
from textwrap import wrap
from time import monotonic
from types import FrameType, TracebackType
from typing import Any

try:
    import termios
except ImportError:  # Windows
    termios = None

from ...core.errors import DiffvizError, printable
from ..exit_codes import BY_SIGNAL, INTERRUPTED
from ..terminal.exit_signals import hung_up

_ENTER = b"\x1b[?1049h\x1b[?25l\x1b[2J"
_LEAVE = b"\x1b[0m\x1b(B\x1b[?7h\x1b[r\x1b[?1049l\x1b[?25h"
_ENDING = ("SIGTERM", "SIGHUP")  # the terminal gives Ctrl+C as a key
_TELL_EVERY_S = 0.25
_NAMES = {
    "\x1b[C": "right",
    "\x1bOC": "right",
    "\x1b[H": "home",
    "\x1bOH": "home",
    "\x1b[1~": "home",
}
_KEY = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.)|.", re.DOTALL)


class Stage:
    """The terminal on stdin and stdout, in use while entered, and left as it was found."""

    def __init__(self) -> None:
        self._in = sys.stdin.fileno()
        self._out = sys.stdout.fileno()
        self._encoding = sys.stdout.encoding or "ascii"
        self._modes: list[Any] | None = None
        self._before: dict[int, Any] = {}
        self._wake_in, self._wake_out = -1, -1
        self._told = 0.0
        self._picture = (0, 0)

    def __enter__(self) -> "Stage":
        if termios is None:
            raise DiffvizError("diffviz play needs a Unix terminal: play the file with asciinema")
        self._wake_in, self._wake_out = os.pipe()
        os.set_blocking(self._wake_out, False)
        for name in (*_ENDING, "SIGWINCH"):
            number = getattr(signal, name)
            self._before[number] = signal.signal(number, self._on_signal)
        self._modes = termios.tcgetattr(self._in)
        modes = termios.tcgetattr(self._in)
        modes[3] &= ~(termios.ICANON | termios.ECHO | termios.ISIG | termios.IEXTEN)
        termios.tcsetattr(self._in, termios.TCSAFLUSH, modes)
        self._write(_ENTER)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(OSError):
            self._write(_LEAVE)
        if termios is not None and self._modes is not None:
            with suppress(OSError, termios.error):
                termios.tcsetattr(self._in, termios.TCSAFLUSH, self._modes)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.close(self._wake_in)
        os.close(self._wake_out)
        if isinstance(error, OSError) and hung_up(self._in):  # the write came before the signal
            raise SystemExit(BY_SIGNAL["SIGHUP"]) from error

    def size(self) -> tuple[int, int]:
        """Return columns and rows."""
        columns, rows = os.get_terminal_size(self._out)
        return columns, rows

    def fits(self, picture: tuple[int, int]) -> bool:
        """Remember how large the recording is; return whether it has room."""
        self._picture = picture
        columns, rows = self.size()
        return columns >= picture[0] and rows >= picture[1]

    def write(self, text: str) -> None:
        """Write what a recording draws."""
        self._write(text.encode(self._encoding, "replace"))

    def say(self, message: str) -> None:
        """Show a message instead of the recording."""
        columns, rows = self.size()
        lines = wrap(message, max(1, columns - 2))[:rows]
        self.write("\x1b[0m\x1b[2J\x1b[H" + "\r\n".join(f" {line}" for line in lines))

    def may_tell(self) -> bool:
        """Return whether the line below the picture may change again."""
        return monotonic() - self._told >= _TELL_EVERY_S

    def tell(self, wordings: list[str]) -> None:
        """Show the first wording that fits below the picture, if there is a row for it."""
        columns, rows = self.size()
        if rows <= self._picture[1]:
            return
        self._told = monotonic()
        line = next((text for text in wordings if len(text) < columns), wordings[-1])[: columns - 1]
        self.write(f"\x1b7\x1b[{rows};1H\x1b[0;2m{printable(line)}\x1b[0K\x1b8")

    def keys(self, timeout: float | None) -> list[str]:
        """Return the keys pressed within ``timeout`` seconds, as soon as there is one.

        Also returns, without a key, when the terminal changes its size.

        Raises:
            SystemExit: if the process was asked to end, or by Ctrl+C.
        """
        ready = select.select([self._in, self._wake_in], [], [], timeout)[0]
        if self._wake_in in ready:
            for number in os.read(self._wake_in, 64):
                if (name := signal.Signals(number).name) in _ENDING:
                    raise SystemExit(BY_SIGNAL[name])
        if self._in not in ready:
            return []
        try:
            typed = os.read(self._in, 1024)
        except OSError:
            typed = b""
        if not typed:  # the terminal is gone
            raise SystemExit(BY_SIGNAL["SIGHUP"])
        if b"\x03" in typed:  # the terminal sends no SIGINT for Ctrl+C now
            raise SystemExit(INTERRUPTED)
        keys: list[str] = _KEY.findall(typed.decode("utf-8", "replace"))
        return [_NAMES.get(key, key) for key in keys]

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        with suppress(OSError):
            os.write(self._wake_out, bytes([number]))

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._out, view) :]
