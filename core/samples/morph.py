"""The digits on the way between two: noise along an arc, through a deterministic sampler."""

from collections.abc import Iterator

import numpy as np

from ..array_types import Array, Grey
from ..noise import NoiseStream
from ..pictures import from_grey
from ..pipeline import Pipeline
from ..sampling.guidance import LabelSettings
from ..sampling.interpolation import invert_ddim, spherical
from ..sampling.label_dial import LabelDial
from ..step import Step

SAMPLER = "ddim"
"""With eta 0: the map from noise to digits that an inversion goes backwards."""


def noise_of_seeds(seeds: tuple[int, int]) -> Array:
    """Return x_T of two seeds, ``[2, 28, 28]``."""
    return np.stack([NoiseStream(seed).draw(0) for seed in seeds])


def noise_of_pictures(pipeline: Pipeline, pictures: Grey, steps: int) -> Iterator[Step]:
    """Yield the way of two pictures ``[2, 28, 28]`` back to their noise; the last x_t is x_T."""
    return invert_ddim(pipeline.denoiser, from_grey(pictures), steps)


def shares(frames: int) -> list[float]:
    """Return ``frames`` places on the way, evenly spaced from 0 to 1."""
    return [float(share) for share in np.linspace(0.0, 1.0, frames)]


def arc(noise: Array, frames: int) -> Array:
    """Return the noise of ``frames`` places between two, ``[frames, 28, 28]``; the ends exactly."""
    return np.stack([spherical(noise[0], noise[1], share) for share in shares(frames)])


def morph(pipeline: Pipeline, x_T: Array, steps: int) -> Iterator[Step]:
    """Yield the reverse process from the noise ``x_T`` ``[n, 28, 28]`` by DDIM with eta 0."""
    streams = [NoiseStream(0)] * len(x_T)  # none of their noise is used
    # no class: noise that a picture was taken back to leads to that picture
    dial = LabelDial(LabelSettings(), asked=True) if pipeline.weights.classes else None
    return pipeline.sample(streams, steps, sampler=SAMPLER, eta=0.0, start=(0, x_T), dial=dial)
