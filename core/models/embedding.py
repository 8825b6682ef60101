"""Timestep features shared by the architectures."""

import math

import torch
from torch import Tensor


def sinusoidal_embedding(t: Tensor, dim: int) -> Tensor:
    """Return ``dim / 2`` sines, then as many cosines, of ``t``; ``[B]`` to ``[B, dim]``.

    Frequencies fall geometrically from 1 to 1/10000: ``10000 ** (-i / (dim / 2 - 1))``.
    """
    half = dim // 2
    exponents = torch.arange(half, device=t.device, dtype=torch.float32) / (half - 1)
    frequencies = torch.exp(-math.log(10000.0) * exponents)
    angles = t.float()[:, None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], dim=1)
