"""What the canvas begins with."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...core.array_types import Grey
from ...core.names import CONSISTENCY, DEFAULT_JUMP, DEFAULT_RESAMPLINGS, MASK_SAMPLER, MASK_STEPS
from ...core.pictures import to_grey
from ...core.sampling import SamplingSpec
from ...core.sampling.given import Given, Mask

if TYPE_CHECKING:
    from ...core.data.given_files import GivenFiles


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
    named: bool = False
    """Whether sampler and steps were named for this picture, so that they count for a mask too."""

    def filling(self, spec: SamplingSpec) -> SamplingSpec:
        """Return the process that fills in a mask: ``spec``, or the one that does it well."""
        if self.named or spec.sampler == CONSISTENCY:
            return spec
        if spec.sampler != MASK_SAMPLER:
            spec = spec.with_sampler(MASK_SAMPLER)
        return replace(spec, steps=min(spec.total, MASK_STEPS))

    @classmethod
    def of(
        cls,
        files: "GivenFiles | None",
        given: Given | None,
        number: int | None = None,
        seed: int | None = None,
        named: bool = True,
    ) -> "Drawn":
        """Return a canvas with a picture that was read from ``files``; None: a blank one."""
        if files is None or given is None:
            return cls(named=named)
        return cls(
            to_grey(given.x_0), files.picture.name, files.t, given.hidden, number, seed,
            given.resamplings, given.jump, named,
        )  # fmt: skip
