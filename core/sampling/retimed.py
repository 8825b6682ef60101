"""A network on another schedule than the one that it was trained with."""

import numpy as np

from ..array_types import Array
from ..schedule import Schedule
from .denoiser import Denoiser


def retimed(denoiser: Denoiser, schedule: Schedule, own: Schedule | None = None) -> Denoiser:
    """Return ``denoiser`` for the timesteps of ``schedule``.

    It is asked at the timestep of its ``own`` schedule (None: the linear one) whose log-SNR is
    nearest, since what it has to know is how noisy an image is.
    """
    theirs = _log_snr((own or Schedule()).alpha_bars[1:])
    wanted = _log_snr(schedule.alpha_bars[1:])
    nearest = np.rint(np.interp(-wanted, -theirs, np.arange(1.0, len(theirs) + 1))).astype(int)

    def ask(x_t: Array, timestep: int) -> Array:
        return denoiser(x_t, int(nearest[timestep - 1]))

    return ask


def _log_snr(alpha_bars: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> "np.ndarray":
    clipped = np.clip(alpha_bars, 1e-12, 1.0 - 1e-12)
    return np.log(clipped / (1.0 - clipped))
