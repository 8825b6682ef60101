"""Samplers: one update each over one chain of steps. Loads no torch."""

from .chain import Start
from .denoiser import Denoiser
from .given import Given, beginning
from .samplers import SAMPLERS, Sampler, find_sampler, record_timesteps, visited_timesteps
from .spec import SamplingSpec

__all__ = [
    "SAMPLERS",
    "Denoiser",
    "Given",
    "Sampler",
    "SamplingSpec",
    "Start",
    "beginning",
    "find_sampler",
    "record_timesteps",
    "visited_timesteps",
]
