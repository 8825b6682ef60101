"""The way between two images: spherical interpolation of noise, and pictures back to noise.

A deterministic sampler is a map from x_T to x_0, so that a way through the noise is a way through
the digits (Song, Meng & Ermon 2021, section 5.3). DDIM inversion is that map backwards.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..array_types import Array
from ..phases import phase_at
from ..schedule import Schedule
from ..step import Step
from .denoiser import Denoiser

_PARALLEL = 1e-6  # radians: straight lines below that
REFINEMENTS = 3
"""Evaluations of each step of an inversion."""


def spherical(a: Array, b: Array, share: float) -> Array:
    """Return the point at ``share`` (0: ``a``, 1: ``b``) of the arc between two images.

    Norms are interpolated with the angle, so that noise between two noises is as strong as they
    are; a straight line would leave it too weak. The ends are exact.
    """
    if share in (0.0, 1.0):
        return (b if share else a).copy()
    x, y = (image.astype(np.float64).ravel() for image in (a, b))
    cosine = float(x @ y) / max(1e-12, float(np.linalg.norm(x) * np.linalg.norm(y)))
    angle = float(np.arccos(np.clip(cosine, -1.0, 1.0)))
    if angle < _PARALLEL:
        way = (1.0 - share) * x + share * y
    else:
        way = (np.sin((1.0 - share) * angle) * x + np.sin(share * angle) * y) / np.sin(angle)
    return way.reshape(a.shape).astype(np.float32)


def invert_ddim(
    denoiser: Denoiser, x_0: Array, num_inference_steps: int, refinements: int = REFINEMENTS
) -> Iterator[Step]:
    """Yield the way of ``x_0`` ``[B, 28, 28]`` to the x_T that DDIM (eta 0) leads back to it.

    The records have rising t: the first is x_0 at t = 0 with eps zero, the last has ``t = T`` and
    the x_T. Each step solves the update of DDIM for the noisier image by fixed-point iteration,
    ``refinements`` evaluations each; with one it is the usual inversion, whose error grows with
    the size of the steps.

    Raises:
        ValueError: if ``num_inference_steps`` is not between 1 and T or ``refinements`` below 1.
    """
    if refinements < 1:
        raise ValueError(f"an inversion has at least 1 evaluation a step, not {refinements}")
    schedule = Schedule()
    timesteps = schedule.timesteps(num_inference_steps)[::-1]
    total = len(timesteps)
    x: Any = np.asarray(x_0, np.float32)
    yield Step(0, total, 0, 1.0, phase_at(0), x, x, np.zeros_like(x))
    eps, before = None, 1.0
    for index, t in enumerate(timesteps, 1):
        alpha_bar = schedule.alpha_bar(t)
        # DDIM goes from x_t to x = scale x_t + shift eps(x_t, t)
        scale = (before / alpha_bar) ** 0.5
        shift = (1.0 - before) ** 0.5 - scale * (1.0 - alpha_bar) ** 0.5
        x_t = x if eps is None else (x - shift * eps) / scale
        for _ in range(refinements):
            eps = denoiser(x_t, t)
            x_t = (x - shift * eps) / scale
        assert eps is not None
        x0_hat = schedule.predict_x0(x_t, eps, t)
        yield Step(index, total, t, alpha_bar, phase_at(t), x_t, x0_hat, eps)
        x, before = x_t, alpha_bar
