"""The write-up's UNet in numpy (``models/reference_unet.py``), one image at a time."""

import numpy as np

from ..array_types import Array
from ..names import NO_LABEL, SIDE
from .numpy_convolutions import Doubling, Planar, Winograd
from .numpy_layers import (
    Scratch,
    Tensors,
    gelu_of_double,
    linear,
    zeros,
)
from .sinusoids import sinusoids

_HALF, _QUARTER = SIDE // 2, SIDE // 4


class ReferenceUNet:
    """Predicts the noise in one image; the timestep is set for as many images as have it.

    Convolutions give half of their result, which is what :func:`gelu_of_double` takes.
    """

    def __init__(self, tensors: Tensors) -> None:
        """Prepare for trained ``tensors`` named as the PyTorch module's."""
        time = _gelu(linear(sinusoids(256), tensors, "time"))
        self._times = linear(time, tensors, "time_to_bottleneck")
        fine, middle, coarse = (len(tensors[f"{n}.bias"]) for n in ("conv1", "conv2", "bottleneck"))
        self._scratch = scratch = Scratch()
        self._conv1 = Planar(tensors, "conv1", 0.5)
        self._conv2 = Winograd(scratch, tensors, "conv2", _HALF, 0.5)
        self._bottleneck = Winograd(scratch, tensors, "bottleneck", _QUARTER, 0.5)
        self._conv3 = Winograd(scratch, tensors, "conv3", _HALF, 0.5)
        self._conv4 = Winograd(scratch, tensors, "conv4", SIDE, 0.5)
        doubled1, self._skip2 = np.split(self._conv3.inside, [-middle], axis=-1)
        doubled2, self._skip1 = np.split(self._conv4.inside, [-fine], axis=-1)
        self._up1 = Doubling(scratch, tensors, "up1", _QUARTER, doubled1)
        self._up2 = Doubling(scratch, tensors, "up2", _HALF, doubled2)
        self._output, self._bias = tensors["output.weight"].reshape(-1), tensors["output.bias"]
        self._coarse = zeros(_QUARTER, _QUARTER, coarse)
        self._middle, self._fine = zeros(_HALF, _HALF, middle), zeros(SIDE, SIDE, fine)
        self._time = self._times[0]

    def set_timestep(self, timestep: int, label: int = NO_LABEL) -> None:
        """Make ``timestep`` (1 … T) that of the images to come; there are no labels."""
        self._time = self._times[timestep - 1]

    def __call__(self, x: Array, eps: Array) -> None:
        """Put the noise in ``x`` ``[28, 28]`` into ``eps``."""
        self._conv1.inside[0] = x
        self._activate(self._conv1(), self._skip1)
        self._halve(self._skip1, self._conv2.inside)
        self._activate(self._conv2(), self._skip2)
        self._halve(self._skip2, self._bottleneck.inside)
        self._activate(self._bottleneck(), self._coarse)
        self._coarse += self._time
        self._up1(self._coarse)
        self._activate(self._conv3(), self._middle)
        self._up2(self._middle)
        self._activate(self._conv4(), self._fine)
        np.matmul(self._fine.reshape(SIDE * SIDE, -1), self._output, out=eps.reshape(-1))
        eps += self._bias

    def _activate(self, half: Array, out: Array) -> None:
        square, spare = self._scratch.take(half.shape, half.shape)
        gelu_of_double(half, square, spare, out)

    def _halve(self, x: Array, out: Array) -> None:
        """Put the largest of each 2 x 2 pixels into ``out``."""
        height, width, channels = x.shape
        (rows,) = self._scratch.take((height // 2, width, channels))
        np.maximum(x[0::2], x[1::2], out=rows)
        np.maximum(rows[:, 0::2], rows[:, 1::2], out=out)


def _gelu(x: Array) -> Array:
    out = np.empty_like(x)
    gelu_of_double(np.multiply(x, 0.5), np.empty_like(x), np.empty_like(x), out)
    return out
