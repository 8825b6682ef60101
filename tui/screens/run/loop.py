"""``--loop``: sample successive seeds without end."""

from collections.abc import Callable

from textual.screen import Screen

_SHOW_S = 4.0  # how long a finished digit stays


class Loop:
    """Starts the next seed when a digit is finished, until a key is pressed."""

    def __init__(self, screen: Screen[None], running: bool, go_on: Callable[[], None]) -> None:
        self._screen, self.running, self._go_on = screen, running, go_on

    def digit_finished(self) -> str:
        """Schedule the next seed; return the message about it."""
        if not self.running:
            return "space replays, n next seed"
        self._screen.set_timer(_SHOW_S, self._next)
        return "the next one follows, any key stops"

    def stop(self) -> None:
        """Start no further seed."""
        self.running = False

    def _next(self) -> None:
        if self.running:
            self._go_on()
