"""What the canvas begins with."""

from dataclasses import dataclass

from ...core.array_types import Grey
from ...core.names import DEFAULT_JUMP, DEFAULT_RESAMPLINGS
from ...core.sampling.given import Mask


@dataclass(frozen=True, eq=False, slots=True)
class Drawn:
    """The flags of ``diffviz draw``, with their pictures read."""

    image: Grey | None = None
    """Grey levels ``[28, 28]``; None for a blank canvas."""
    name: str | None = None
    """The file that the picture is from."""
    t: int | None = None
    """The timestep of U-turns; None for the default."""
    hidden: Mask | None = None
    """The pixels to fill in, ``[28, 28]``."""
    number: int | None = None
    """U-turns to begin with; None for none."""
    seed: int | None = None
    """Seed of the first of them; None for the run screen's."""
    resamplings: int = DEFAULT_RESAMPLINGS
    jump: int = DEFAULT_JUMP
