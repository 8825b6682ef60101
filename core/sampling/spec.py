"""The settings of one reverse process."""

from dataclasses import dataclass, replace
from typing import Any

from ..errors import DiffvizError
from ..names import (
    DEFAULT_GUIDANCE,
    DEFAULT_GUIDANCE_FROM,
    DEFAULT_GUIDANCE_UNTIL,
    MAX_GUIDANCE,
    NUM_TIMESTEPS,
    SAMPLER_INFO,
    SamplerInfo,
    suggestion,
)
from .guidance import LabelSettings

_INTERVAL = DEFAULT_GUIDANCE_FROM, DEFAULT_GUIDANCE_UNTIL


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
    label: str | None = None
    """The class to draw, by name or number, or ``all`` for one of each; None for no label."""
    guidance: float | None = None
    """Classifier-free guidance; None for the default, 0 for the label alone."""
    guidance_from: int = DEFAULT_GUIDANCE_FROM
    guidance_until: int = DEFAULT_GUIDANCE_UNTIL
    """Guidance counts at timesteps above ``guidance_until``, up to ``guidance_from``."""

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
        """Check that the settings fit each other.

        Raises:
            DiffvizError: if there is no such sampler, it doesn't take this eta, or the guidance
                has no label, is out of range, or has an empty interval.
        """
        self._check_guidance()
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
        guidance = self.guidance
        if self.label is not None and guidance is None:
            guidance = DEFAULT_GUIDANCE
        return replace(self, steps=self.total, eta=self._eta, guidance=guidance)

    def _check_guidance(self) -> None:
        """Check guidance and label.

        Raises:
            DiffvizError: if guidance has no label, is out of range, or has an empty interval.
        """
        start, end = self.guidance_from, self.guidance_until
        if self.label is None:
            if self.guidance is not None or (start, end) != _INTERVAL:
                raise DiffvizError("guidance needs a label to guide to: add --digit")
            return
        if self.guidance is not None and not 0 <= self.guidance <= MAX_GUIDANCE:
            raise DiffvizError(
                f"guidance must be from 0 to {MAX_GUIDANCE:g}, not {self.guidance:g}"
            )
        if not 0 <= end < start <= NUM_TIMESTEPS:
            raise DiffvizError(
                f"guidance from t = {start} until t = {end} is an empty interval: t falls from "
                f"{NUM_TIMESTEPS} to 0, so --guidance-from must be above --guidance-until"
            )

    def unlabelled(self) -> "SamplingSpec":
        """Return the same process without a label, for weights that have none."""
        return SamplingSpec(self.sampler, self.steps, self.eta, self.noise)

    def labelled_as(self, other: "SamplingSpec") -> "SamplingSpec":
        """Return the same process with the label and the guidance of ``other``."""
        names = ("label", "guidance", "guidance_from", "guidance_until")
        return replace(self, **{name: getattr(other, name) for name in names})

    def with_sampler(self, sampler: str) -> "SamplingSpec":
        """Return another sampler with its own defaults, for the same label and noise."""
        return replace(self, sampler=sampler, steps=None, eta=None)

    @property
    def keywords(self) -> dict[str, Any]:
        """The arguments of :meth:`..pipeline.Pipeline.sample` that these settings stand for."""
        plain = {
            "num_inference_steps": self.steps,
            "sampler": self.sampler,
            "eta": self.eta,
            "noise_scale": self.noise,
        }
        return plain | self._of_label

    @property
    def _of_label(self) -> dict[str, Any]:
        """What a label brings with it; empty without one."""
        if self.label is None:
            return {}
        return {
            "label": self.label,
            "guidance": self.guidance,
            "guidance_from": self.guidance_from,
            "guidance_until": self.guidance_until,
        }

    @property
    def label_settings(self) -> LabelSettings:
        """Label and guidance, with the default of the guidance filled in."""
        guidance = DEFAULT_GUIDANCE if self.guidance is None else self.guidance
        return LabelSettings(
            self.label, guidance if self.label else 0.0, self.guidance_from, self.guidance_until
        )

    def to_json(self) -> dict[str, Any]:
        """Return the settings as plain JSON values; without a label nothing about labels."""
        plain = {"sampler": self.sampler, "steps": self.steps, "eta": self.eta, "noise": self.noise}
        return plain | self._of_label

    @property
    def injects_noise(self) -> bool:
        """Whether the process injects noise at all, whatever its scale."""
        return self.info.stochastic and self._eta != 0

    @property
    def no_noise(self) -> str:
        """Why no noise is injected, as a clause; empty if some is."""
        if not self.info.stochastic:
            return f"{self.sampler} injects no noise"
        if not self.injects_noise:
            return f"{self.sampler} with eta 0 injects no noise"
        return "the noise is scaled by 0" if self.noise == 0 else ""

    def describe(self) -> str:
        """Return the process with the settings that count: ``ddim 50 steps, eta 0.5``.

        The scale of the noise counts where noise is injected, and is named unless it is 1.
        """
        eta = "" if self._eta is None else f"eta {self._eta:g}"
        steps = f"{self.total} step" + "s" * (self.total != 1)
        parts = f"{self.sampler} {steps}", eta, self.describe_noise()
        return ", ".join(filter(None, parts)) + self.describe_label()

    def describe_briefly(self) -> str:
        """Return the same in fewer words, without the interval of the guidance."""
        eta = "" if self._eta is None else f"eta {self._eta:g}"
        parts = f"{self.sampler} {self.total}", eta, self.describe_noise(), self.brief_label()
        return ", ".join(filter(None, parts))

    def brief_label(self) -> str:
        """Return label and guidance without the interval; empty without a label."""
        if self.label is None:
            return ""
        guidance = self.resolved().guidance
        return f"label {self.label}, " + (f"guidance {guidance:g}" if guidance else "no guidance")

    def describe_noise(self) -> str:
        """Return the scale of the noise as :meth:`describe` names it; empty if it does not."""
        return f"noise {self.noise:g}" if self.injects_noise and self.noise != 1 else ""

    @property
    def _eta(self) -> float | None:
        return self.info.default_eta if self.eta is None else self.eta

    def describe_label(self) -> str:
        """Return label and guidance as in ``, label 7, guidance 0.5 at t 1 … 800``, or nothing."""
        if self.label is None:
            return ""
        full = self.resolved()
        if not full.guidance:
            return f", label {full.label}, no guidance"
        start, end = full.guidance_from, full.guidance_until
        interval = "" if (start, end) == (NUM_TIMESTEPS, 0) else f" at t = {start} … {end + 1}"
        return f", label {full.label}, guidance {full.guidance:g}{interval}"
