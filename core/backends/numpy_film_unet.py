"""The default UNet in numpy (``models/film_unet.py``), one image at a time."""

import math

import numpy as np

from ..array_types import Array
from ..models.film_constants import (
    FEATURE_LIMIT,
    GREY_SPREAD,
    GREYS,
    TIME_FEATURES,
    WHITE,
    WHITE_SPREAD,
    WIDTHS,
)
from ..names import NO_LABEL, SIDE
from ..schedule import Schedule
from .numpy_convolutions import Doubling, Halving, Planar, Shifted
from .numpy_film_blocks import Attention, PlainResidual, Residual
from .numpy_layers import (
    Scratch,
    Tensors,
    linear,
    silu_of_double,
    zeros,
)
from .sinusoids import label_features, sinusoids

_FINE, _MIDDLE, _COARSE = WIDTHS
_HALF, _QUARTER = SIDE // 2, SIDE // 4
# name, channels out, whether its inner norm is there
_BLOCKS = (
    ("encoder", _MIDDLE, True),
    ("bottleneck", _COARSE, True),
    ("decoder1", _MIDDLE, True),
    ("decoder2", _FINE, False),
)


class FilmUNet:
    """Predicts the noise in one image; the timestep is set for as many images as have it."""

    def __init__(self, tensors: Tensors) -> None:
        """Prepare for trained ``tensors`` named as the PyTorch module's."""
        alpha_bars = Schedule().alpha_bars[1:]
        self._signals, self._noise_stds = np.sqrt(alpha_bars), np.sqrt(1 - alpha_bars)
        self._tensors = tensors
        self._films: dict[int, list[tuple[Array, Array]]] = {}  # by label
        scratch = Scratch()
        self._joined = zeros(_HALF, _HALF, 2 * _MIDDLE)
        doubled, self._skip2 = np.split(self._joined, 2, axis=-1)
        self._fine = zeros(SIDE, SIDE, _FINE)
        self._stem = Planar(tensors, "stem")
        self._down1 = Halving(scratch, tensors, "down1", SIDE)
        self._encoder = Residual(scratch, tensors, "encoder", _HALF)
        self._down2 = Halving(scratch, tensors, "down2", _HALF)
        self._bottleneck = Residual(scratch, tensors, "bottleneck", _QUARTER)
        self._attention = Attention(scratch, tensors, _QUARTER)
        self._up1 = Doubling(scratch, tensors, "up1", _QUARTER, doubled)
        self._decoder1 = Residual(scratch, tensors, "decoder1", _HALF)
        self._up2 = Doubling(scratch, tensors, "up2", _HALF, self._fine)
        self._decoder2 = PlainResidual(scratch, tensors, "decoder2", SIDE)
        self._output = Shifted(scratch, tensors, "output", SIDE)
        self._posterior = _Posterior()
        self._half, self._spare = scratch.take(self._fine.shape, self._fine.shape)
        self._signal = self._noise_std = 1.0
        self.set_timestep(1)

    def set_timestep(self, timestep: int, label: int = NO_LABEL) -> None:
        """Make ``timestep`` (1 … T) and ``label`` those of the images to come."""
        if label not in self._films:
            self._films[label] = _film_tables(self._tensors, label)
        self._signal = float(self._signals[timestep - 1])
        self._noise_std = float(self._noise_stds[timestep - 1])
        blocks = self._encoder, self._bottleneck, self._decoder1, self._decoder2
        for block, (scales, shifts) in zip(blocks, self._films[label], strict=True):
            block.set_film(scales[timestep - 1], shifts[timestep - 1])

    def __call__(self, x: Array, eps: Array) -> None:
        """Put the noise in ``x`` ``[28, 28]`` into ``eps``."""
        gain = self._signal / self._noise_std
        planes = self._stem.inside
        planes[0] = x
        scaled = self._posterior.scaled
        np.multiply(x, 1 / self._noise_std, out=scaled)
        np.add(scaled, gain, out=planes[1])  # if black
        np.subtract(scaled, gain, out=planes[2])  # if white
        np.clip(planes[1:], -FEATURE_LIMIT, FEATURE_LIMIT, out=planes[1:])

        skip1 = self._stem()
        np.copyto(self._down1.inside, skip1)
        self._encoder(self._down1(), self._skip2)
        np.copyto(self._down2.inside, self._skip2)
        self._up1(self._attention(self._bottleneck(self._down2())))
        self._up2(self._decoder1(self._joined))
        self._fine += skip1
        h = self._decoder2(self._fine)
        np.multiply(h, 0.5, out=self._half)
        silu_of_double(self._half, self._spare, self._output.inside)
        self._posterior(self._output(), gain, eps)


def _film_tables(tensors: Tensors, label: int) -> list[tuple[Array, Array]]:
    """Return each block's scales and shifts ``[1000, C]``, its norm's own folded in, halved.

    Halved because what follows is :func:`silu_of_double`.
    """
    h = linear(_silu(linear(sinusoids(TIME_FEATURES), tensors, "time.0")), tensors, "time.2")
    row = label_features(tensors, label)
    h = _silu(h if row is None else h + row)
    tables = []
    for name, width, normalise in _BLOCKS:
        values = linear(h, tensors, f"{name}.film")
        scale, shift = 1 + values[:, :width], values[:, width:]
        if normalise:
            shift = shift + scale * tensors[f"{name}.norm2.bias"]
            scale = scale * tensors[f"{name}.norm2.weight"]
        tables.append((scale / 2, shift / 2))
    return tables


def _silu(x: Array) -> Array:
    out = np.empty_like(x)
    silu_of_double(np.multiply(x, 0.5), np.empty_like(x), out)
    return out


class _Posterior:
    """E[eps | x_t] where each clean pixel follows the predicted mixture.

    The equations are those of ``_posterior_eps`` in ``models/film_unet.py``, here in units of
    sigma: of each component the distance ``d = (x_t - a m) / sigma``, the variance ``v = 1 +
    (a s / sigma)²`` and the ratio ``r = d / v``. Then eps is the mean of r with weights
    ``softmax(logits - (d r + log v) / 2)``.
    """

    def __init__(self) -> None:
        self.scaled = zeros(SIDE, SIDE)
        """``x_t / sigma``, to be put here before a call."""
        components = 2 + GREYS
        self._mixture = zeros(2 + 3 * GREYS, SIDE, SIDE)
        parts = np.split(self._mixture, [components, components + GREYS])
        self._logits, self._means, self._spreads = parts
        self._distances = zeros(components, SIDE, SIDE)
        self._ratios = zeros(components, SIDE, SIDE)
        self._variances = zeros(GREYS, SIDE, SIDE)
        self._row = zeros(SIDE, SIDE)

    def __call__(self, mixture: Array, gain: float, eps: Array) -> None:
        """Put eps into ``eps`` ``[28, 28]``; ``mixture`` is ``[28, 28, 2 + 3 GREYS]``.

        ``gain`` is a / sigma, the signal's part over the noise's.
        """
        np.copyto(self._mixture, mixture.transpose(2, 0, 1))
        distances, ratios, variances = self._distances, self._ratios, self._variances
        self._find_variances(gain)
        white = 1.0 + (gain * WHITE_SPREAD) ** 2
        np.add(self.scaled, gain, out=distances[0])
        np.subtract(self.scaled, WHITE * gain, out=distances[1])
        np.multiply(self._means, gain, out=distances[2:])
        np.subtract(self.scaled, distances[2:], out=distances[2:])
        ratios[0] = distances[0]
        np.multiply(distances[1], 1.0 / white, out=ratios[1])
        np.divide(distances[2:], variances, out=ratios[2:])

        exponents = np.multiply(distances, ratios, out=distances)
        exponents[1] += math.log(white)
        exponents[2:] += np.log(variances, out=variances)
        exponents *= 0.5
        np.subtract(self._logits, exponents, out=exponents)
        exponents -= np.max(exponents, axis=0, out=self._row)
        weights = np.exp(exponents, out=exponents)
        np.sum(weights, axis=0, out=self._row)
        ratios *= weights
        np.sum(ratios, axis=0, out=eps)
        eps /= self._row

    def _find_variances(self, gain: float) -> None:
        """Put v of the greys into their array.

        Their spread is ``low + (high - low) sigmoid(s - 1)``, and sigmoid(z) is ``(1 +
        tanh(z / 2)) / 2``, which can't overflow.
        """
        low, high = GREY_SPREAD
        spreads, variances = self._spreads, self._variances
        spreads -= 1.0
        spreads *= 0.5
        np.tanh(spreads, out=variances)
        variances *= gain * (high - low) / 2
        variances += gain * (high + low) / 2
        np.multiply(variances, variances, out=variances)
        variances += 1.0
