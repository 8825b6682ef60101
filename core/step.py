"""The record that samplers yield: one step of the reverse process."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .array_types import Array
from .phases import Phase


@dataclass(frozen=True, eq=False, slots=True)
class Conditioning:
    """What a network with labels was told at one step, and what it predicts without the label."""

    labels: tuple[int, ...]
    """The class of each image of the batch."""
    guidance: float = 0.0
    """How much the labels were exaggerated; 0: there was one evaluation, for the labels alone."""
    x0_null: Array | None = None
    """x0_hat without labels, ``[B, 28, 28]``; None where it wasn't computed."""
    drawn: bool = False
    """Whether nobody asked for the labels, so that each sample's seed drew its own."""

    def rows(self, rows: slice) -> "Conditioning":
        """Return the same for some images of the batch."""
        x0_null = None if self.x0_null is None else self.x0_null[rows]
        return Conditioning(self.labels[rows], self.guidance, x0_null, self.drawn)

    def x0_cond(self, x0_hat: Array) -> Array | None:
        """Return x0_hat for the labels without guidance; None where there was no guidance.

        ``x0_hat`` is the step's, for which ``x0_hat = x0_cond + w (x0_cond - x0_null)``.
        """
        if self.x0_null is None:
            return None
        weight: Any = np.float32(self.guidance)
        return (x0_hat + weight * self.x0_null) / (np.float32(1) + weight)


@dataclass(frozen=True, eq=False, slots=True)
class Step:
    """One step of the reverse process, before its update. Steps are compared by identity.

    ``x_t``, ``x0_hat`` and ``eps`` are float32 ``[B, 28, 28]``, of your own models
    ``[B, C, H, W]``, and unclipped; an image's range is [-1, 1]. ``x0_hat`` and ``eps`` were
    computed from ``x_t`` at timestep ``t``. The last record has ``t = 0`` and
    ``x0_hat = x_t = x_0``; its ``eps`` is zero. N network evaluations give N + 1 records.
    """

    index: int
    """0 for the first record, ``total`` for the last."""
    total: int
    """Number of network evaluations of the whole process."""
    t: int
    """Timestep, T down to 0; it rises where a process goes back (``sampling/inpainting.py``)."""
    alpha_bar: float
    """Share of signal variance at ``t``, in (0, 1]."""
    phase: Phase
    x_t: Array
    x0_hat: Array
    eps: Array
    conditioning: Conditioning | None = None
    """None without labels. The last record repeats that of the step before, without x0_null."""
    belief: Array | None = None
    """P(class | x0_hat) ``[B, K]`` by the classifier of a model of your own; else None."""

    @property
    def has_drawn_labels(self) -> bool:
        """Whether the network was told classes that nobody asked for: those of the seeds."""
        return self.conditioning is not None and self.conditioning.drawn

    def rows(self, rows: slice) -> "Step":
        """Return the same step for some images of the batch."""
        told = None if self.conditioning is None else self.conditioning.rows(rows)
        x_t, x0_hat, eps = (array[rows] for array in (self.x_t, self.x0_hat, self.eps))
        belief = None if self.belief is None else self.belief[rows]
        return Step(
            self.index, self.total, self.t, self.alpha_bar, self.phase,
            x_t, x0_hat, eps, told, belief,
        )  # fmt: skip

    @property
    def evaluations(self) -> int:
        """Network evaluations of this step: none at t = 0, two with guidance."""
        if self.t == 0:
            return 0
        guided = self.conditioning is not None and self.conditioning.guidance != 0
        return 1 + guided

    def _repr_html_(self) -> str:
        """Return HTML with the pictures, for a notebook."""
        from .viewer import notebook_html  # only there

        return notebook_html([self])
