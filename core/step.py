"""The record that samplers yield: one step of the reverse process."""

from dataclasses import dataclass

from .array_types import Array
from .phases import Phase


@dataclass(frozen=True, eq=False, slots=True)
class Step:
    """One step of the reverse process, before its update. Steps are compared by identity.

    ``x_t``, ``x0_hat`` and ``eps`` are float32 ``[B, 28, 28]`` and unclipped; an image's range
    is [-1, 1]. ``x0_hat`` and ``eps`` were computed from ``x_t`` at timestep ``t``. The last
    record has ``t = 0`` and ``x0_hat = x_t = x_0``; its ``eps`` is zero. N network evaluations
    give N + 1 records.
    """

    index: int
    """0 for the first record, ``total`` for the last."""
    total: int
    """Number of network evaluations of the whole process."""
    t: int
    """Timestep, T down to 0."""
    alpha_bar: float
    """Share of signal variance at ``t``, in (0, 1]."""
    phase: Phase
    x_t: Array
    x0_hat: Array
    eps: Array
