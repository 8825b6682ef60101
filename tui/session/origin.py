"""What the runs of a session begin with: pure noise, or a given picture at one of its timesteps."""

from functools import lru_cache

from ...core.array_types import Array
from ...core.errors import printable
from ...core.names import NUM_TIMESTEPS, SIDE
from ...core.noise import BatchNoise, NoiseStream
from ...core.sampling import Given, SamplingSpec, beginning, record_timesteps
from ...core.sampling.trajectory import Trajectory
from ...core.schedule import Schedule
from ..run_options import RunOptions
from .step_history import Segment, StepHistory


class Origin:
    """The beginning of each run, and the records that follow it."""

    def __init__(self, options: RunOptions) -> None:
        self.given = options.given
        """The picture that is started from or filled in; None for pure noise."""
        self._files = options.given_files

    @property
    def t(self) -> int:
        """The timestep of the first record."""
        return NUM_TIMESTEPS if self.given is None else self.given.t

    @property
    def masked(self) -> bool:
        """Whether a part of the picture is held: then parts of the process come several times."""
        return self.given is not None and self.given.hidden is not None

    @property
    def words(self) -> list[str]:
        """The flags of the picture; none for pure noise."""
        return [] if self._files is None else self._files.words

    @property
    def note(self) -> str:
        """Text to show after the seed; empty for pure noise."""
        if self._files is None:
            return ""
        name = printable(self._files.picture.name)
        return f" fills in {name}" if self.masked else f" from {name} at t = {self.t}"

    def image(
        self, seed: int, shape: tuple[int, ...] = (SIDE, SIDE), schedule: Schedule | None = None
    ) -> Array:
        """Return what the run of ``seed`` begins with, ``[28, 28]`` unless ``shape`` differs.

        The ``schedule`` is that of digits unless another one is given.
        """
        return beginning(BatchNoise.from_seeds(seed, shape), self.given, schedule)[0]

    def timesteps(self, spec: SamplingSpec) -> tuple[int, list[int]]:
        """Return the index of the first record, and the timestep of each one."""
        return _timesteps(spec, self.given)

    def steps(self, spec: SamplingSpec) -> int:
        """Return the network evaluations of a run without guidance."""
        return spec.total if self.given is None else len(self.timesteps(spec)[1]) - 1

    def history(
        self, spec: SamplingSpec, stream: NoiseStream, trajectory: Trajectory | None = None
    ) -> StepHistory:
        """Return the history of a run, with the steps of ``trajectory``; None: without any yet."""
        first = 0 if self.given is None else self.timesteps(spec)[0]
        steps = Trajectory(first) if trajectory is None else trajectory
        return StepHistory((Segment(first, steps, stream),), ((0, spec.noise),))


@lru_cache(maxsize=8)
def _timesteps(spec: SamplingSpec, given: Given | None) -> tuple[int, list[int]]:
    return record_timesteps(spec, given)
