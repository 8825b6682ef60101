"""A subclass of Textual's driver that passes the terminal's answers to the flow control."""

from functools import cache
from typing import TYPE_CHECKING

from textual.driver import Driver
from textual.events import CursorPosition
from textual.message import Message

if TYPE_CHECKING:
    from .link import Link


@cache
def link_driver(driver: type[Driver]) -> type[Driver]:
    """Return a subclass of ``driver`` that handles answers in its thread, bypassing the app."""

    class LinkDriver(driver):
        @property
        def _link(self) -> "Link":
            return self._app.link  # pyright: ignore[reportAttributeAccessIssue]

        def process_message(self, message: Message) -> None:
            if isinstance(message, CursorPosition):
                self._link.answered()
            else:
                super().process_message(message)

        def disable_input(self) -> None:
            # Answers that arrive after the app has ended would appear as text in the shell.
            self._link.drain()
            super().disable_input()

    return LinkDriver
