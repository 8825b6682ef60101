"""Reverse processes that start from a given picture instead of pure noise.

The picture goes to x_t by q(x_t | x_0) and comes back by the reverse process (the "U-turn" of
Sclocchi, Favero & Wyart 2024; SDEdit of Meng et al. 2022). Draw 0 of each sample's noise is the
noise that is added, so that another seed is another way back from another x_t.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..array_types import Array, Grey
from ..errors import DiffvizError
from ..names import (
    DEFAULT_JUMP,
    DEFAULT_RESAMPLINGS,
    MASK_SAMPLER,
    MASK_STEPS,
    NUM_TIMESTEPS,
    SIDE,
)
from ..noise import BatchNoise
from ..pictures import LUMINANCE, from_grey, resized
from ..schedule import Schedule
from .chain import Start
from .spec import SamplingSpec

Mask = NDArray[np.bool_]
"""Which pixels are hidden, ``[28, 28]``."""


@dataclass(frozen=True, eq=False, slots=True)
class Given:
    """A picture to start from at a timestep, and the part of it that is to be filled in."""

    x_0: Array
    """float32 in [-1, 1]: ``[28, 28]`` for all samples, or ``[B, 28, 28]`` with one for each."""
    t: int = NUM_TIMESTEPS
    """The timestep the picture is noised to, 1 … T."""
    hidden: Mask | None = None
    """The pixels that are filled in; the others are held. None: the whole picture is free."""
    resamplings: int = DEFAULT_RESAMPLINGS
    """With hidden pixels: how often each part of the process is gone through."""
    jump: int = DEFAULT_JUMP
    """With hidden pixels: the length of such a part, in steps."""
    picture: Grey | None = None
    """The same picture in its own size, ``[H, W, 3]``, for models with images of any shape."""

    def fitted(self, shape: Sequence[int]) -> Array:
        """Return the picture as an image of ``shape``, ``(28, 28)`` or ``(C, H, W)``.

        What is wider or higher than the shape is cut off at both sides alike.

        Raises:
            DiffvizError: if the picture is known as 28 x 28 pixels only, and the shape isn't that.
        """
        if tuple(shape) == (SIDE, SIDE):
            return self.x_0
        if self.picture is None:
            raise DiffvizError(f"the given picture is a digit, and images are {list(shape)}")
        channels, height, width = shape
        own_height, own_width = self.picture.shape[:2]
        kept_height = max(1, min(own_height, round(own_width * height / width)))
        kept_width = max(1, min(own_width, round(own_height * width / height)))
        top, left = (own_height - kept_height) // 2, (own_width - kept_width) // 2
        part = self.picture[top : top + kept_height, left : left + kept_width]
        image = from_grey(resized(part[np.newaxis], height, width)[0])
        if channels == 1:
            return (image @ np.array(LUMINANCE, np.float32))[np.newaxis]
        return np.ascontiguousarray(np.moveaxis(image, -1, 0))

    def check(self) -> None:
        """Check shapes and ranges.

        Raises:
            DiffvizError: if something doesn't fit.
        """
        if self.x_0.shape[-2:] != (SIDE, SIDE) or self.x_0.ndim not in (2, 3):
            raise DiffvizError(
                f"a given picture has to be [28, 28] or [B, 28, 28], not {list(self.x_0.shape)}"
            )
        if not 1 <= self.t <= NUM_TIMESTEPS:
            raise DiffvizError(f"t must be from 1 to {NUM_TIMESTEPS}, not {self.t}")
        if self.hidden is None:
            return
        if self.hidden.shape != (SIDE, SIDE) or self.hidden.dtype != np.bool_:
            raise DiffvizError("hidden pixels have to be bool [28, 28]")
        if min(self.resamplings, self.jump) < 1:
            raise DiffvizError("resamplings and the length of their jumps have to be at least 1")

    def enter(self, timesteps: Sequence[int]) -> tuple[int, list[int]]:
        """Return where a process over falling ``timesteps`` is entered, and its timesteps.

        The last visited timestep that isn't below ``t`` is moved to ``t`` itself, so that the
        picture gets as much noise as was asked for, whatever the sampler visits.
        """
        visited = list(timesteps)
        index = max((i for i, t in enumerate(visited) if t >= self.t), default=0)
        visited[index] = self.t
        return index, visited

    def start(self, noise: BatchNoise, schedule: Schedule, timesteps: Sequence[int]) -> Start:
        """Return the index of the first record, and x_t drawn from q(x_t | x_0)."""
        index, _ = self.enter(timesteps)
        return index, self.at(self.t, noise.draw(0), schedule)

    def at(self, t: int, eps: Array, schedule: Schedule) -> Array:
        """Return x_t of the picture with the noise ``eps`` ``[B, 28, 28]``, or ``[B, C, H, W]``."""
        x_0 = self.fitted(eps.shape[1:])
        x_t = schedule.add_noise(x_0, eps, t) if t else np.broadcast_to(x_0, eps.shape)
        return np.asarray(x_t, np.float32)

    def with_steps(self, spec: SamplingSpec) -> SamplingSpec:
        """Return ``spec``, with fewer steps if its sampler would fill in pixels with all 1000."""
        if self.hidden is None or spec.sampler != MASK_SAMPLER or spec.steps is not None:
            return spec
        return replace(spec, steps=MASK_STEPS)


def beginning(noise: BatchNoise, given: Given | None, schedule: Schedule | None = None) -> Array:
    """Return the images that a process begins with, ``[B, 28, 28]`` or ``[B, C, H, W]``.

    Without a ``given`` picture that is pure noise. The ``schedule`` is that of digits unless
    another one is given.
    """
    eps = noise.draw(0)
    return eps if given is None else given.at(given.t, eps, schedule or Schedule())
