"""Denoising diffusion implicit models (Song, Meng & Ermon 2021)."""

from collections.abc import Callable

from ..schedule import Schedule
from ..step import Step
from .chain import Update
from .denoiser import Array


def ddim_update(schedule: Schedule, eta: float, noise_scale: float = 1.0) -> Update:
    """Return the update x_t -> x_s of eq. 12, with sigma of eq. 16.

    ``eta = 0`` is deterministic given x_T, ``eta = 1`` equals respaced ancestral sampling.
    ``noise_scale`` multiplies the injected noise without changing the rest of the update.
    """

    def update(step: Step, t_next: int, draw: Callable[[], Array]) -> Array:
        alpha_bar, alpha_bar_next = step.alpha_bar, schedule.alpha_bar(t_next)
        ratio = (1.0 - alpha_bar_next) / (1.0 - alpha_bar)
        sigma = eta * (ratio * (1.0 - alpha_bar / alpha_bar_next)) ** 0.5
        direction = max(0.0, 1.0 - alpha_bar_next - sigma**2) ** 0.5
        x = alpha_bar_next**0.5 * step.x0_hat + direction * step.eps
        return x + (noise_scale * sigma) * draw() if noise_scale * sigma else x

    return update
