"""A terminal that isn't there: Textual draws as for a real one, and the text is handed on."""

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

_EARLY_S = 0.001  # timers wake a little before their time, and must not miss their frame


class PaperDriver(Driver):
    """Hands everything that is drawn to ``sink`` and reads no keys."""

    def __init__(self, sink: Callable[[str], object], app: App[Any], **kwargs) -> None:
        super().__init__(app, **kwargs)
        self._sink = sink

    def write(self, data: str) -> None:
        """Hand on ``data``."""
        self._sink(data)

    def start_application_mode(self) -> None:
        """Tell the app its size."""
        assert self._size is not None
        size = Size(*self._size)
        self.write(BEGIN)
        self.send_message(Resize(size, size))

    def disable_input(self) -> None:
        """There is no input."""

    def stop_application_mode(self) -> None:
        """Leave the last picture where it is."""


class PaperLink(Link):
    """Frames at a steady pace: paper takes each at once, and is asked nothing."""

    def ready(self) -> bool:
        """Return whether the next frame is due."""
        now = self._clock()
        if now < self._next - _EARLY_S:
            return False
        self._next = max(self._next + 1 / self._fps, now)
        return True

    def wrap(self, text: str) -> str:
        """Return ``text`` as it is."""
        return text


def draw_on(app: TerminalApp, sink: Callable[[str], object], clock: Callable[[], float]) -> None:
    """Let ``app`` draw on paper, by the time of ``clock``."""
    app.driver_class = cast(type[Driver], partial(PaperDriver, sink))
    app.link = PaperLink(app.terminal.fps, clock=clock)
