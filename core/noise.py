"""Standard normal noise as a function of (seed, branch path, draw index).

The generator is counter-based (Philox, Salmon et al. 2011), so every sample has a separate stream:
seed 7 gives the same digit alone, in a grid and after any other sample. Draw 0 is x_T.
"""

import hashlib
from collections.abc import Iterable, Sequence
from math import prod
from operator import index

import numpy as np

from .array_types import Array
from .names import SEEDS, SIDE

_DRAWS_PER_BLOCK = 32  # one generator start serves 32 draws: a start costs more than a draw


# The annotation is quoted: numpy.random is loaded when it is first used, and the first frame
# doesn't need it.
def philox(seed: int, label: str, counter: int) -> "np.random.Generator":
    """Return the generator for one purpose (``label``) of ``seed``, at ``counter``.

    Raises:
        ValueError: if ``seed`` does not fit in 64 unsigned bits.
    """
    if not 0 <= seed < SEEDS:
        raise ValueError(f"the seed must be from 0 to 2**64 - 1, not {seed}")
    digest = hashlib.blake2b(label.encode(), digest_size=8).digest()
    key = np.array([seed, int.from_bytes(digest, "little")], dtype=np.uint64)
    # The counter's lowest word counts the generator's own outputs; ours starts at the second.
    return np.random.Generator(np.random.Philox(key=key, counter=[0, counter, 0, 0]))


class NoiseStream:
    """The noise of one sample: draw ``k`` is float32 ``[28, 28]``, always the same.

    ``branch`` is a (timestep, child) pair for each branch since the sample without branches.
    ``shape`` is that of a draw, for networks of other pictures.
    """

    def __init__(
        self, seed: int, branch: Sequence[int] = (), shape: tuple[int, ...] = (SIDE, SIDE)
    ) -> None:
        self.seed = seed
        self.branch = tuple(branch)
        self.shape = shape
        self._label = "sample" + "".join(f"/{part}" for part in self.branch)
        self._block_index = -1
        self._generator: np.random.Generator | None = None
        """After the draws of the block that there are."""
        self._block: Array = np.empty((0, *shape), np.float32)
        self._made = 0
        """How many draws of the block there are."""
        # fewer where they are large: a block is no more memory than one of digits, or one draw
        self._draws = max(1, _DRAWS_PER_BLOCK * SIDE * SIDE // prod(shape))
        self._draws = min(self._draws, _DRAWS_PER_BLOCK)

    def child(self, timestep: int, number: int) -> "NoiseStream":
        """Return the stream of child ``number`` of a branch taken at ``timestep``."""
        return NoiseStream(self.seed, (*self.branch, timestep, number), self.shape)

    def shaped(self, shape: tuple[int, ...]) -> "NoiseStream":
        """Return the stream of the same sample with draws of another shape."""
        return self if shape == self.shape else NoiseStream(self.seed, self.branch, shape)

    def draw(self, index: int) -> Array:
        """Return draw ``index`` (0 is the starting noise x_T); the caller must not write to it."""
        block_index, row = divmod(index, self._draws)
        if block_index != self._block_index:
            self._generator = philox(self.seed, self._label, block_index)
            # a new array: draws of the old one may still be in use
            self._block = np.empty((self._draws, *self.shape), np.float32)
            self._block_index, self._made = block_index, 0
        if row >= self._made:
            assert self._generator is not None
            # a short process needs no whole block: twice as many each time in the first one
            upto = max(row + 1, 2 * self._made) if block_index == 0 else self._draws
            missing = self._block[self._made : upto]  # it ends with the block
            self._generator.standard_normal(dtype=np.float32, out=missing)
            self._made += len(missing)
        return self._block[row]


class BatchNoise:
    """The noise of several samples drawn in step: float32 ``[B, 28, 28]`` a draw."""

    def __init__(self, streams: Sequence[NoiseStream]) -> None:
        self.streams = tuple(streams)

    @classmethod
    def from_seeds(
        cls,
        seeds: "Sequence[int | NoiseStream] | int | NoiseStream",
        shape: tuple[int, ...] = (SIDE, SIDE),
    ) -> "BatchNoise":
        """Return the noise of the samples with ``seeds`` or streams, in draws of ``shape``.

        A single seed or stream stands for a batch of one.

        Raises:
            ValueError: if there is no seed, or one is out of range.
            TypeError: if a seed is no whole number.
        """
        if isinstance(seeds, NoiseStream) or not isinstance(seeds, Iterable):
            seeds = [seeds]
        streams = [s if isinstance(s, NoiseStream) else NoiseStream(_seed(s)) for s in seeds]
        streams = [stream.shaped(shape) for stream in streams]
        if not streams:
            raise ValueError("no seeds: give at least one, such as sample([7])")
        return cls(streams)

    def __len__(self) -> int:
        return len(self.streams)

    def draw(self, index: int) -> Array:
        """Return draw ``index`` of every sample, stacked; the caller must not write to it."""
        if len(self.streams) == 1:  # without the copy of np.stack
            return self.streams[0].draw(index)[np.newaxis]
        return np.stack([stream.draw(index) for stream in self.streams])


def _seed(value: object) -> int:
    try:
        seed = index(value)  # pyright: ignore[reportArgumentType]
    except TypeError:
        raise TypeError(f"a seed is a whole number, not {value!r}") from None
    if not 0 <= seed < SEEDS:
        raise ValueError(f"the seed must be from 0 to 2**64 - 1, not {seed}")
    return seed
