"""The registry of samplers by name."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from ..names import CONSISTENCY, SAMPLER_INFO, SamplerInfo
from ..noise import BatchNoise
from ..schedule import Schedule
from ..step import Step
from .chain import Start, Update, run_chain
from .consistency import consistency_update
from .ddim import ddim_update
from .ddpm import ddpm_update
from .denoiser import Denoiser
from .dpm_solver import dpm_solver_update
from .given import Given
from .inpainting import plan_inpainting, run_inpainting
from .sa_solver import sa_solver_update
from .spacing import equal_timesteps, late_timesteps, log_snr_timesteps
from .spec import SamplingSpec


class Sampler(NamedTuple):
    """A sampler: an update rule and the timesteps it visits."""

    info: SamplerInfo
    timesteps: Callable[[Schedule, int], list[int]]
    """``(schedule, number of steps) -> falling timesteps``."""
    make_update: Callable[..., Update]
    """``(schedule, noise_scale=…[, eta=…]) -> update`` for one process."""

    def __call__(
        self,
        denoiser: Denoiser,
        noise: BatchNoise,
        *,
        num_inference_steps: int | None = None,
        eta: float | None = None,
        noise_scale: float = 1.0,
        start: Start | None = None,
        given: Given | None = None,
        schedule: Schedule | None = None,
    ) -> Iterator[Step]:
        """Yield the reverse process; None means the sampler's own default.

        ``schedule`` is the one that the network was trained with; None for the linear one.

        ``start = (index, x_t)`` enters the process at record ``index``, for example to branch it
        (see :func:`.chain.run_chain`). ``given`` starts it from a picture instead of pure noise,
        or fills in the hidden part of one (see :mod:`.inpainting`).

        Raises:
            ValueError: if ``num_inference_steps`` is not between 1 and T, or ``start`` doesn't fit.
            DiffvizError: if the sampler doesn't take this ``eta``, the given picture doesn't fit,
                or the network's output stops being finite.
        """
        spec = SamplingSpec(self.info.name, num_inference_steps, eta, noise_scale).resolved()
        extra = {} if spec.eta is None else {"eta": spec.eta}
        schedule = Schedule() if schedule is None else schedule
        make_update = partial(self.make_update, schedule, noise_scale=noise_scale, **extra)
        timesteps = self.timesteps(schedule, spec.total)
        if given is not None:
            given.check()
            if given.hidden is not None:
                return run_inpainting(
                    denoiser, noise, schedule, timesteps, make_update, given, start
                )
            start = start or given.start(noise, schedule, timesteps)
            _, timesteps = given.enter(timesteps)
        return run_chain(denoiser, noise, schedule, timesteps, make_update(), start)


def _own_timesteps(schedule: Schedule, num_inference_steps: int) -> list[int]:
    return schedule.timesteps(num_inference_steps)


_METHODS: dict[str, tuple[Callable[[Schedule, int], list[int]], Callable[..., Update]]] = {
    "ddpm": (_own_timesteps, ddpm_update),
    "ddim": (_own_timesteps, ddim_update),
    "dpmpp-2m": (log_snr_timesteps, dpm_solver_update),
    "dpmpp-2m-sde": (log_snr_timesteps, partial(dpm_solver_update, stochastic=True)),
    "sa-solver": (late_timesteps, sa_solver_update),
    CONSISTENCY: (equal_timesteps, consistency_update),
}
SAMPLERS: dict[str, Sampler] = {
    name: Sampler(info, *_METHODS[name]) for name, info in SAMPLER_INFO.items()
}


def evaluations(spec: SamplingSpec, given: Given | None = None) -> int:
    """Return how often the network is asked for one sample; guidance asks twice a step.

    Raises:
        DiffvizError: as :meth:`SamplingSpec.check`.
    """
    full = spec.resolved()
    _, timesteps = record_timesteps(full, given)
    at = full.label_settings.guidance_at
    return len(timesteps) - 1 + sum(at(t) != 0 for t in timesteps[:-1])


def record_range(spec: SamplingSpec, given: Given | None) -> tuple[int, int]:
    """Return the index of the first and of the last record of a process.

    Raises:
        DiffvizError: if there is no such sampler.
    """
    if given is None:
        return 0, spec.total
    first, timesteps = record_timesteps(spec, given)
    return first, first + len(timesteps) - 1


def record_timesteps(spec: SamplingSpec, given: Given | None = None) -> tuple[int, list[int]]:
    """Return the index of the first record of a process, and the timestep of each, the last 0.

    They fall, except where a mask is filled in: there parts of the process are gone through again.

    Raises:
        DiffvizError: if there is no such sampler.
        ValueError: if its number of steps is not between 1 and T.
    """
    timesteps = visited_timesteps(spec)
    if given is None:
        return 0, [*timesteps, 0]
    first, timesteps = given.enter(timesteps)
    if given.hidden is None:
        return first, [*timesteps[first:], 0]
    plan = plan_inpainting(timesteps[first:], given.resamplings, given.jump)
    return 0, [*(evaluation.t for evaluation in plan), 0]


def find_sampler(name: str) -> Sampler:
    """Return the sampler called ``name``.

    Raises:
        DiffvizError: if there is none.
    """
    return SAMPLERS[SamplingSpec(name).info.name]


def visited_timesteps(spec: SamplingSpec) -> list[int]:
    """Return the timesteps at which a process evaluates the network, falling.

    Raises:
        DiffvizError: if there is no such sampler.
        ValueError: if its number of steps is not between 1 and T.
    """
    return find_sampler(spec.sampler).timesteps(Schedule(), spec.total)
