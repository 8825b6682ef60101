"""DPM-Solver++(2M), deterministic and stochastic (Lu et al. 2022, "DPM-Solver++").

Both are exact for the linear part of the equation and extrapolate x0_hat from the last two
evaluations, with half log-SNR ``lambda = log(alpha / sigma)`` as time.
"""

import math
from collections.abc import Callable
from typing import Any

from ..schedule import Schedule
from ..step import Step
from .chain import Update
from .denoiser import Array


def dpm_solver_update(
    schedule: Schedule, *, stochastic: bool = False, noise_scale: float = 1.0
) -> Update:
    """Return the update of one process; it remembers the previous evaluation.

    ``stochastic`` selects SDE-DPM-Solver++(2M), whose injected noise ``noise_scale``
    multiplies; otherwise the process is deterministic given x_T.
    """
    previous: tuple[float, Array] | None = None  # lambda and x0_hat of the step before

    def update(step: Step, t_next: int, draw: Callable[[], Array]) -> Array:
        nonlocal previous
        if t_next == 0:
            return step.x0_hat  # the limit of either update for sigma -> 0, first order
        alpha, sigma = math.sqrt(step.alpha_bar), math.sqrt(1.0 - step.alpha_bar)
        alpha_bar_next = schedule.alpha_bar(t_next)
        alpha_next, sigma_next = math.sqrt(alpha_bar_next), math.sqrt(1.0 - alpha_bar_next)
        now = math.log(alpha / sigma)
        h = math.log(alpha_next / sigma_next) - now
        # Any: numpy's stubs call float32 * float a float64, which it is not (NEP 50)
        x_t: Any = step.x_t
        x0: Any = step.x0_hat
        if previous is not None:
            # algorithm 2: D = (1 + 1/(2r)) x0_i - 1/(2r) x0_{i-1}, with r = h_{i-1} / h_i
            weight = 0.5 * h / (now - previous[0])
            x0 = (1.0 + weight) * x0 - weight * previous[1]
        previous = (now, step.x0_hat)
        if not stochastic:
            # eq. 9 with D for x_theta
            linear = sigma_next / sigma
            return linear * x_t - (alpha_next * math.expm1(-h)) * x0
        # the SDE's exact linear solution (eq. 16) with D for x_theta
        decay = -math.expm1(-2.0 * h)
        x = (sigma_next / sigma * math.exp(-h)) * x_t + (alpha_next * decay) * x0
        std = noise_scale * sigma_next * math.sqrt(decay)
        return x + std * draw() if std else x

    return update
