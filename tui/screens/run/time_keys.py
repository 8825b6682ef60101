"""What keys of the run screen do with time: play, pause, and move the cursor."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from ....core.names import NUM_TIMESTEPS
from ....core.phases import Phase
from ...keys import State
from ...session.session import Session

if TYPE_CHECKING:
    from .run_screen import RunScreen


class _Awaited(NamedTuple):
    """A timestep that isn't reached yet, of the run of a generation, and how to go there."""

    generation: int
    t: int
    seek: Callable[[], None]


class TimeKeys:
    """Plays and pauses the sampling, and moves the cursor; looking back ends ``--loop``.

    A timestep that isn't reached yet is waited for: the sampling goes on to it and pauses there.
    """

    def __init__(self, screen: "RunScreen", session: Session) -> None:
        self._screen, self._session = screen, session
        self._awaited: _Awaited | None = None

    def arrive(self) -> None:
        """Pause at the timestep that is waited for, once it is reached."""
        awaited, session = self._awaited, self._session
        if awaited is None:
            return
        newest = session.newest()
        if awaited.generation != session.generation:
            self._awaited = None
        elif newest is not None and newest.t <= awaited.t:
            self._awaited = None
            if self._screen.state is State.PLAYING and newest.t > 0:
                self.play(False)
            awaited.seek()
            self._screen.cursor_moved()

    def toggle(self) -> None:
        """Play, pause, replay, or try again after a failure."""
        self._awaited = None
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
        self._awaited = None
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
        self._awaited = None
        session = self._session
        newest = session.newest()
        if newest is not None and (by < 0 or not session.live):
            self._screen.loop.stop()
            session.cursor.seek(session.index + by * max(1, newest.total // 100))
            self._screen.cursor_moved()

    def first(self) -> None:
        """Move the cursor to the noise."""
        self._awaited = None
        self._screen.loop.stop()
        self._session.cursor.seek(0)
        self._screen.cursor_moved()

    def live(self) -> None:
        """Follow the newest step."""
        self._awaited = None
        self._session.cursor.go_live()
        self._screen.cursor_moved()

    def phase(self, number: int) -> None:
        """Move the cursor to the beginning of a phase (1 to 4), once it is reached."""
        phase = list(Phase)[number - 1]
        name = f"{phase.label}, t = {phase.high},"
        self._go(phase.high, name, partial(self._session.cursor.seek_phase, phase))

    def timestep(self, t: int) -> None:
        """Move the cursor to a timestep, once it is reached."""
        self._go(t, f"t = {t}", partial(self._session.cursor.seek_timestep, t))

    def _go(self, t: int, name: str, seek: Callable[[], None]) -> None:
        screen, session = self._screen, self._session
        screen.loop.stop()
        newest = session.newest()
        ahead = t < (NUM_TIMESTEPS if newest is None else newest.t)
        self._awaited = None
        seek()
        screen.cursor_moved()
        if not ahead:
            return
        if screen.state is State.FAILED:
            screen.show_notice(f"{name} isn't reached yet")
            return
        if screen.state is State.PAUSED:
            self.play(True)
        self._awaited = _Awaited(session.generation, t, seek)
        screen.show_notice(f"goes on to {name} and pauses there")
