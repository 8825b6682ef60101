"""The speed of an uneven run: slow where the digit gets decided, fast elsewhere."""

from ...core.names import NUM_TIMESTEPS

_DECIDED = (700, 150)
"""Between these timesteps the digit gets decided."""
_SHARES = (0.15, 0.75, 0.1)
"""Shares of an uneven run's time: before, between and after them."""


def relative_speed(t: int) -> float:
    """Return the speed of an uneven run at timestep ``t``, 1 being its mean over the timesteps."""
    first, last = _DECIDED
    spans = (NUM_TIMESTEPS - first, first - last, last)
    part = 0 if t > first else 1 if t > last else 2
    return spans[part] / NUM_TIMESTEPS / _SHARES[part]
