"""Ancestral sampling (Ho et al. 2020, algorithm 2), at all timesteps or at a few of them."""

from collections.abc import Callable

import numpy as np

from ..schedule import Schedule
from ..step import Step
from .chain import Update
from .denoiser import Array


def ddpm_update(schedule: Schedule, noise_scale: float = 1.0) -> Update:
    """Return the update x_t -> x_s of ancestral sampling.

    With fewer steps than T the chain is respaced: each update takes the beta that leads from
    one visited alpha_bar to the next (Nichol & Dhariwal 2021, eq. 19). ``noise_scale``
    multiplies the injected noise; 1 is the method, 0 follows the means alone.
    """

    def update(step: Step, t_next: int, draw: Callable[[], Array]) -> Array:
        alpha_bar, alpha_bar_next = step.alpha_bar, schedule.alpha_bar(t_next)
        alpha = alpha_bar / alpha_bar_next
        beta = 1.0 - alpha
        eps = step.eps
        if schedule.clips:  # the noise that leads to the clipped x0_hat
            eps = (step.x_t - alpha_bar**0.5 * step.x0_hat) * (1.0 - alpha_bar) ** -0.5
        # eq. 11: the mean of p(x_{t-1} | x_t)
        mean = (beta / (1.0 - alpha_bar) ** 0.5) * eps
        np.subtract(step.x_t, mean, out=mean)
        mean *= 1.0 / alpha**0.5
        # eq. 7: the posterior variance, 0 at the last update
        variance = beta * (1.0 - alpha_bar_next) / (1.0 - alpha_bar)
        std = noise_scale * variance**0.5
        if std:
            mean += std * draw()
        return mean

    return update
