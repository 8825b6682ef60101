"""The settings of one reverse process."""

from dataclasses import dataclass, replace
from typing import Any

from ..errors import DiffvizError
from ..names import SAMPLER_INFO, SamplerInfo, suggestion


@dataclass(frozen=True, slots=True)
class SamplingSpec:
    """How the reverse process runs, whatever the weights and the seed."""

    sampler: str = "ddpm"
    steps: int | None = None
    """Network evaluations; None for the sampler's default."""
    eta: float | None = None
    """None for the sampler's default."""
    noise: float = 1.0
    """Scale of the noise injected at each step, 0 to 1."""

    @property
    def info(self) -> SamplerInfo:
        """Name, defaults and ranges of the sampler.

        Raises:
            DiffvizError: if there is no such sampler.
        """
        if self.sampler not in SAMPLER_INFO:
            near = suggestion(self.sampler, SAMPLER_INFO)
            raise DiffvizError(f"unknown sampler '{self.sampler}': {near}")
        return SAMPLER_INFO[self.sampler]

    @property
    def total(self) -> int:
        """Network evaluations of the whole process."""
        return self.info.default_steps if self.steps is None else self.steps

    def check(self) -> None:
        """Raise DiffvizError if there is no such sampler, or it doesn't take this eta."""
        info, eta = self.info, self.eta
        if eta is None:
            return
        if info.default_eta is None:
            able = " or ".join(s.name for s in SAMPLER_INFO.values() if s.default_eta is not None)
            raise DiffvizError(f"sampler {info.name} has no eta: leave --eta out, or use {able}")
        if not 0 <= eta <= info.max_eta:
            raise DiffvizError(f"{info.name}: eta must be from 0 to {info.max_eta:g}, not {eta:g}")

    def resolved(self) -> "SamplingSpec":
        """Return the same process with the sampler's defaults filled in.

        Raises:
            DiffvizError: as :meth:`check`.
        """
        self.check()
        eta = self.info.default_eta if self.eta is None else self.eta
        return replace(self, steps=self.total, eta=eta)

    @property
    def keywords(self) -> dict[str, Any]:
        """The arguments of :meth:`..pipeline.Pipeline.sample` that these settings stand for."""
        return {
            "num_inference_steps": self.steps,
            "sampler": self.sampler,
            "eta": self.eta,
            "noise_scale": self.noise,
        }

    def describe(self, *, noise: bool = False) -> str:
        """Return the process in a few words, as in ``ddpm 1000 steps[, noise 0.8]``."""
        scale = f", noise {self.noise:.1f}" if noise and self.noise != 1 else ""
        return f"{self.sampler} {self.total} steps{scale}"

    def describe_fully(self) -> str:
        """Return the process with all its settings: ``ddim eta 0, 50 steps, noise 0.5``."""
        full = self.resolved()
        name = full.sampler if full.eta is None else f"{full.sampler} eta {full.eta:g}"
        noise = "" if full.noise == 1 else f", noise {full.noise:g}"
        return f"{name}, {full.steps} steps{noise}"
