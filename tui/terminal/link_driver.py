"""A subclass of Textual's driver for what passes between app and terminal besides the screen."""

import asyncio
from functools import cache
from typing import Any, Protocol

from textual.driver import Driver
from textual.events import CursorPosition
from textual.message import Message

from .background import QUERY, BackgroundAnswer
from .link import Link
from .title import RESTORE, SAVE, set_title

_QUERIES = 2  # of the cursor's position, around that of the background


class Owner(Protocol):
    """The app of such a driver."""

    link: Link
    window_title: str

    @property
    def titled(self) -> bool:
        """Whether the title of the window may be set."""
        ...

    @property
    def asks_background(self) -> bool:
        """Whether the terminal is asked for its background."""
        ...


@cache
def link_driver(driver: type[Driver]) -> type[Driver]:
    """Return a subclass of ``driver`` for an app that is an :class:`Owner`.

    It handles the answers of the flow control in its thread, bypassing the app; asks for the
    background where the theme depends on it; keeps the title of the window; and is suspended only
    between two callbacks of the event loop.
    """

    class LinkDriver(driver):
        _background: BackgroundAnswer | None = None
        _answers = 0

        @property
        def _owner(self) -> Owner:
            return self._app  # pyright: ignore[reportReturnType]

        def start_application_mode(self) -> None:
            super().start_application_mode()
            app = self._owner
            if app.titled:
                self._send(SAVE + set_title(app.window_title))
            if app.asks_background and self._background is None:
                self._background = BackgroundAnswer()
                self._background.expected = True
                # the link waits for the answer after it, at the end of the app at the latest
                self._send(app.link.wrap(QUERY))

        def stop_application_mode(self) -> None:
            if self._owner.titled:
                self._send(RESTORE)
            super().stop_application_mode()

        def show_title(self, title: str) -> None:
            """Set the title of the window."""
            self._send(set_title(title))

        def _send(self, sequence: str) -> None:
            super().write(sequence)  # not into a live recording, which may have replaced write

        def process_message(self, message: Message) -> None:
            background = self._background
            if isinstance(message, CursorPosition):
                self._owner.link.answered()
                self._answers += 1
                if background is not None and background.expected and self._answers >= _QUERIES:
                    for held in background.over():
                        super().process_message(held)
            elif background is None:
                super().process_message(message)
            else:
                for taken in background.take(message):
                    super().process_message(taken)

        def _sigtstp_application(self, *_: object) -> None:
            # Not at once: the signal may have come while a lock of the output was held, and what
            # restores the terminal would wait for that lock for ever.
            base: Any = super()
            asyncio.get_running_loop().call_soon_threadsafe(base._sigtstp_application)

        def disable_input(self) -> None:
            # Answers that arrive after the app has ended would appear as text in the shell.
            self._owner.link.drain()
            super().disable_input()

    return LinkDriver
