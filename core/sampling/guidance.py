"""Labels and classifier-free guidance (Ho & Salimans 2022).

A network trained with labels, some of them left out, predicts the noise for a class and for no
class. Guidance exaggerates what the label changes. It may be limited to an interval of timesteps
(Kynkäänniemi et al. 2024); outside it the label alone decides.
"""

from typing import Any, NamedTuple

import numpy as np

from ..array_types import Array
from ..names import NO_LABEL, NUM_TIMESTEPS
from .denoiser import LabelledDenoiser, Labels, Prediction


def guide(eps_cond: Array, eps_null: Array, guidance: float) -> Array:
    """Return ``eps_cond + w (eps_cond - eps_null)`` for the guidance ``w``; float32 ``[B, …]``."""
    weight: Any = np.float32(guidance)
    return eps_cond + weight * (eps_cond - eps_null)


class LabelSettings(NamedTuple):
    """What is drawn, and how much that counts where."""

    label: str | None = None
    """The class by name or number, or ``all`` for one of each; None for no label."""
    guidance: float = 0.0
    guidance_from: int = NUM_TIMESTEPS
    guidance_until: int = 0
    """Guidance counts at timesteps above ``guidance_until``, up to ``guidance_from``."""

    def guidance_at(self, timestep: int) -> float:
        """Return the guidance at ``timestep``; where it is 0, there is one evaluation."""
        inside = self.guidance_until < timestep <= self.guidance_from
        return self.guidance if inside else 0.0


class GuidedDenoiser:
    """A denoiser of images with labels.

    Where there is guidance, both predictions are computed in one batch of twice the size. Label
    and guidance may be changed between two steps of a process.
    """

    def __init__(
        self,
        denoiser: LabelledDenoiser,
        labels: Labels | None,
        settings: LabelSettings,
        seed_labels: Labels | None = None,
    ) -> None:
        """Denoise images with ``labels`` ``[B]`` (None: without) with the help of ``denoiser``.

        ``seed_labels`` take their place where there are none. Records say that nobody asked for
        these classes.
        """
        self._denoiser, self._seed_labels = denoiser, seed_labels
        self.change(labels, settings)

    def change(self, labels: Labels | None, settings: LabelSettings) -> None:
        """Use other labels ``[B]`` (None: none) and another guidance from the next step on."""
        self._labels, self._settings = labels, settings

    def __call__(self, x_t: Array, timestep: int) -> Array:
        """Return eps for float32 ``x_t`` ``[B, 28, 28]`` at ``timestep`` (1 … T)."""
        return self.predict(x_t, timestep).eps

    def predict(self, x_t: Array, timestep: int) -> Prediction:
        """Return eps as a call does, with the labels and what is predicted without them."""
        labels = self._labels
        if labels is None:
            drawn = self._seed_labels
            eps = self._denoiser(x_t, timestep, drawn)
            if drawn is None or (drawn == NO_LABEL).all():
                return Prediction(eps)
            return Prediction(eps, drawn, drawn=True)
        guidance = self._settings.guidance_at(timestep)
        if not guidance:
            return Prediction(self._denoiser(x_t, timestep, labels), labels)
        both = np.concatenate([labels, np.full_like(labels, NO_LABEL)])
        eps = self._denoiser(np.concatenate([x_t, x_t]), timestep, both)
        eps_cond, eps_null = np.split(eps, 2)
        return Prediction(guide(eps_cond, eps_null, guidance), labels, guidance, eps_null)
