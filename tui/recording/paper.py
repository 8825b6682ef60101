"""A terminal that isn't there: Textual draws as for a real one, and the text is handed on."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from textual.app import App
from textual.driver import Driver
from textual.events import Resize
from textual.geometry import Size

from ..link import QUERY, Link
from ..terminal_app import TerminalApp
from .sequences import BEGIN

_EARLY = 1.05  # timers wake a little before their time, and must not miss their frame


class PaperDriver(Driver):
    """Hands everything that is drawn to ``sink`` and reads no keys."""

    def __init__(self, sink: Callable[[str], object], app: App[Any], **kwargs) -> None:
        super().__init__(app, **kwargs)
        self._sink = sink

    def write(self, data: str) -> None:
        """Hand on ``data``; paper shows it at once."""
        self._sink(data)
        if QUERY in data:
            self._app.link.answered()  # pyright: ignore[reportAttributeAccessIssue]

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


def draw_on(app: TerminalApp, sink: Callable[[str], object], clock: Callable[[], float]) -> None:
    """Let ``app`` draw on paper, by the time of ``clock``."""
    app.driver_class = cast(type[Driver], partial(PaperDriver, sink))
    app.link = Link(app.terminal.fps * _EARLY, clock=clock)
