"""Limit the share of time that drawing takes, so that sampling has the rest."""

from textual.screen import Screen

from .._textual import current_time

_SHARE = 0.2
_PAUSE_MAX_S = 0.4


class FrameBudget:
    """Decides whether the next frame may be drawn; key presses are shown at once."""

    def __init__(self) -> None:
        self._next = 0.0

    def allows_frame(self) -> bool:
        """Return whether enough time has passed since the last frame."""
        return current_time() >= self._next

    def frame_started(self, screen: Screen) -> None:
        """Measure a frame from now until ``screen`` has been painted."""
        screen.call_after_refresh(self._frame_finished, current_time())

    def _frame_finished(self, started: float) -> None:
        now = current_time()
        self._next = now + min(_PAUSE_MAX_S, (now - started) * (1.0 / _SHARE - 1.0))
