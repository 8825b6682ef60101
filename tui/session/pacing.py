"""How fast sampling and replays go on; in an uneven run slower where the digit gets decided."""

from ...core.names import NUM_TIMESTEPS
from ...core.step import Step
from ..keys import Pace
from ..worker.bridge import Bridge

_DECIDED = (700, 150)
"""Between these timesteps the digit gets decided."""
_SHARES = (0.15, 0.75, 0.1)
"""Shares of an uneven run's time: before, between and after them."""


class Pacing:
    """The pace that was chosen, told to the worker whenever it means another speed."""

    def __init__(self, bridge: Bridge, pace: Pace, uneven: bool) -> None:
        self.pace = pace
        """How fast sampling and replays go on."""
        self.uneven = uneven
        """Whether they are slow where the digit gets decided, and fast elsewhere."""
        self._bridge = bridge
        self._sent: float | None = None

    def rate(self, step: Step | None, total: int) -> float | None:
        """Return the steps per second at ``step`` of ``total``; None for as fast as possible."""
        even = self.pace.per_second(total)
        if even is None or not self.uneven:
            return even
        return even * relative_speed(NUM_TIMESTEPS if step is None else step.t)

    def send(self, step: Step | None, total: int) -> None:
        """Let the worker sample as fast as it should at ``step``, the newest one."""
        self._sent = self.rate(step, total)
        self._bridge.driver.set_speed(self._sent)

    def keep(self, step: Step | None, total: int) -> None:
        """Do the same if it is another speed than before."""
        if self.rate(step, total) != self._sent:
            self.send(step, total)


def relative_speed(t: int) -> float:
    """Return the speed of an uneven run at timestep ``t``, 1 being its mean over the timesteps."""
    first, last = _DECIDED
    spans = (NUM_TIMESTEPS - first, first - last, last)
    part = 0 if t > first else 1 if t > last else 2
    return spans[part] / NUM_TIMESTEPS / _SHARES[part]
