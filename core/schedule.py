"""The noise schedule and the closed forms that follow from it (Ho et al. 2020)."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from .array_types import Array
from .names import NUM_TIMESTEPS


@dataclass(frozen=True)
class Schedule:
    """The linear schedule: ``beta_1 = beta_start`` to ``beta_T = beta_end``.

    Timesteps run from 1 (almost clean) to ``num_train_timesteps`` (almost pure noise), and
    ``alpha_bar`` is 1 at timestep 0. Coefficients are 64-bit, converted to Python
    floats before they multiply float32 images, so the images stay float32.
    """

    clips: ClassVar[bool] = False
    """Whether x0_hat is clipped to [-1, 1] before it counts."""

    num_train_timesteps: int = NUM_TIMESTEPS
    beta_start: float = 1e-4
    beta_end: float = 0.02

    @cached_property
    def betas(self) -> NDArray[np.float64]:
        """``beta_0 … beta_T``, with ``beta_0 = 0``; shape ``[T + 1]``."""
        linear = np.linspace(
            self.beta_start, self.beta_end, self.num_train_timesteps, dtype=np.float64
        )
        return np.concatenate([np.zeros(1), linear])

    @cached_property
    def alpha_bars(self) -> NDArray[np.float64]:
        """``prod_{s <= t} (1 - beta_s)`` for t = 0 … T; shape ``[T + 1]``."""
        return np.cumprod(1.0 - self.betas, dtype=np.float64)

    def alpha_bar(self, timestep: int) -> float:
        """Return the share of signal variance left at ``timestep`` (1 at 0)."""
        return float(self.alpha_bars[timestep])

    def add_noise(self, x_0: Array, eps: Array, timestep: int) -> Array:
        """Return x_t drawn from q(x_t | x_0) (eq. 4).

        ``x_t = sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) eps``; shapes are equal.
        """
        alpha_bar = self.alpha_bar(timestep)
        return alpha_bar**0.5 * x_0 + (1.0 - alpha_bar) ** 0.5 * eps

    def predict_x0(self, x_t: Array, eps: Array, timestep: int) -> Array:
        """Return x0_hat, eq. 4 solved for x_0 (also eq. 15); unclipped."""
        alpha_bar = self.alpha_bar(timestep)
        x_0 = (1.0 - alpha_bar) ** 0.5 * eps
        np.subtract(x_t, x_0, out=x_0)
        x_0 *= 1.0 / alpha_bar**0.5
        return x_0

    def timesteps(self, num_inference_steps: int) -> list[int]:
        """Return the visited timesteps, evenly spaced and falling from T to 1.

        Raises:
            ValueError: if ``num_inference_steps`` is not between 1 and T.
        """
        total = self.num_train_timesteps
        if not 1 <= num_inference_steps <= total:
            raise ValueError(
                f"the number of steps must be from 1 to {total}, not {num_inference_steps}"
            )
        if num_inference_steps == 1:
            return [total]
        spaced = np.linspace(total, 1, num_inference_steps)
        return [int(t) for t in np.rint(spaced)]
