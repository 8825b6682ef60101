"""The step of a history that is on the screen: the newest one, or one that was seen before."""

from collections.abc import Callable

from ...core.phases import Phase
from ...core.step import Step
from .step_history import StepHistory


class Cursor:
    """A place in a history, which follows the newest step until it is moved."""

    def __init__(self, history: Callable[[], StepHistory]) -> None:
        """Begin at the newest step of what ``history`` returns, now or later."""
        self._history = history
        self._position: float | None = None
        self.replaying = False
        """Whether the cursor moves by itself towards the newest step."""

    @property
    def live(self) -> bool:
        """Whether the cursor follows the newest step."""
        return self._position is None

    @property
    def index(self) -> int:
        """Index of the step at the cursor; -1 while there is none."""
        newest = self._history().last
        return newest if self._position is None else min(int(self._position), newest)

    def step(self) -> Step | None:
        """Return the step at the cursor."""
        return self._at(self.index)

    def newest(self) -> Step | None:
        """Return the newest step."""
        return self._at(self._history().last)

    def _at(self, index: int) -> Step | None:
        return None if index < 0 else self._history().step(index)

    def go_live(self) -> None:
        """Follow the newest step from now on."""
        self._position = None
        self.replaying = False

    def seek(self, index: int) -> None:
        """Move to step ``index``; at the newest or beyond, follow it."""
        self.replaying = False
        self._position = (
            None if index >= self._history().last else float(max(self._history().first, index))
        )

    def seek_timestep(self, timestep: int) -> None:
        """Move to a timestep, or follow the newest step where that wasn't reached."""
        newest = self.newest()
        if newest is None or timestep < newest.t:
            self.go_live()
        else:
            self.seek(self._history().index_at(timestep))

    def seek_phase(self, phase: Phase) -> None:
        """Move to the beginning of a phase; follow the newest step before that."""
        index = self._history().index_of_phase(phase)
        if index is None:
            self.go_live()
        else:
            self.seek(index)

    def toggle_replay(self) -> None:
        """Replay from here, or stop that; from the noise where this is the newest step."""
        if self.live:
            self.seek(self._history().first)
            self.replaying = not self.live
        else:
            self.replaying = not self.replaying

    def advance(self, steps: float) -> None:
        """Move on by a number of steps that may be a fraction, while this is a replay."""
        if not self.replaying or self._position is None:
            return
        self._position += steps
        if self._position >= self._history().last:
            self.go_live()
