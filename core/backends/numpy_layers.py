"""What both networks are made of in numpy: memory and activations; for one image.

Images are ``[H, W, C]``, and what layers compute in is made once. ``half`` in a name says that
an array holds half of a result, for an activation that takes it so.
"""

import math

import numpy as np

from ..array_types import Array, Tensors

# gelu(x) = x / 2 (1 + tanh(x q(x^2))) with q of degree 4, highest power first, fitted to the
# exact one (with erf, which numpy lacks): 3e-6 off at most, wherever x lies.
_GELU = (1.11263173e-06, -3.04671993e-05, -1.25476191e-04, 3.64699307e-02, 7.97827577e-01)
# the same for u = x / 2
_GELU_OF_HALF = tuple(c * 2.0 ** (2 * i + 1) for i, c in zip((4, 3, 2, 1, 0), _GELU, strict=True))


def zeros(*shape: int) -> Array:
    """Return float32 zeros."""
    return np.zeros(shape, np.float32)


class Scratch:
    """Memory that layers use in turn, each for the time of a call.

    Of their own it would be several times what a core's cache holds.
    """

    def __init__(self) -> None:
        self._memory = zeros(1 << 18)

    def take(self, *shapes: tuple[int, ...]) -> list[Array]:
        """Return arrays of ``shapes``, not cleared, in the memory that everyone takes."""
        arrays, start = [], 0
        for shape in shapes:
            stop = start + math.prod(shape)
            arrays.append(self._memory[start:stop].reshape(shape))
            start = -(-stop // 16) * 16  # at a cache line
        return arrays


def silu_of_double(half: Array, spare: Array, out: Array) -> None:
    """Put ``silu(2 half)`` into ``out``: ``u (1 + tanh u)``, which can't overflow as exp can."""
    np.tanh(half, out=spare)
    spare += 1.0
    np.multiply(half, spare, out=out)


def gelu_of_double(half: Array, square: Array, spare: Array, out: Array) -> None:
    """Put ``gelu(2 half)`` into ``out``, 3e-6 off at most."""
    np.multiply(half, half, out=square)
    np.multiply(square, _GELU_OF_HALF[0], out=spare)
    for coefficient in _GELU_OF_HALF[1:-1]:
        spare += coefficient
        spare *= square
    spare += _GELU_OF_HALF[-1]
    spare *= half
    np.tanh(spare, out=spare)
    spare += 1.0
    np.multiply(half, spare, out=out)


def linear(x: Array, tensors: Tensors, name: str) -> Array:
    """Return the linear layer called ``name`` of ``[N, in]``."""
    return x @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]
