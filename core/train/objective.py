"""Weights of the timesteps in the training objective."""

import numpy as np
from numpy.typing import NDArray

from ..schedule import Schedule

_NORMAL = {"focus": (0.5, 2.2), "noisy": (-2.0, 2.5)}
"""Mean and standard deviation of the weight of the error of v over log SNR."""


def timestep_weights(weighting: str, schedule: Schedule | None = None) -> NDArray[np.float64]:
    """Return the factor of the squared error of eps at t = 0 … T; mean 1 over 1 … T.

    ``none`` is the paper's simple objective (eq. 14). Most of that error is at small t, where
    a small network gains little for the digit's shape. ``sigmoid`` is
    ``sigmoid(2 - log SNR)`` (after Kingma & Gao 2023): it reduces the weight of small t. ``focus``
    weighs the error of v (``1 / alpha_bar`` times that of eps) with a normal distribution over
    log SNR of mean 0.5 and standard deviation 2.2 (after Karras et al. 2022); ``noisy`` does so
    with mean -2 and standard deviation 2.5, for the timesteps at which a digit gets its shape.

    Raises:
        ValueError: if there is no such weighting.
    """
    schedule = schedule or Schedule()
    alpha_bars = schedule.alpha_bars[1:]
    log_snr = np.log(alpha_bars) - np.log1p(-alpha_bars)
    if weighting == "none":
        weights = np.ones_like(log_snr)
    elif weighting == "sigmoid":
        weights = 1.0 / (1.0 + np.exp(log_snr - 2.0))
    elif weighting in _NORMAL:
        mean, deviation = _NORMAL[weighting]
        density = np.exp(-0.5 * ((log_snr - mean) / deviation) ** 2)
        # uniform t visits log SNR with the density 1 / |d log SNR / dt|
        weights = density * np.abs(np.gradient(log_snr)) / alpha_bars
    else:
        raise ValueError(f"unknown weighting '{weighting}'")
    return np.concatenate([[0.0], weights / weights.mean()])
