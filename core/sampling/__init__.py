"""Samplers, one a file; each an iterator of Step records."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from ..errors import DiffvizError
from ..noise import BatchNoise
from ..records import Step
from .chain import Start
from .ddim import sample_ddim
from .ddpm import sample_ddpm
from .denoiser import Denoiser
from .dpm_solver import sample_dpm_solver

__all__ = [
    "SAMPLERS",
    "Denoiser",
    "Sampler",
    "Start",
    "find_sampler",
    "sample_ddim",
    "sample_ddpm",
    "sample_dpm_solver",
]


@dataclass(frozen=True)
class Sampler:
    """A sampler as the commands know it."""

    name: str
    title: str
    run: Callable[..., Iterator[Step]]
    default_steps: int
    takes_eta: bool = False

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
            DiffvizError: if ``eta`` is given to a sampler that has none.
        """
        extra = {}
        if eta is not None:
            if not self.takes_eta:
                raise DiffvizError(f"sampler {self.name} has no eta: leave --eta out, or use ddim")
            extra["eta"] = eta
        steps = self.default_steps if num_inference_steps is None else num_inference_steps
        return self.run(
            denoiser,
            noise,
            num_inference_steps=steps,
            noise_scale=noise_scale,
            start=start,
            **extra,
        )


SAMPLERS: dict[str, Sampler] = {
    sampler.name: sampler
    for sampler in (
        Sampler("ddpm", "DDPM", sample_ddpm, 1000),
        Sampler("ddim", "DDIM", sample_ddim, 50, takes_eta=True),
        Sampler("dpmpp-2m", "DPM-Solver++(2M)", sample_dpm_solver, 20),
        Sampler(
            "dpmpp-2m-sde",
            "SDE-DPM-Solver++(2M)",
            partial(sample_dpm_solver, stochastic=True),
            20,
        ),
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
