"""Samplers, one a file; each an iterator of Step records."""

from .ddpm import sample_ddpm
from .denoiser import Denoiser

__all__ = ["Denoiser", "sample_ddpm"]
