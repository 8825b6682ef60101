"""What a screen asks the sampler's thread to do: one process, or several beside each other."""

from dataclasses import dataclass

from ...core.noise import NoiseStream
from ...core.sampling import Given, SamplingSpec, Start


@dataclass(frozen=True, eq=False, slots=True)
class Lane:
    """One process of a job: a batch of images that go through the chain together."""

    label: str
    """As shown to the user, for example ``DDIM 50``."""
    weights: str
    streams: tuple[NoiseStream, ...]
    """The noise of each image of the batch."""
    spec: SamplingSpec
    start: Start | None = None
    """``(index, x_t)`` of the record to enter the chain at: a branch; None for pure noise."""
    path: tuple[tuple[int, int], ...] = ()
    """Branches to take on the way: (timestep, child) pairs, timesteps falling."""
    given: Given | None = None
    """A picture to start from instead of pure noise, or to fill in a part of."""
    newest: bool = False
    """Load the weights again if their file has been replaced since."""
    asked: bool = False
    """Whether ``start`` isn't of a process whose seeds drew its classes: then none is drawn."""


@dataclass(frozen=True, eq=False, slots=True)
class Job:
    """Lanes that are sampled in turns by one thread.

    ``aligned``: the lane whose timestep is highest goes next, so that all show about the same
    timestep; otherwise the lane that has used the least time goes next: each at its own pace.
    """

    lanes: tuple[Lane, ...]
    aligned: bool = False
