"""Drawing takes a share of the time at most, so that it leaves the machine to the sampling."""

from textual import _time
from textual.screen import Screen

_SHARE = 0.2
_REST_MAX_S = 0.4


class Breather:
    """Says whether the next frame may be drawn; key presses don't ask."""

    def __init__(self) -> None:
        self._next = 0.0

    def due(self) -> bool:
        """Return whether the screen has rested long enough since the last frame."""
        return _now() >= self._next

    def draws(self, screen: Screen) -> None:
        """Note that a frame begins: it ends when ``screen`` has been painted."""
        screen.call_after_refresh(self._drawn, _now())

    def _drawn(self, begun: float) -> None:
        now = _now()
        self._next = now + min(_REST_MAX_S, (now - begun) * (1.0 / _SHARE - 1.0))


def _now() -> float:
    return _time.get_time()  # looked up each time: a recording has a clock of its own
