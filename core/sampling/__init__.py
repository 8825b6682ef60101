"""Samplers: one update each over one chain of steps. Loads no torch."""

from .chain import Start
from .ddim import sample_ddim
from .ddpm import sample_ddpm
from .denoiser import Denoiser
from .dpm_solver import sample_dpm_solver
from .sa_solver import sample_sa_solver
from .samplers import SAMPLERS, Sampler, describe, find_sampler

__all__ = [
    "SAMPLERS",
    "Denoiser",
    "Sampler",
    "Start",
    "describe",
    "find_sampler",
    "sample_ddim",
    "sample_ddpm",
    "sample_dpm_solver",
    "sample_sa_solver",
]
