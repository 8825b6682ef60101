"""Signals that end the app, also when the terminal is stuck or gone.

Textual handles neither SIGTERM nor SIGHUP. Its writes to the terminal can wait forever once
nobody reads them, so after a signal a short grace is all that an orderly exit gets.
"""

import asyncio
import os
import select
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Any, NoReturn

try:
    import termios
except ImportError:  # Windows
    termios = None

from ..exit_codes import BY_SIGNAL

_GRACE_S = 1.5
_LOOK_EVERY_S = 1.0

# Off: mouse, focus events, bracketed paste, kitty keys, alternate screen. On: line wrap, cursor.
_RESTORE = (
    b"\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l\x1b[?1004l\x1b[?2004l"
    b"\x1b[?2048l\x1b[?7h"
    b"\x1b[<u\x1b[?1049l\x1b[?25h"
)


class ExitSignals:
    """While entered, a signal calls ``leave`` with its exit status on the event loop.

    These are plain handlers and not the loop's own: they run even while the main thread waits
    for a terminal, when the loop can't.
    """

    def __init__(self, leave: Callable[[int], None]) -> None:
        self._leave = leave
        self._loop: asyncio.AbstractEventLoop | None = None
        self._before: dict[int, Any] = {}
        self._modes: list[Any] | None = None
        self._code = 0

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Say which loop the app runs on."""
        self._loop = loop
        loop.call_later(_LOOK_EVERY_S, self._look)

    def __enter__(self) -> "ExitSignals":
        self._modes = _terminal_modes()
        for name in (*BY_SIGNAL, "SIGALRM"):
            # Not all of them exist on Windows, and only the main thread may set handlers.
            with suppress(AttributeError, ValueError):
                number = getattr(signal, name)
                act = self._give_up if name == "SIGALRM" else self._on_signal
                self._before[number] = signal.signal(number, act)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._code:
            signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _look(self) -> None:
        """Look whether the terminal is there: who isn't its session's leader hears no SIGHUP."""
        if hung_up(0):
            self._on_signal(signal.SIGHUP, None)
        elif self._loop is not None:
            self._loop.call_later(_LOOK_EVERY_S, self._look)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._code and number == signal.SIGINT:
            self._give_up(number, frame)  # asked a second time: at once
        if not self._code:
            self._code = BY_SIGNAL[signal.Signals(number).name]
            signal.setitimer(signal.ITIMER_REAL, _GRACE_S)
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._leave, self._code)

    def _give_up(self, number: int, frame: FrameType | None) -> NoReturn:
        """Restore the terminal as far as it lets us, and end."""
        with suppress(OSError):
            fd = sys.__stderr__.fileno() if sys.__stderr__ else 2
            os.set_blocking(fd, False)
            os.write(fd, _RESTORE)
        _set_terminal_modes(self._modes)
        os._exit(self._code)


def say(text: str) -> None:
    """Print last words where an app was, if that terminal is still there."""
    with suppress(OSError):
        print(text, flush=True)


def hung_up(fd: int) -> bool:
    """Return whether the terminal ``fd`` is gone."""
    if not hasattr(select, "poll"):  # Windows
        return False
    look = select.poll()
    look.register(fd, 0)
    return any(event & select.POLLHUP for _, event in look.poll(0))


def _terminal_modes() -> list[Any] | None:
    if termios is None:
        return None
    with suppress(OSError, termios.error):
        return termios.tcgetattr(0)
    return None


def _set_terminal_modes(modes: list[Any] | None) -> None:
    if termios is None or modes is None:
        return
    with suppress(OSError, termios.error):
        termios.tcsetattr(0, termios.TCSANOW, modes)
