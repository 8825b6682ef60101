"""What keys of the run screen do with time: play, pause, and move the cursor."""

from typing import TYPE_CHECKING

from ....core.phases import Phase
from ...keys import State
from ...session.session import Session

if TYPE_CHECKING:
    from .run_screen import RunScreen


class TimeKeys:
    """Plays and pauses the sampling, and moves the cursor; looking back ends ``--loop``."""

    def __init__(self, screen: "RunScreen", session: Session) -> None:
        self._screen, self._session = screen, session

    def toggle(self) -> None:
        """Play, pause, replay, or try again after a failure."""
        screen, session = self._screen, self._session
        screen.loop.stop()
        if session.live and screen.state is State.FAILED:
            screen.begin()
        elif session.live and screen.state is State.DONE:
            session.cursor.toggle_replay()
            screen.cursor_moved()
        elif session.live:
            self.play(not session.playing)
        else:
            session.cursor.toggle_replay()
            screen.show_status()

    def play(self, playing: bool) -> None:
        """Resume or pause the sampling."""
        self._session.play(playing)
        self._screen.enter_playing()

    def move(self, steps: int) -> None:
        """Move the cursor by some steps; past the newest one, sample it if paused."""
        screen, session = self._screen, self._session
        screen.loop.stop()
        if steps > 0 and session.live:
            if screen.state is State.PLAYING:
                self.play(False)
            elif screen.state is State.PAUSED:
                for _ in range(steps):
                    screen.bridge.driver.step_once()
            return
        session.cursor.seek(session.index + steps)
        screen.cursor_moved()

    def wheel(self, by: int) -> None:
        """Move the cursor by a hundredth of the run."""
        session = self._session
        newest = session.newest()
        if newest is not None and (by < 0 or not session.live):
            self._screen.loop.stop()
            session.cursor.seek(session.index + by * max(1, newest.total // 100))
            self._screen.cursor_moved()

    def first(self) -> None:
        """Move the cursor to the noise."""
        self._screen.loop.stop()
        self._session.cursor.seek(0)
        self._screen.cursor_moved()

    def live(self) -> None:
        """Follow the newest step."""
        self._session.cursor.go_live()
        self._screen.cursor_moved()

    def phase(self, number: int) -> None:
        """Move the cursor to the beginning of a phase (1 to 4), once reached."""
        self._screen.loop.stop()
        self._session.cursor.seek_phase(list(Phase)[number - 1])
        self._screen.cursor_moved()

    def timestep(self, t: int) -> None:
        """Move the cursor to a timestep, once reached."""
        self._screen.loop.stop()
        newest = self._session.newest()
        self._session.cursor.seek_timestep(t)
        self._screen.cursor_moved()
        if newest is None or t < newest.t:
            self._screen.show_notice(f"t = {t} isn't reached yet")
