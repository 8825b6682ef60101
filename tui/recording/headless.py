"""Run an app without a terminal: Textual renders as usual, and the output goes to a function."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from textual.app import App
from textual.driver import Driver
from textual.events import Resize
from textual.geometry import Size

from ..casts.sequences import BEGIN
from ..terminal.link import Link
from ..terminal_app import TerminalApp

_EARLY_S = 0.001  # timers fire a little early, and must not miss their frame


class HeadlessDriver(Driver):
    """Passes all output to ``sink`` and reads no keys."""

    def __init__(self, sink: Callable[[str], object], app: App[Any], **kwargs) -> None:
        super().__init__(app, **kwargs)
        self._sink = sink

    def write(self, data: str) -> None:
        """Pass ``data`` to the sink."""
        self._sink(data)

    def start_application_mode(self) -> None:
        """Send the app its size."""
        assert self._size is not None
        size = Size(*self._size)
        self.write(BEGIN)
        self.send_message(Resize(size, size))

    def disable_input(self) -> None:
        """Do nothing: there is no input."""

    def stop_application_mode(self) -> None:
        """Do nothing: the last screen stays in the recording."""


class FixedRateLink(Link):
    """Allows frames at a fixed rate, without querying a terminal."""

    def ready(self) -> bool:
        """Return whether the next frame is due."""
        now = self._clock()
        if now < self._next - _EARLY_S:
            return False
        self._next = max(self._next + 1 / self._fps, now)
        return True

    def wrap(self, text: str) -> str:
        """Return ``text`` unchanged."""
        return text


def make_headless(
    app: TerminalApp, sink: Callable[[str], object], clock: Callable[[], float]
) -> None:
    """Make ``app`` write to ``sink`` at a fixed frame rate, timed by ``clock``."""
    app.driver_class = cast(type[Driver], partial(HeadlessDriver, sink))
    app.link = FixedRateLink(app.terminal.fps, clock=clock)
