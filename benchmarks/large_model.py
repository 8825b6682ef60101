"""A model of 256 x 256 pixels in colour, without a network: for the slow link.

python -m benchmarks.link --seconds 25 --speed 10 -- --model benchmarks/large_model.py:MODEL

Its x0_hat moves at every step, so that every frame has something to send.
"""

import numpy as np

import diffviz

_SIDE = 256
_Y, _X = np.mgrid[0:_SIDE, 0:_SIDE].astype(np.float32) / _SIDE
_ALPHA_BARS = diffviz.Schedule().alpha_bars


def denoiser(x_t, t):
    """Return the noise in ``x_t`` ``[B, 3, 256, 256]`` at timesteps ``t`` (0 … 999)."""
    alpha_bar = np.float32(_ALPHA_BARS[t[0] + 1])
    return (x_t - alpha_bar**0.5 * _waves(float(t[0]) / 150)) / (1 - alpha_bar) ** 0.5


def _waves(shift: float) -> np.ndarray:
    red = np.sin(9 * _X + shift) * np.cos(7 * _Y)
    green = np.cos(11 * (_X - _Y) + shift)
    return np.stack([red, green, np.sin(5 * _X * _Y + shift)])[None].astype(np.float32)


MODEL = diffviz.Model(denoiser, (3, _SIDE, _SIDE), name="large")
