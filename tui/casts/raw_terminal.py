"""A terminal in raw mode to play a recording on: its keys, and a status line below the picture."""

import os
import re
import select
import signal
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from textwrap import wrap
from time import monotonic

from ...core.errors import printable
from ..exit_codes import BY_SIGNAL, INTERRUPTED
from ..pixels.fallback import named_arrows
from ..terminal.signals import hung_up, signal_pipe
from .sequences import drawn_in_ascii

_ENTER = b"\x1b[?1049h\x1b[?25l\x1b[2J"
_LEAVE = b"\x1b[0m\x1b(B\x1b[?7h\x1b[r\x1b[?1049l\x1b[?25h"
_ENDING = tuple(number for number in BY_SIGNAL if number != signal.SIGINT)  # Ctrl+C is a key
_STATUS_EVERY_S = 0.25
_NAMES = {
    "\x1b[C": "right",
    "\x1bOC": "right",
    "\x1b[D": "left",
    "\x1bOD": "left",
    "\x1b[H": "home",
    "\x1bOH": "home",
    "\x1b[1~": "home",
}
_KEY = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.)|.", re.DOTALL)


class RawTerminal:
    """The terminal on stdin and stdout; see :func:`raw_terminal`."""

    def __init__(self, keys: int, signals: int, ascii_only: bool = False) -> None:
        """Use a terminal.

        Args:
            keys: The descriptor to read keys from.
            signals: The descriptor of a :func:`.signal_pipe`.
            ascii_only: Whether the terminal shows nothing but ASCII.
        """
        self._ascii_only = ascii_only
        self._in = keys
        self._modes = termios.tcgetattr(keys)
        self._resumed = False
        self._out = sys.stdout.fileno()
        self._encoding = sys.stdout.encoding or "ascii"
        self._signals = signals
        self._status_time = 0.0
        self._picture = (0, 0)

    def enter(self) -> None:
        """Put the terminal into raw mode and show its alternate screen."""
        raw = termios.tcgetattr(self._in)
        raw[3] &= ~(termios.ICANON | termios.ECHO | termios.ISIG | termios.IEXTEN)
        termios.tcsetattr(self._in, termios.TCSAFLUSH, raw)
        self.write_bytes(_ENTER)

    def leave(self) -> None:
        """Put the terminal back, as far as it is still there."""
        with suppress(OSError):
            self.write_bytes(_LEAVE)
        with suppress(OSError, termios.error):
            termios.tcsetattr(self._in, termios.TCSAFLUSH, self._modes)

    def suspend(self) -> None:
        """Stop this process as Ctrl+Z does in a shell, until it is continued."""
        self.leave()
        forward = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, forward)
        self.enter()
        self._resumed = True

    def take_resumed(self) -> bool:
        """Return whether the process was stopped since the last call: draw everything again."""
        resumed, self._resumed = self._resumed, False
        return resumed

    def size(self) -> tuple[int, int]:
        """Return columns and rows."""
        columns, rows = os.get_terminal_size(self._out)
        return columns, rows

    def fits(self, picture: tuple[int, int]) -> bool:
        """Set the size of the recording; return whether it fits."""
        self._picture = picture
        columns, rows = self.size()
        return columns >= picture[0] and rows >= picture[1]

    def write(self, text: str) -> None:
        """Write the output of a recording."""
        shown = drawn_in_ascii(text) if self._ascii_only else text
        self.write_bytes(shown.encode(self._encoding, "replace"))

    def write_bytes(self, data: bytes) -> None:
        """Write all of ``data``."""
        view = memoryview(data)
        while view:
            view = view[os.write(self._out, view) :]

    def show_message(self, message: str) -> None:
        """Show a message instead of the recording."""
        columns, rows = self.size()
        lines = wrap(message, max(1, columns - 2))[:rows]
        self.write("\x1b[0m\x1b[2J\x1b[H" + "\r\n".join(f" {line}" for line in lines))

    def status_due(self) -> bool:
        """Return whether the status line may change again."""
        return monotonic() - self._status_time >= _STATUS_EVERY_S

    def show_status(self, wordings: list[str], over: bool = False) -> bool:
        """Show the first wording that fits below the picture, if there is a row for it.

        ``over``: otherwise over the picture's last row. Returns whether it is there.
        """
        columns, rows = self.size()
        covers = rows <= self._picture[1]
        if covers and not over:
            return False
        self._status_time = monotonic()
        if self._ascii_only:
            wordings = [named_arrows(text) for text in wordings]
        line = next((text for text in wordings if len(text) < columns), wordings[-1])[: columns - 1]
        self.write(f"\x1b7\x1b[{rows};1H\x1b[0;2m{printable(line)}\x1b[0K\x1b8")
        return covers

    def read_keys(self, timeout: float | None) -> list[str]:
        """Return the keys pressed within ``timeout`` seconds, as soon as there is one.

        Also returns, without a key, when the size of the terminal changes.

        Raises:
            SystemExit: on Ctrl+C, a signal, or if the terminal is gone.
        """
        ready = select.select([self._in, self._signals], [], [], timeout)[0]
        if self._signals in ready:
            numbers = os.read(self._signals, 64)
            for number in numbers:
                if number in _ENDING:
                    raise SystemExit(BY_SIGNAL[number])
            if signal.SIGTSTP in numbers:
                self.suspend()
        if self._in not in ready:
            return []
        try:
            typed = os.read(self._in, 1024)
        except OSError:
            typed = b""
        if not typed:  # the terminal is gone
            raise SystemExit(BY_SIGNAL[signal.SIGHUP])
        if b"\x03" in typed:  # in raw mode Ctrl+C sends no SIGINT
            raise SystemExit(INTERRUPTED)
        if b"\x1a" in typed:  # Ctrl+Z
            self.suspend()
            typed = typed.replace(b"\x1a", b"")
        keys: list[str] = _KEY.findall(typed.decode("utf-8", "replace"))
        return [_NAMES.get(key, key) for key in keys]


@contextmanager
def raw_terminal(keys: int, ascii_only: bool = False) -> Iterator[RawTerminal]:
    """Put the terminal on stdout into raw mode, and restore it at the end.

    ``keys`` is the descriptor of the terminal to read keys from; it may show ``ascii_only``.

    Raises:
        SystemExit: if the terminal is closed meanwhile.
    """
    with signal_pipe(*_ENDING, signal.SIGWINCH, signal.SIGTSTP) as signals:
        terminal = RawTerminal(keys, signals, ascii_only)
        try:
            terminal.enter()
            yield terminal
        except OSError as error:
            if hung_up(keys):  # the write failed before the signal came
                raise SystemExit(BY_SIGNAL[signal.SIGHUP]) from error
            raise
        finally:
            terminal.leave()
