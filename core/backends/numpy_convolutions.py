"""Convolutions in plain numpy over BLAS, for one image, with memory that is reused.

In ``[H, W, C]`` the three pixels that a row of a 3 x 3 kernel meets are 3 C consecutive numbers,
cheap to set side by side; everything else is matrix products ``[H W, K] @ [K, out]``. A batch is
computed image by image: what one image needs stays in a core's cache (four or eight at once were
no faster), and a digit doesn't depend on those beside it at all.

Each layer is made from trained tensors in PyTorch's layout, with the arrays it computes in. One
that reads an image through 3 x 3 windows has ``inside``, the array to put that image into; around
it lies a border of zeros. What a layer returns is valid until it is called again.
"""

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ..array_types import Array
from ..names import SIDE
from .numpy_layers import Scratch, Tensors, zeros


def kernel_rows(weight: Array) -> Array:
    """Return a kernel ``[out, in, 3, 3]`` as ``[3, 3 in, out]``: a matrix for each of its rows."""
    out, channels = weight.shape[:2]
    return np.ascontiguousarray(weight.transpose(2, 3, 1, 0).reshape(3, 3 * channels, out))


class Winograd:
    """A 3 x 3 convolution, two rows of pixels at a time with four products instead of six.

    Winograd's F(2, 3) along y only. With input rows d0 … d3 and kernel rows g0 … g2,

        m0 = (d0 - d2) g0                   m1 = (d1 + d2) (g0 + g1 + g2) / 2
        m3 = (d1 - d3) g2                   m2 = (d2 - d1) (g0 - g1 + g2) / 2

    give the two output rows m0 + m1 + m2 and m1 - m2 - m3. Along x as well there would be fewer
    products still, but the sums then take as long as they save.
    """

    def __init__(
        self, scratch: Scratch, tensors: Tensors, name: str, side: int, factor: float = 1.0
    ) -> None:
        """Prepare for ``factor`` times the layer called ``name``, at ``side x side`` pixels."""
        weight, bias = tensors[f"{name}.weight"], tensors[f"{name}.bias"]
        channels, pairs, self._side = weight.shape[1], (side + 1) // 2, side
        g0, g1, g2 = kernel_rows(weight).astype(np.float64)
        kernels = np.stack([g0, (g0 + g1 + g2) / 2, (g0 - g1 + g2) / 2, g2]) * factor
        self._kernels = kernels.astype(np.float32)
        padded = zeros(2 * pairs + 2, side + 2, channels)
        self.inside = padded[1 : side + 1, 1:-1]
        self._rows = [padded[i : i + 2 * pairs - 1 : 2] for i in range(4)]
        self._sums, self._columns, self._products, self._spare = scratch.take(
            (pairs, side + 2, channels),
            (pairs, side, 3 * channels),
            (4, pairs * side, len(bias)),
            (pairs, side * len(bias)),
        )
        self._windows = windows(self._sums)
        self._matrices = self._columns.reshape(pairs * side, 3 * channels)
        self._m = self._products.reshape(4, pairs, side * len(bias))
        # it is added to m1, which reaches both rows
        self._bias = np.tile(bias * np.float32(factor), side)
        self._out = zeros(pairs, 2, side * len(bias))

    def __call__(self) -> Array:
        """Return the convolution of what is ``inside``, ``[side, side, out]``."""
        d0, d1, d2, d3 = self._rows
        self._multiply(0, np.subtract, d0, d2)
        self._multiply(1, np.add, d1, d2)
        self._multiply(2, np.subtract, d2, d1)
        self._multiply(3, np.subtract, d1, d3)
        m0, m1, m2, m3 = self._m
        m1 += self._bias
        np.add(m1, m2, out=self._spare)
        np.add(m0, self._spare, out=self._out[:, 0])
        np.subtract(m1, m2, out=self._spare)
        np.subtract(self._spare, m3, out=self._out[:, 1])
        return self._out.reshape(-1, self._side, self._products.shape[-1])[: self._side]

    def _multiply(self, i: int, combine: np.ufunc, first: Array, second: Array) -> None:
        """Compute the i-th product, all of them in the same small memory."""
        combine(first, second, out=self._sums)
        np.copyto(self._columns, self._windows)
        np.matmul(self._matrices, self._kernels[i], out=self._products[i])


def windows(image: Array) -> Array:
    """Return ``[..., W + 2, C]`` as ``[..., W, 3 C]``: three pixels side by side, not copied."""
    *leading, width, channels = image.shape
    return as_strided(image, (*leading, width - 2, 3 * channels), image.strides, writeable=False)


class Shifted:
    """A 3 x 3 convolution as three products, one for each row of the kernel.

    For few channels, where Winograd's sums cost more than they save.
    """

    def __init__(
        self, scratch: Scratch, tensors: Tensors, name: str, side: int, factor: float = 1.0
    ) -> None:
        """Prepare for ``factor`` times the layer called ``name``, at ``side x side`` pixels."""
        weight, bias = tensors[f"{name}.weight"], tensors[f"{name}.bias"]
        self._kernels = kernel_rows(weight) * np.float32(factor)
        padded = zeros(side + 2, side + 2, weight.shape[1])
        self.inside = padded[1:-1, 1:-1]
        self._windows = windows(padded)
        self._columns, self._spare = scratch.take(self._windows.shape, (side * side, len(bias)))
        self._rows = [self._columns[i : i + side].reshape(side * side, -1) for i in range(3)]
        self._bias = np.tile(bias * np.float32(factor), side)
        self._out = zeros(side, side, len(bias))

    def __call__(self) -> Array:
        """Return the convolution of what is ``inside``, ``[side, side, out]``."""
        np.copyto(self._columns, self._windows)
        out = self._out.reshape(self._spare.shape)
        np.matmul(self._rows[0], self._kernels[0], out=out)
        for row, kernel in zip(self._rows[1:], self._kernels[1:], strict=True):
            np.matmul(row, kernel, out=self._spare)
            out += self._spare
        lines = self._out.reshape(len(self._out), -1)
        lines += self._bias
        return self._out


class Halving:
    """A 3 x 3 convolution of stride 2: one product of the pixels under each window."""

    def __init__(self, scratch: Scratch, tensors: Tensors, name: str, side: int) -> None:
        """Prepare for the layer called ``name``, from ``side x side`` pixels to half of that."""
        weight, bias = tensors[f"{name}.weight"], tensors[f"{name}.bias"]
        channels, half = weight.shape[1], side // 2
        self._kernel = kernel_rows(weight).reshape(9 * channels, -1)
        padded = zeros(side + 2, side + 2, channels)
        self.inside = padded[1:-1, 1:-1]
        row, pixel, number = padded.strides
        self._windows = as_strided(
            padded,
            (half, half, 3, 3 * channels),
            (2 * row, 2 * pixel, row, number),
            writeable=False,
        )
        (self._columns,) = scratch.take(self._windows.shape)
        self._matrix = self._columns.reshape(half * half, -1)
        self._bias = np.tile(bias, half)
        self._out = zeros(half, half, len(bias))

    def __call__(self) -> Array:
        """Return the convolution of what is ``inside``, ``[side / 2, side / 2, out]``."""
        np.copyto(self._columns, self._windows)
        half = len(self._out)
        np.matmul(self._matrix, self._kernel, out=self._out.reshape(half * half, -1))
        lines = self._out.reshape(half, -1)
        lines += self._bias
        return self._out


class Planar:
    """The first 3 x 3 convolution, of few planes ``[C, 28, 28]``: one product.

    Pixels of one plane side by side are longer than the channels of a pixel here.
    """

    def __init__(self, tensors: Tensors, name: str, factor: float = 1.0) -> None:
        """Prepare for ``factor`` times the layer called ``name``."""
        weight, bias = tensors[f"{name}.weight"], tensors[f"{name}.bias"]
        channels = weight.shape[1]
        rows = [weight.reshape(len(bias), -1).T, bias[None]]
        self._kernel = np.ascontiguousarray(np.concatenate(rows)) * np.float32(factor)
        padded = zeros(channels, SIDE + 2, SIDE + 2)
        self.inside = padded[:, 1:-1, 1:-1]
        plane, row, pixel = padded.strides
        self._windows = as_strided(
            padded,
            (channels, 3, 3, SIDE, SIDE),
            (plane, row, pixel, row, pixel),
            writeable=False,
        )
        self._matrix = np.ones((9 * channels + 1, SIDE * SIDE), np.float32)  # the last for the bias
        self._columns = self._matrix[:-1].reshape(self._windows.shape)
        self._out = zeros(SIDE, SIDE, len(bias))

    def __call__(self) -> Array:
        """Return the convolution of what is ``inside``, ``[28, 28, out]``."""
        np.copyto(self._columns, self._windows)
        np.matmul(self._matrix.T, self._kernel, out=self._out.reshape(SIDE * SIDE, -1))
        return self._out


class Doubling:
    """The transposed 2 x 2 convolution of stride 2: one product, whose results are set apart."""

    def __init__(
        self, scratch: Scratch, tensors: Tensors, name: str, side: int, out: Array
    ) -> None:
        """Prepare for the layer called ``name``, from ``side x side`` pixels.

        Results go to ``out`` ``[2 side, 2 side, out]``, which may be a part of another image.
        """
        weight, self._bias = tensors[f"{name}.weight"], tensors[f"{name}.bias"]
        channels, count = weight.shape[:2]
        columns = weight.transpose(0, 2, 3, 1).reshape(channels, 4 * count)  # (row, column, out)
        self._kernel = np.ascontiguousarray(columns)
        (self._product,) = scratch.take((side * side, 4 * count))
        self._blocks = self._product.reshape(side, side, 2, 2, count).swapaxes(1, 2)
        self._out = out.reshape(side, 2, side, 2, count)  # a view: axes are only split

    def __call__(self, x: Array) -> None:
        """Put twice the size of ``x`` ``[side, side, in]`` where it goes."""
        np.matmul(x.reshape(len(self._product), -1), self._kernel, out=self._product)
        np.add(self._blocks, self._bias, out=self._out)
