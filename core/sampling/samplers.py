"""The registry of samplers by name, with their default steps and eta."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from ..errors import DiffvizError
from ..names import SAMPLER_INFO
from ..noise import BatchNoise
from ..step import Step
from .chain import Start
from .ddim import sample_ddim
from .ddpm import sample_ddpm
from .denoiser import Denoiser
from .dpm_solver import sample_dpm_solver
from .sa_solver import sample_sa_solver


class Sampler(NamedTuple):
    """A sampler as the commands know it."""

    name: str
    title: str
    run: Callable[..., Iterator[Step]]
    default_steps: int
    default_eta: float | None = None
    """None: there is no eta to set."""
    max_eta: float = 1.0

    def check_eta(self, eta: float | None) -> None:
        """Raise DiffvizError if this sampler doesn't take ``eta`` (None always goes)."""
        if eta is not None and self.default_eta is None:
            able = " or ".join(s.name for s in SAMPLERS.values() if s.default_eta is not None)
            raise DiffvizError(f"sampler {self.name} has no eta: leave --eta out, or use {able}")
        if eta is not None and not 0 <= eta <= self.max_eta:
            raise DiffvizError(f"{self.name}: eta must be from 0 to {self.max_eta:g}, not {eta:g}")

    def __call__(
        self,
        denoiser: Denoiser,
        noise: BatchNoise,
        *,
        num_inference_steps: int | None = None,
        eta: float | None = None,
        noise_scale: float = 1.0,
        start: Start | None = None,
    ) -> Iterator[Step]:
        """Yield the reverse process; None means the sampler's own default.

        ``start = (index, x_t)`` takes it up at record ``index``, for example to branch it.

        Raises:
            DiffvizError: if the sampler doesn't take this ``eta``.
        """
        self.check_eta(eta)
        extra = {}
        if eta is not None:
            extra["eta"] = eta
        elif self.default_eta is not None:
            extra["eta"] = self.default_eta
        steps = self.default_steps if num_inference_steps is None else num_inference_steps
        return self.run(
            denoiser,
            noise,
            num_inference_steps=steps,
            noise_scale=noise_scale,
            start=start,
            **extra,
        )


_RUN: dict[str, Callable[..., Iterator[Step]]] = {
    "ddpm": sample_ddpm,
    "ddim": sample_ddim,
    "dpmpp-2m": sample_dpm_solver,
    "dpmpp-2m-sde": partial(sample_dpm_solver, stochastic=True),
    "sa-solver": sample_sa_solver,
}

SAMPLERS: dict[str, Sampler] = {
    sampler.name: sampler
    for sampler in (
        Sampler(s.name, s.title, _RUN[s.name], s.default_steps, s.default_eta, s.max_eta)
        for s in SAMPLER_INFO.values()
    )
}


def find_sampler(name: str) -> Sampler:
    """Return the sampler called ``name``.

    Raises:
        DiffvizError: if there is none.
    """
    if name not in SAMPLERS:
        raise DiffvizError(f"unknown sampler '{name}': choose one of {', '.join(SAMPLERS)}")
    return SAMPLERS[name]


def describe(sampler: str, steps: int, eta: float | None, noise: float) -> str:
    """Return how digits were sampled, in a few words: ``ddim eta 0, 50 steps``."""
    parts = [sampler if eta is None else f"{sampler} eta {eta:g}", f"{steps} steps"]
    return ", ".join(parts if noise == 1 else [*parts, f"noise {noise:g}"])
