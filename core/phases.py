"""The four phases of the reverse process, by timestep."""

from enum import Enum

from .names import CONSISTENCY, NUM_TIMESTEPS


class Phase(Enum):
    """A phase of the reverse process, in which ``t`` falls from 1000 to 0.

    Every member carries its label and the half-open span ``low < t <= high`` it covers;
    refinement also holds the final record at ``t = 0``.
    """

    STATIC = ("static", 600, NUM_TIMESTEPS)
    BLOB = ("blob", 400, 600)
    LOCK_IN = ("lock-in", 100, 400)
    REFINEMENT = ("refinement", 0, 100)

    def __init__(self, label: str, low: int, high: int) -> None:
        self.label = label
        self.low = low
        self.high = high

    @property
    def span(self) -> str:
        """The phase's timesteps as text, for example ``"600-400"``."""
        return f"{self.high}-{self.low}"

    def follows(self, other: "Phase | None") -> bool:
        """Return whether this one is later than ``other``; None is before all."""
        return other is None or self.low < other.low


ABOUT_PHASES: dict[Phase, str] = {
    Phase.STATIC: "almost pure noise; the model can only guess an average digit",
    Phase.BLOB: "a patch of ink gathers where the digit will be",
    Phase.LOCK_IN: "strokes join up, and it gets settled which digit this is",
    Phase.REFINEMENT: "the digit stays the same; its edges become clean",
}
"""What happens in each phase, in words."""

ABOUT_PHASES_OF_PICTURES: dict[Phase, str] = {
    Phase.STATIC: "almost pure noise; the model can only guess an average picture",
    Phase.BLOB: "large shapes and colours appear",
    Phase.LOCK_IN: "parts join up, and it gets settled which picture this is",
    Phase.REFINEMENT: "the picture stays the same; its details become clean",
}
"""The same of models that draw something else than digits."""


ABOUT_CONSISTENCY = "each evaluation draws a whole digit; noise takes it back, to be drawn again"
"""What happens in every phase of a process of a consistency function."""


def about_phase(phase: Phase, noun: str = "digit", sampler: str = "ddpm") -> str:
    """Return what happens in a phase of ``sampler`` where samples are called ``noun``."""
    if noun != "digit":
        return ABOUT_PHASES_OF_PICTURES[phase]
    return ABOUT_CONSISTENCY if sampler == CONSISTENCY else ABOUT_PHASES[phase]


def phase_at(timestep: int, num_timesteps: int = NUM_TIMESTEPS) -> Phase:
    """Return the phase of ``timestep`` (0 to ``num_timesteps``).

    In a schedule of another length than 1000 each phase has the same share of it.

    Raises:
        ValueError: if ``timestep`` is out of range.
    """
    if not 0 <= timestep <= num_timesteps:
        raise ValueError(f"timestep must be from 0 to {num_timesteps}, not {timestep}")
    for phase in (Phase.STATIC, Phase.BLOB, Phase.LOCK_IN):
        if timestep * NUM_TIMESTEPS > phase.low * num_timesteps:
            return phase
    return Phase.REFINEMENT
