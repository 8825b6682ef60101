"""Any noise schedule on the timesteps 1 to 1000 that samplers and screens know."""

import math
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import DiffvizError
from ..names import NUM_TIMESTEPS, suggestion
from ..schedule import Schedule

Numbers = NDArray[np.float64]

_LEAST = 1e-8  # alpha_bar of pure noise, which has to be above 0; and 1 - alpha_bar of an image
_NAMES = ("linear", "cosine")


class OwnSchedule(Schedule):
    """A schedule given by alpha_bar at each timestep.

    Timesteps are 1 to 1000 whatever the model's are; ``times`` are those that the model gets.
    """

    def __init__(self, alpha_bars: Numbers, times: Numbers, *, flow: bool = False) -> None:
        """Make the schedule of alpha_bar and the model's time at 0 … 1000, each ``[1001]``."""
        super().__init__()
        self.flow = flow
        self.times = times
        self.clips = False  # pyright: ignore[reportAttributeAccessIssue]
        self.spacing, self.steps_offset = "", 0
        """How the timesteps of a few steps are chosen: as in diffusers, or evenly if empty."""
        self._alpha_bars = np.clip(alpha_bars, _LEAST, 1.0 - _LEAST)
        self._alpha_bars[0] = 1.0

    @cached_property
    def alpha_bars(self) -> Numbers:
        """alpha_bar at t = 0 … 1000; shape ``[1001]``."""
        return self._alpha_bars

    @cached_property
    def betas(self) -> Numbers:
        """``beta_0 … beta_T``, with ``beta_0 = 0``; shape ``[T + 1]``."""
        ratios = self._alpha_bars[1:] / self._alpha_bars[:-1]
        return np.concatenate([np.zeros(1), 1.0 - ratios])

    def noise_scale(self, timestep: int) -> tuple[float, float]:
        """Return the factors of the image and of the noise in what the model is given."""
        if self.flow:
            s = float(self.times[timestep])
            return 1.0 - s, s
        alpha_bar = self.alpha_bar(timestep)
        return alpha_bar**0.5, (1.0 - alpha_bar) ** 0.5

    def timesteps(self, num_inference_steps: int) -> list[int]:
        """Return the visited timesteps, falling: evenly spaced, or as the ``spacing`` says.

        Raises:
            ValueError: if ``num_inference_steps`` is not between 1 and 1000.
        """
        even = super().timesteps(num_inference_steps)
        n, total = num_inference_steps, self.num_train_timesteps
        match self.spacing:
            case "leading":
                indices = np.arange(n)[::-1] * (total // n) + self.steps_offset
            case "trailing":
                indices = np.round(total - np.arange(n) * (total / n)) - 1
            case "linspace":
                indices = np.round(np.linspace(total - 1, 0, n))
            case _:
                return even
        return [min(total, int(index) + 1) for index in indices]


def make_schedule(given: Any, *, flow: bool = False) -> OwnSchedule:
    """Return a schedule from what a model gives (see ``Model.schedule``).

    Raises:
        DiffvizError: if it is none.
    """
    if flow:
        return flow_schedule()
    if isinstance(given, OwnSchedule):
        return given
    if isinstance(given, Schedule):
        return table_schedule(given.alpha_bars[1:])
    if isinstance(given, str):
        if given not in _NAMES:
            raise DiffvizError(f"unknown schedule '{given}': {suggestion(given, _NAMES)}")
        return table_schedule(Schedule().alpha_bars[1:] if given == "linear" else cosine())
    if hasattr(given, "detach"):
        given = given.detach().cpu().numpy()
    try:
        table = np.asarray(given, np.float64)
    except (TypeError, ValueError):
        table = np.zeros(0)
    falls = table.ndim == 1 and len(table) > 1 and bool((np.diff(table) < 0).all())
    if not falls or not 0.0 <= table[-1] < table[0] <= 1.0:
        raise DiffvizError(
            "a schedule is linear, cosine, a diffviz.Schedule, or alpha_bar of each timestep, "
            "falling from at most 1 to at least 0"
        )
    return table_schedule(table)


def table_schedule(alpha_bars: Numbers) -> OwnSchedule:
    """Return the schedule of a model with alpha_bar ``[T]`` at its timesteps 0 … T - 1.

    Where T isn't 1000, log-SNR is interpolated, and the model gets the nearest timestep.
    """
    number = len(alpha_bars)
    if number == NUM_TIMESTEPS:
        whole = np.concatenate([np.ones(1), alpha_bars])
        return OwnSchedule(whole, np.arange(-1.0, NUM_TIMESTEPS))
    clipped = np.clip(alpha_bars, _LEAST, 1.0 - _LEAST)
    log_snr = np.log(clipped / (1.0 - clipped))
    places = np.arange(NUM_TIMESTEPS + 1) * number / NUM_TIMESTEPS
    inside = np.interp(places, np.arange(1, number + 1), log_snr)
    # before the model's first timestep, on to twice its distance from a clean image
    first = places < 1.0
    inside[first] = log_snr[0] + (1.0 - places[first]) * math.log(2.0)
    times = np.clip(np.rint(places) - 1, 0, number - 1)
    return OwnSchedule(1.0 / (1.0 + np.exp(-inside)), times)


def flow_schedule(shift: float = 1.0) -> OwnSchedule:
    """Return the schedule of ``x_t = (1 - s) x0 + s eps``, scaled to unit variance.

    ``shift`` moves the steps towards the noise, as in diffusers.
    """
    s = np.arange(NUM_TIMESTEPS + 1) / NUM_TIMESTEPS
    s = shift * s / (1.0 + (shift - 1.0) * s)
    return OwnSchedule((1.0 - s) ** 2 / ((1.0 - s) ** 2 + s**2), s, flow=True)


def cosine(number: int = NUM_TIMESTEPS) -> Numbers:
    """Return alpha_bar of the cosine schedule (Nichol & Dhariwal 2021, eq. 17), ``[T]``."""
    places = np.cos((np.arange(number + 1) / number + 0.008) / 1.008 * math.pi / 2) ** 2
    betas = np.minimum(0.999, 1.0 - places[1:] / places[:-1])
    return np.cumprod(1.0 - betas, dtype=np.float64)
