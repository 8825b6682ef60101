"""What keys of the run screen change about the sampling while it goes on: speed and noise."""

from typing import TYPE_CHECKING

from ...keys import State, faster, slower
from ...session.session import Session
from .run_view import RunView

if TYPE_CHECKING:
    from .run_screen import RunScreen


class Dials:
    """Changes the session's settings, and says what a change means."""

    def __init__(self, screen: "RunScreen", session: Session, view: RunView) -> None:
        self._screen, self._session, self._view = screen, session, view

    def turn_speed(self, up: bool) -> None:
        """Select the next speed."""
        speed = self._session.speed
        self.set_speed(faster(speed) if up else slower(speed, self._view.numbers.rate))

    def set_speed(self, speed: float | None) -> None:
        """Set the pace of sampling and of replays."""
        self._session.set_speed(speed)
        self._view.set_speed(speed)
        pace = "as fast as possible" if speed is None else f"up to {speed:g} steps per second"
        self._screen.show_notice(f"speed: {pace}")

    def turn_noise(self, by: int) -> None:
        """Change the scale of the injected noise by tenths, or say why there is none."""
        session = self._session
        if not session.spec.injects_noise:
            self._screen.show_notice(f"no noise to change: {session.spec.no_noise}")
            return
        noise = round(min(1.0, max(0.0, session.spec.noise + by / 10)), 1)
        if noise != session.spec.noise:
            session.set_noise(noise)
            self._view.set_noise(session.noise)
            self._screen.show_status()
            what = "run" if self._screen.state is State.DONE else "step"
            self._screen.show_notice(f"injected noise times {noise:.1f} from the next {what} on")
