"""The cursor of a screen of several digits: which timestep of its lanes is shown."""

from collections.abc import Sequence

from ...core.phases import Phase
from ...core.step import Step
from ..worker.kept_lane import KeptLane


class JobCursor:
    """Follows the newest steps of a job's lanes, or shows all lanes at an earlier timestep."""

    def __init__(self, lanes: Sequence[KeptLane] = ()) -> None:
        self.lanes = tuple(lanes)
        self.replaying = False
        """Whether the cursor moves by itself towards the newest step."""
        self._position: float | None = None

    @property
    def live(self) -> bool:
        """Whether the newest steps are shown."""
        return self._position is None

    @property
    def _longest(self) -> KeptLane:
        """The lane whose steps are counted: the one with the most."""
        return max(self.lanes, key=lambda lane: lane.total)

    @property
    def t(self) -> int | None:
        """The timestep at the cursor; None before the first step."""
        if not self.lanes or not len(self._longest.trajectory):
            return None
        lane = self._longest
        index = lane.last if self._position is None else int(self._position)
        return lane.trajectory.step(index).t

    @property
    def stride(self) -> int:
        """How many steps apart those are that are kept; 1: all of them."""
        return max((lane.trajectory.stride for lane in self.lanes), default=1)

    @property
    def newest_t(self) -> int | None:
        """The timestep of the newest step; None before the first one."""
        newest = self._longest.newest if self.lanes else None
        return None if newest is None else newest.t

    def steps(self) -> list[Step | None]:
        """Return the step of each lane at the cursor; None for a lane without steps."""
        t = None if self.live else self.t
        return [lane.newest if t is None else self._step(lane, t) for lane in self.lanes]

    def _step(self, lane: KeptLane, t: int) -> Step | None:
        """Return a lane's step at ``t``; of the longest exactly that of the cursor.

        A process that fills in a picture comes to the same timestep several times.
        """
        if lane is self._longest and self._position is not None:
            return lane.trajectory.step(int(self._position))
        return lane.step_at(t)

    def counters(self) -> list[tuple[int, float]]:
        """Return the evaluations and the seconds of each lane up to the cursor."""
        t = None if self.live else self.t
        return [lane.counters_at(0 if t is None else t) for lane in self.lanes]

    def go_live(self) -> None:
        """Follow the newest steps from now on."""
        self._position, self.replaying = None, False

    def move(self, by: int) -> None:
        """Move by some steps; at the newest one, follow it."""
        if self.lanes:
            at = self._longest.last if self._position is None else int(self._position)
            self._seek(at + by)

    def seek_timestep(self, timestep: int) -> None:
        """Show a timestep; follow the newest steps where it isn't reached."""
        newest = self.newest_t
        if newest is None or timestep < newest:
            self.go_live()
        else:
            self._seek(self._longest.trajectory.index_at(timestep))

    def seek_phase(self, phase: Phase) -> None:
        """Show the beginning of a phase; follow the newest steps where it isn't reached."""
        self.seek_timestep(phase.high)

    def toggle_replay(self) -> None:
        """Replay from the cursor, or stop that; from the beginning where it is the newest step."""
        if self.live:
            self.move(-(10**9))
            self.replaying = not self.live
        else:
            self.replaying = not self.replaying

    def advance(self, steps: float) -> bool:
        """Move by some steps of a replay; return whether the cursor has moved."""
        if not self.replaying or self._position is None:
            return False
        self._position += steps
        if self._position >= self._longest.last:
            self.go_live()
        return True

    def _seek(self, index: int) -> None:
        self.replaying = False
        lane = self._longest
        first = lane.trajectory.first
        self._position = None if index >= lane.last else float(max(first, index))
