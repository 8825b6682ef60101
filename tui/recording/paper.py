"""A terminal that isn't there: Textual draws as for a real one, and the text is handed on."""

import io
from collections.abc import Callable
from functools import partial
from typing import Any, Literal, cast

from rich.console import Console
from textual.app import App
from textual.driver import Driver
from textual.events import Resize
from textual.geometry import Size

from ..pixels.colours import Colours

BEGIN = "\x1b[?1049h\x1b[?25l"
"""What a full-screen app does first: alternate screen, no cursor."""


CONSOLE_COLOURS: dict[Colours, Literal["truecolor", "256"]] = {
    Colours.TRUECOLOR: "truecolor",
    Colours.PALETTE: "256",
}


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


def draw_on(app: App[Any], sink: Callable[[str], object], colours: Colours) -> None:
    """Let ``app`` draw with ``colours`` on paper; what the environment says doesn't count."""
    app.driver_class = cast(type[Driver], partial(PaperDriver, sink))
    app.console = Console(
        file=io.StringIO(),
        force_terminal=True,
        color_system=CONSOLE_COLOURS[colours],
        legacy_windows=False,
        _environ={},
    )
