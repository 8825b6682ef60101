"""How fast sampling and replays go on: few steps slowly, an uneven run as the digit is decided."""

from ...core.names import FEWEST_STEPS, NUM_TIMESTEPS
from ...core.step import Step
from ..keys import Pace
from ..worker.bridge import Bridge

_REPLAY_MAX = 600.0  # steps per second: "as fast as possible" would leave nothing to see
_SHORTEST_STEP_S = 0.8
"""Of a run of so few steps that it would be over before it is seen."""

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

    def of(self, total: int) -> Pace:
        """Return the pace of a run of ``total`` steps: one of few takes no longer than one of five.

        So a single evaluation isn't waited for as long as a whole run.
        """
        if self.pace.length is None or total >= FEWEST_STEPS:
            return self.pace
        return Pace(length=self.pace.length * total / FEWEST_STEPS)

    def rate(self, step: Step | None, total: int) -> float | None:
        """Return the steps per second at ``step`` of ``total``; None for as fast as possible."""
        even = visible(self.of(total).per_second(total), total)
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


def visible(speed: float | None, steps: int) -> float | None:
    """Return ``speed`` in steps per second, or less where a run has too few steps to be seen.

    None, as fast as possible, stays: the user has asked for it.
    """
    if speed is None or steps >= FEWEST_STEPS:
        return speed
    return min(speed, 1 / _SHORTEST_STEP_S)


def replay_speed(speed: float | None, steps: int) -> float:
    """Return the steps per second of a replay of a run that is sampled with ``speed``."""
    limited = min(speed or _REPLAY_MAX, _REPLAY_MAX)
    return visible(limited, steps) or limited


def relative_speed(t: int) -> float:
    """Return the speed of an uneven run at timestep ``t``, 1 being its mean over the timesteps."""
    first, last = _DECIDED
    spans = (NUM_TIMESTEPS - first, first - last, last)
    part = 0 if t > first else 1 if t > last else 2
    return spans[part] / NUM_TIMESTEPS / _SHARES[part]
