"""Labels and classifier-free guidance (Ho & Salimans 2022).

A network trained with labels, some of them left out, predicts the noise for a class and for no
class. Guidance exaggerates what the label changes. It may be limited to an interval of timesteps
(Kynkäänniemi et al. 2024); outside it the label alone decides.
"""

from typing import Any

import numpy as np

from ..array_types import Array
from ..names import NO_LABEL, NUM_TIMESTEPS
from .denoiser import LabelledDenoiser, Labels


def guide(eps_cond: Array, eps_null: Array, guidance: float) -> Array:
    """Return ``eps_cond + w (eps_cond - eps_null)`` for the guidance ``w``; float32 ``[B, …]``."""
    weight: Any = np.float32(guidance)
    return eps_cond + weight * (eps_cond - eps_null)


class GuidedDenoiser:
    """A denoiser of images with labels.

    Where there is guidance, both predictions are computed in one batch of twice the size.
    """

    def __init__(
        self,
        denoiser: LabelledDenoiser,
        labels: Labels,
        guidance: float = 0.0,
        guidance_from: int = NUM_TIMESTEPS,
        guidance_until: int = 0,
    ) -> None:
        """Denoise images with ``labels`` ``[B]`` with the help of ``denoiser``.

        The guidance counts at ``guidance_until < t <= guidance_from``.
        """
        self._denoiser, self._labels = denoiser, labels
        self._guidance = guidance
        self._from, self._until = guidance_from, guidance_until
        self._both = np.concatenate([labels, np.full_like(labels, NO_LABEL)])

    def guidance_at(self, timestep: int) -> float:
        """Return the guidance at ``timestep``; where it is 0, there is one evaluation."""
        inside = self._until < timestep <= self._from
        return self._guidance if inside else 0.0

    def __call__(self, x_t: Array, timestep: int) -> Array:
        """Return eps for float32 ``x_t`` ``[B, 28, 28]`` at ``timestep`` (1 … T)."""
        guidance = self.guidance_at(timestep)
        if not guidance:
            return self._denoiser(x_t, timestep, self._labels)
        both = self._denoiser(np.concatenate([x_t, x_t]), timestep, self._both)
        eps_cond, eps_null = np.split(both, 2)
        return guide(eps_cond, eps_null, guidance)
