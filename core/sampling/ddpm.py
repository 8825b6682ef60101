"""Ancestral sampling (Ho et al. 2020, algorithm 2), at all timesteps or at a few of them."""

from collections.abc import Iterator

import numpy as np

from ..errors import DiffvizError
from ..noise import BatchNoise
from ..phases import phase_at
from ..records import Step
from ..schedule import Schedule
from .denoiser import Denoiser


def sample_ddpm(
    denoiser: Denoiser,
    noise: BatchNoise,
    *,
    schedule: Schedule | None = None,
    num_inference_steps: int | None = None,
) -> Iterator[Step]:
    """Yield the reverse process from pure noise (t = T) to the finished images (t = 0).

    Draw 0 of ``noise`` is x_T, draw ``k`` the noise that update ``k`` injects. With fewer steps
    than T the chain is respaced: each update takes the beta that leads from one visited
    alpha_bar to the next (Nichol & Dhariwal 2021, eq. 19).

    Raises:
        ValueError: if ``num_inference_steps`` is not between 1 and T.
        DiffvizError: if the network's output stops being finite.
    """
    schedule = schedule or Schedule()
    timesteps = schedule.timesteps(num_inference_steps or schedule.num_train_timesteps)
    total = len(timesteps)
    x_t = noise.draw(0)
    for index, (t, t_prev) in enumerate(zip(timesteps, [*timesteps[1:], 0], strict=True)):
        eps = denoiser(x_t, t)
        alpha_bar, alpha_bar_prev = schedule.alpha_bar(t), schedule.alpha_bar(t_prev)
        x0_hat = schedule.predict_x0(x_t, eps, t)
        yield Step(index, total, t, alpha_bar, phase_at(t), x_t, x0_hat, eps)
        alpha = alpha_bar / alpha_bar_prev
        beta = 1.0 - alpha
        # eq. 11: the mean of p(x_{t-1} | x_t)
        x_t = (x_t - (beta / (1.0 - alpha_bar) ** 0.5) * eps) * (1.0 / alpha**0.5)
        if t_prev > 0:
            # eq. 7: the posterior variance; the last update adds no noise
            variance = beta * (1.0 - alpha_bar_prev) / (1.0 - alpha_bar)
            x_t = x_t + variance**0.5 * noise.draw(index + 1)
    if not np.isfinite(x_t).all():
        raise DiffvizError(
            "sampling ended in NaN or infinite pixels: these weights don't fit this sampler"
        )
    yield Step(total, total, 0, 1.0, phase_at(0), x_t, x_t, np.zeros_like(x_t))
