"""SA-Solver's predictor of two steps (Xue et al. 2023, "SA-Solver: Stochastic Adams Solver").

It solves a family of reverse processes with the same marginals, which differ in how much noise
they inject (``eta``, the paper's tau). Much noise lets a network repair errors of its earlier
evaluations; a network that makes few does better with less than the SDE of ancestral sampling has.
"""

import math
from collections.abc import Callable
from typing import Any

from ..schedule import Schedule
from ..step import Step
from .chain import Update
from .denoiser import Array


def sa_solver_update(schedule: Schedule, eta: float, noise_scale: float = 1.0) -> Update:
    """Return the update of one process; it remembers the previous evaluation.

    ``eta = 0`` is the deterministic flow, ``eta = 1`` the SDE that ancestral sampling follows;
    above 1 more noise is removed and injected again. ``noise_scale`` multiplies the injected
    noise and leaves the rest of the update as it is.
    """
    previous: tuple[float, Array] | None = None  # lambda and x0_hat of the step before
    k = 1.0 + eta**2

    def update(step: Step, t_next: int, draw: Callable[[], Array]) -> Array:
        nonlocal previous
        if t_next == 0:
            return step.x0_hat  # the limit for sigma -> 0, first order
        alpha_bar_next = schedule.alpha_bar(t_next)
        alpha_next, sigma_next = math.sqrt(alpha_bar_next), math.sqrt(1.0 - alpha_bar_next)
        sigma = math.sqrt(1.0 - step.alpha_bar)
        now = math.log(math.sqrt(step.alpha_bar) / sigma)
        h = math.log(alpha_next / sigma_next) - now
        # Any: numpy's stubs call float32 * float a float64, which it is not (NEP 50)
        x_t: Any = step.x_t
        x0: Any = step.x0_hat
        # x0_hat, a line through the last two evaluations, integrated exactly over lambda:
        # k e^(-k (h - u)) weighs it, u = 0 … h (the paper's b coefficients at two steps)
        constant = -math.expm1(-k * h)
        prediction = constant * x0
        if previous is not None:
            slope = (h - constant / k) / (now - previous[0])
            prediction = (constant + slope) * x0 - slope * previous[1]
        previous = (now, step.x0_hat)
        x = (sigma_next / sigma * math.exp(-(eta**2) * h)) * x_t + alpha_next * prediction
        std = noise_scale * sigma_next * math.sqrt(-math.expm1(-2.0 * eta**2 * h))
        return x + std * draw() if std else x

    return update
