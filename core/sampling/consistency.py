"""Multistep consistency sampling (Song et al. 2023, "Consistency Models", algorithm 1).

A consistency function maps an image at any timestep to the finished image. A network that was
distilled into one has it as its x0_hat, so that one evaluation draws a digit. Further evaluations
improve it: noise takes the digit back to an earlier timestep, and it is drawn again.
"""

from collections.abc import Callable

from ..schedule import Schedule
from ..step import Step
from .chain import Update
from .denoiser import Array


def consistency_update(schedule: Schedule, noise_scale: float = 1.0) -> Update:
    """Return the update ``x_s = sqrt(alpha_bar_s) x0_hat + sqrt(1 - alpha_bar_s) z``.

    z is fresh noise, which ``noise_scale`` multiplies. The last update returns x0_hat.
    """

    def update(step: Step, t_next: int, draw: Callable[[], Array]) -> Array:
        if t_next == 0:
            return step.x0_hat
        alpha_bar = schedule.alpha_bar(t_next)
        x = alpha_bar**0.5 * step.x0_hat
        std = noise_scale * (1.0 - alpha_bar) ** 0.5
        return x + std * draw() if std else x

    return update
