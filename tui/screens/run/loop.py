"""``--loop``: sample successive seeds without end."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .run_screen import RunScreen

_SHOW_S = 4.0  # how long a finished digit stays


class Loop:
    """Starts the next seed when a digit is finished.

    It ends when one pauses, looks back or branches, not by keys that only change the view.
    """

    def __init__(self, screen: "RunScreen", running: bool) -> None:
        self._screen, self.running = screen, running
        self._digits = 0

    @property
    def what_follows(self) -> str:
        """What follows a finished digit, as a message."""
        if not self.running:
            branches = "" if self._screen.session.origin.masked else ", b: branch"
            return self._screen.status.misfit or f"space: replay, n: next seed{branches}"
        return "space ends the loop"

    @property
    def note(self) -> str:
        """Text to show after the seed."""
        return ", loop" if self.running else ""

    def digit_finished(self) -> None:
        """Schedule the next seed."""
        self._digits += 1
        if self.running:
            digit = self._digits
            self._screen.set_timer(_SHOW_S, lambda: self._next(digit))

    def toggle(self) -> None:
        """Begin to sample seed after seed, or end that."""
        screen = self._screen
        if self.running:
            self.stop()
            screen.show_notice("the loop has ended")
            return
        self.running = True
        screen.show_status()
        screen.show_notice(f"loop: each finished {screen.noun} is followed by the next seed")
        if screen.finished:
            self.digit_finished()

    def stop(self) -> None:
        """Start no further seed."""
        if self.running:
            self.running = False
            if self._screen.finished:
                self._screen.status.message = self._screen.finished_message()
            self._screen.show_status()

    def _next(self, digit: int) -> None:
        screen = self._screen
        if self.running and digit == self._digits and screen.finished:
            if screen.is_active:
                screen.choices.next_seed()
            else:  # one reads something else: later
                self._screen.set_timer(_SHOW_S, lambda: self._next(digit))
