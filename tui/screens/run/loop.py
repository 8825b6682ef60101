"""``--loop``: one seed after another, for a stand that nobody looks after."""

from collections.abc import Callable

from textual.screen import Screen

_SHOW_S = 4.0  # as long as a finished digit stays


class Loop:
    """Goes on with the next seed when a digit is finished, until somebody takes over."""

    def __init__(self, screen: Screen[None], running: bool, go_on: Callable[[], None]) -> None:
        self._screen, self.running, self._go_on = screen, running, go_on

    def finished(self) -> str:
        """Note that a digit is finished; return what to say about what follows."""
        if not self.running:
            return "space replays, n next seed"
        self._screen.set_timer(_SHOW_S, self._next)
        return "the next one follows, any key stops"

    def stop(self) -> None:
        """Leave everything as it is."""
        self.running = False

    def _next(self) -> None:
        if self.running:
            self._go_on()
