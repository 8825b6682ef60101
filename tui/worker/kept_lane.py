"""The steps of one lane of a job, kept so that they can be shown again."""

from dataclasses import replace

from ...core.sampling.samplers import record_range
from ...core.sampling.trajectory import Trajectory
from ...core.step import Step
from .events import LaneStep
from .jobs import Lane


class KeptLane:
    """Every step of a lane, with the counters at each; it grows while the lane is sampled."""

    def __init__(self, lane: Lane, digits: int = 1) -> None:
        """Make an empty one; ``digits`` is the number of samples of the whole job.

        A batch of many digits is kept in half precision, and those of a job with many on the disk.
        """
        self.lane = lane
        first, total = record_range(lane.spec, lane.given)
        self.total = total
        """Index of the lane's last step."""
        if lane.start is not None:
            first = lane.start[0]
        half, on_disk = len(lane.streams) > _MANY, digits > _MANY
        self.trajectory = Trajectory(first, half=half, on_disk=on_disk)
        self.newest: Step | None = None
        """The newest step, exactly as it was sampled."""
        self._counters: list[tuple[int, float]] = []
        self._before = (0, 0.0)

    @property
    def finished(self) -> bool:
        """Whether t = 0 is reached."""
        return self.last == self.total

    @property
    def last(self) -> int:
        """Index of the newest step; one less than the first while there is none."""
        return self.trajectory.last

    def add(self, done: LaneStep) -> None:
        """Append a step; one that is there already (a lane was entered again) is left out."""
        if done.step.index > self.last:
            evaluations, seconds = self._before
            self.trajectory.append(done.step)
            self._counters.append((evaluations + done.evaluations, seconds + done.seconds))
            self.newest = done.step

    def rest(self) -> Lane:
        """Return the lane from the newest step on, whose counters go on from here."""
        if self.newest is None:
            return self.lane
        evaluations, seconds = self._counters[-1]
        # the newest step is evaluated once more
        self._before = (evaluations - self.newest.evaluations, seconds)
        start = self.newest.index, self.newest.x_t
        return replace(self.lane, start=start, asked=not self.newest.has_drawn_labels)

    def step_at(self, timestep: int) -> Step | None:
        """Return the first step at or below ``timestep``, else the newest; None without steps."""
        newest = self.newest
        if newest is None or timestep <= newest.t:
            return newest
        return self.trajectory.step(self.trajectory.index_at(timestep))

    def sample(self, row: int) -> Trajectory:
        """Return the steps of one digit of the batch, the newest exactly as it was sampled."""
        return self.trajectory.sample(row, self.newest)

    def counters_at(self, timestep: int) -> tuple[int, float]:
        """Return the network evaluations and the seconds up to that step."""
        if not self._counters:
            return 0, 0.0
        place = self.trajectory.index_at(timestep) - self.trajectory.first
        return self._counters[place]


_MANY = 9  # digits; the children of a branch are as exact as their parent
