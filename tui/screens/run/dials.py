"""What keys of the run screen change about the sampling while it goes on: speed and noise."""

from typing import TYPE_CHECKING

from ...keys import Pace, State
from ...session.session import Session
from ...text import percent
from .run_view import RunView

if TYPE_CHECKING:
    from .run_screen import RunScreen


class Dials:
    """Changes the session's settings, and says what a change means."""

    def __init__(self, screen: "RunScreen", session: Session, view: RunView) -> None:
        self._screen, self._session, self._view = screen, session, view
        self._in_seconds = session.pacing.pace.length is not None

    def turn_speed(self, up: bool) -> None:
        """Select the next pace."""
        session = self._session
        pace, rate, steps = session.pacing.pace, self._view.numbers.rate, session.steps
        if pace.length is not None or pace.speed is not None:
            self._in_seconds = pace.length is not None
        self.set_pace(pace.faster() if up else pace.slower(rate, steps, self._in_seconds))

    def set_pace(self, pace: Pace) -> None:
        """Set the pace of sampling and of replays."""
        self._session.set_pace(pace)
        self._view.show_pace(self._session)
        shown = self._session.pacing.of(self._session.steps)
        self._screen.show_notice(f"speed: {shown.text}")

    def toggle_uneven(self) -> None:
        """Spend the time evenly, or most of it where the digit gets decided."""
        session = self._session
        session.set_pace(session.pacing.pace, not session.pacing.uneven)
        self._view.show_pace(session)
        even = "even: every step takes the same time"
        noun = self._screen.noun
        uneven = f"slow from t = 700 to 150, where the {noun} gets decided; fast elsewhere"
        self._screen.show_notice(uneven if session.pacing.uneven else even)

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
            share = percent(noise).strip()
            self._screen.show_notice(f"injected noise: {share} from the next {what} on")
