"""Ancestral sampling (Ho et al. 2020, algorithm 2), at all timesteps or at a few of them."""

from collections.abc import Callable, Iterator

import numpy as np

from ..noise import BatchNoise
from ..schedule import Schedule
from ..step import Step
from .chain import Start, Update, run_chain
from .denoiser import Array, Denoiser


def sample_ddpm(
    denoiser: Denoiser,
    noise: BatchNoise,
    *,
    schedule: Schedule | None = None,
    num_inference_steps: int | None = None,
    noise_scale: float = 1.0,
    start: Start | None = None,
) -> Iterator[Step]:
    """Yield the reverse process from pure noise (t = T) to the finished images (t = 0).

    With fewer steps than T the chain is respaced: each update takes the beta that leads from
    one visited alpha_bar to the next (Nichol & Dhariwal 2021, eq. 19). ``noise_scale``
    multiplies the injected noise; 1 is the method, 0 follows the means alone.

    ``start`` takes a process up in the middle (see :func:`.chain.run_chain`).

    Raises:
        ValueError: if ``num_inference_steps`` is not between 1 and T, or ``start`` doesn't fit.
        DiffvizError: if the network's output stops being finite.
    """
    schedule = schedule or Schedule()
    if num_inference_steps is None:
        num_inference_steps = schedule.num_train_timesteps
    timesteps = schedule.timesteps(num_inference_steps)
    return run_chain(
        denoiser, noise, schedule, timesteps, ddpm_update(schedule, noise_scale), start
    )


def ddpm_update(schedule: Schedule, noise_scale: float = 1.0) -> Update:
    """Return the update x_t -> x_s of ancestral sampling."""

    def update(step: Step, t_next: int, draw: Callable[[], Array]) -> Array:
        alpha_bar, alpha_bar_next = step.alpha_bar, schedule.alpha_bar(t_next)
        alpha = alpha_bar / alpha_bar_next
        beta = 1.0 - alpha
        # eq. 11: the mean of p(x_{t-1} | x_t)
        mean = (beta / (1.0 - alpha_bar) ** 0.5) * step.eps
        np.subtract(step.x_t, mean, out=mean)
        mean *= 1.0 / alpha**0.5
        # eq. 7: the posterior variance, 0 at the last update
        variance = beta * (1.0 - alpha_bar_next) / (1.0 - alpha_bar)
        std = noise_scale * variance**0.5
        if std:
            mean += std * draw()
        return mean

    return update
