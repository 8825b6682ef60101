"""Blocks of the default UNet in numpy: norm, residual blocks and attention, for one image."""

import numpy as np

from ..array_types import Array
from ..models.film_constants import GROUPS, HEADS
from .numpy_convolutions import Shifted, Winograd
from .numpy_layers import Scratch, Tensors, silu_of_double, zeros

_EPSILON = 1e-5


class GroupNorm:
    """Group norm, then a scale and a shift for each channel, of ``[side, side, C]``.

    Means of pixels are products with 1 / pixels, and means of a group's channels a product with
    a block matrix; the variance is E[x²] - E[x]².
    """

    def __init__(self, scratch: Scratch, channels: int, side: int) -> None:
        size, image = channels // GROUPS, (side, side, channels)
        self._square, self.out, self.spare = scratch.take(image, image, image)
        self._square = self._square.reshape(-1, channels)
        self._average = np.full(side * side, 1 / side**2, np.float32)
        self._blocks = np.kron(np.eye(GROUPS), np.full((size, size), 1 / size)).astype(np.float32)
        self._of_channels, self._of_groups = zeros(2, channels), zeros(2, channels)
        self._factor, self._offset = zeros(channels), zeros(channels)
        # repeated for a row of pixels: numpy then loops over rows, not over pixels
        self._affine = zeros(2, side, channels)
        self._lines = self._affine.reshape(2, -1)

    def __call__(self, x: Array, scale: Array, shift: Array) -> Array:
        """Return ``(x - mean) / std * scale + shift``, in scratch memory."""
        flat = x.reshape(self._square.shape)
        np.multiply(flat, flat, out=self._square)
        np.dot(self._average, flat, out=self._of_channels[0])
        np.dot(self._average, self._square, out=self._of_channels[1])
        np.dot(self._of_channels, self._blocks, out=self._of_groups)
        mean, variance = self._of_groups
        np.multiply(mean, mean, out=self._factor)
        variance -= self._factor
        np.maximum(variance, 0.0, out=variance)  # rounding may take it below
        variance += _EPSILON
        np.sqrt(variance, out=variance)
        np.divide(scale, variance, out=self._factor)
        np.multiply(mean, self._factor, out=self._offset)
        np.subtract(shift, self._offset, out=self._offset)
        self._affine[0], self._affine[1] = self._factor, self._offset
        lines = self.out.reshape(len(x), -1)
        np.multiply(x.reshape(lines.shape), self._lines[0], out=lines)
        lines += self._lines[1]
        return self.out


class Residual:
    """A residual block with norms, ``[side, side, in]`` to ``[side, side, out]``."""

    def __init__(self, scratch: Scratch, tensors: Tensors, name: str, side: int) -> None:
        self._conv1 = Winograd(scratch, tensors, f"{name}.conv1", side)
        self._conv2 = Winograd(scratch, tensors, f"{name}.conv2", side)
        weight, bias = tensors[f"{name}.norm1.weight"], tensors[f"{name}.norm1.bias"]
        channels, out = len(weight), len(tensors[f"{name}.norm2.weight"])
        self._norm1 = GroupNorm(scratch, channels, side)
        self._norm2 = GroupNorm(scratch, out, side)
        self._scale1, self._shift1 = np.multiply(weight, 0.5), np.multiply(bias, 0.5)
        self._scale2, self._shift2 = zeros(out), zeros(out)
        self._skip = None
        if f"{name}.skip.weight" in tensors:
            self._skip = pointwise(tensors[f"{name}.skip.weight"])
            self._skip_bias = np.tile(tensors[f"{name}.skip.bias"], side)
        (self._skipped,) = scratch.take((side, side, out))
        self._out = zeros(side, side, out)

    def set_film(self, scale: Array, shift: Array) -> None:
        """Scale and shift what lies between the convolutions; both are halves."""
        self._scale2, self._shift2 = scale, shift

    def __call__(self, x: Array, out: Array | None = None) -> Array:
        """Return the block of ``x``, in ``out`` if that is given."""
        half = self._norm1(x, self._scale1, self._shift1)
        silu_of_double(half, self._norm1.spare, self._conv1.inside)
        half = self._norm2(self._conv1(), self._scale2, self._shift2)
        silu_of_double(half, self._norm2.spare, self._conv2.inside)
        h = self._conv2()
        return np.add(self._skip_of(x), h, out=self._out if out is None else out)

    def _skip_of(self, x: Array) -> Array:
        if self._skip is None:
            return x
        channels, out = self._skip.shape
        np.matmul(x.reshape(-1, channels), self._skip, out=self._skipped.reshape(-1, out))
        lines = self._skipped.reshape(len(x), -1)
        lines += self._skip_bias
        return self._skipped


class PlainResidual:
    """A residual block without norms, as many channels in as out."""

    def __init__(self, scratch: Scratch, tensors: Tensors, name: str, side: int) -> None:
        self._conv1 = Shifted(scratch, tensors, f"{name}.conv1", side)
        self._conv2 = Shifted(scratch, tensors, f"{name}.conv2", side)
        image = side, side, len(tensors[f"{name}.conv1.bias"])
        self._half, self._spare = scratch.take(image, image)
        self._film = zeros(2, *image[1:])  # repeated for a row of pixels
        self._lines = self._film.reshape(2, -1)

    def set_film(self, scale: Array, shift: Array) -> None:
        """Scale and shift what lies between the convolutions; both are halves."""
        self._film[0], self._film[1] = scale, shift

    def __call__(self, x: Array) -> Array:
        """Return the block of ``x`` ``[side, side, C]``."""
        np.multiply(x, 0.5, out=self._half)
        silu_of_double(self._half, self._spare, self._conv1.inside)
        lines = self._half.reshape(len(x), -1)
        np.multiply(self._conv1().reshape(lines.shape), self._lines[0], out=lines)
        lines += self._lines[1]
        silu_of_double(self._half, self._spare, self._conv2.inside)
        h = self._conv2()
        h += x
        return h


class Attention:
    """Self-attention over the pixels, added to its input ``[side, side, C]``.

    Queries are packed with softmax's scale. Values have one more channel for each head, always
    1: the sum of its weights is what softmax divides by, fewer divisions after the product than
    before.
    """

    def __init__(self, scratch: Scratch, tensors: Tensors, side: int) -> None:
        self._weight, self._bias = tensors["attention.norm.weight"], tensors["attention.norm.bias"]
        channels, pixels = len(self._weight), side * side
        each = channels // HEADS
        self._norm = GroupNorm(scratch, channels, side)
        self._columns, offsets = _packed(tensors, each)
        self._offsets = np.tile(offsets, (pixels, 1))
        self._qkv = np.empty_like(self._offsets)
        q, k, v = np.split(self._qkv, [channels, 2 * channels], axis=1)
        self._queries = q.reshape(pixels, HEADS, each).transpose(1, 0, 2)  # [heads, pixels, C]
        self._keys = k.reshape(pixels, HEADS, each).transpose(1, 2, 0)  # [heads, C, pixels]
        self._values = v.reshape(pixels, HEADS, each + 1).transpose(1, 0, 2)
        self._weights, self._largest = zeros(HEADS, pixels, pixels), zeros(HEADS, pixels, 1)
        self._found = zeros(HEADS, pixels, each + 1)
        self._joined = zeros(pixels, channels)
        self._by_head = self._joined.reshape(pixels, HEADS, each).transpose(1, 0, 2)
        self._project = pointwise(tensors["attention.project.weight"])
        self._project_bias = np.tile(tensors["attention.project.bias"], (pixels, 1))
        self._out = zeros(side, side, channels)

    def __call__(self, x: Array) -> Array:
        """Return ``x`` plus what attention adds."""
        normal = self._norm(x, self._weight, self._bias)
        np.matmul(normal.reshape(self._joined.shape), self._columns, out=self._qkv)
        self._qkv += self._offsets
        np.matmul(self._queries, self._keys, out=self._weights)
        np.max(self._weights, axis=-1, keepdims=True, out=self._largest)
        self._weights -= self._largest  # so that exp can't overflow
        np.exp(self._weights, out=self._weights)
        np.matmul(self._weights, self._values, out=self._found)
        np.divide(self._found[..., :-1], self._found[..., -1:], out=self._by_head)
        out = self._out.reshape(self._joined.shape)
        np.matmul(self._joined, self._project, out=out)
        out += self._project_bias
        self._out += x
        return self._out


def pointwise(weight: Array) -> Array:
    """Return a 1 x 1 kernel ``[out, in, 1, 1]`` as a matrix ``[in, out]``."""
    return np.ascontiguousarray(weight[:, :, 0, 0].T)


def _packed(tensors: Tensors, each: int) -> tuple[Array, Array]:
    """Return ``[C, 2 C + heads (each + 1)]`` and a bias: queries, keys, values with the ones."""
    q, k, v = np.split(pointwise(tensors["attention.qkv.weight"]), 3, axis=1)
    q_bias, k_bias, v_bias = np.split(tensors["attention.qkv.bias"], 3)
    scale = np.float32(each**-0.5)
    values, value_bias = zeros(len(v), HEADS, each + 1), np.ones((HEADS, each + 1), np.float32)
    values[..., :each] = v.reshape(len(v), HEADS, each)
    value_bias[:, :each] = v_bias.reshape(HEADS, each)
    columns = np.concatenate([q * scale, k, values.reshape(len(v), -1)], axis=1)
    return columns, np.concatenate([q_bias * scale, k_bias, value_bias.reshape(-1)])
