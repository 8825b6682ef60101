"""The axes of a plot: linear and logarithmic scales, and their ticks."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


class Scale(NamedTuple):
    """A vertical range, linear or logarithmic."""

    low: float
    high: float
    log: bool = False

    def place(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return each value's height: 0 at the bottom, 1 at the top."""
        low, high = self._place(self.low), self._place(self.high)
        if low == high:
            return 0.5 + 0.0 * values  # NaN stays NaN
        if not self.log:
            return (values - low) / (high - low)
        with np.errstate(divide="ignore", invalid="ignore"):
            return (np.log10(values) - low) / (high - low)

    def ticks(self, count: int) -> list[float]:
        """Return at most about ``count`` round values within the range."""
        if not self.log:
            return ticks(self.low, self.high, count)
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        for digits in ((1, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,)):
            found = [d * 10.0**power for power in range(first, last + 1) for d in digits]
            found = [value for value in found if self.low <= value <= self.high]
            if len(found) <= max(1, count):
                break
        return found if len(found) > 1 else ticks(self.low, self.high, count)

    def _place(self, value: float) -> float:
        return math.log10(value) if self.log else value


def fit_scale(values: NDArray[np.float64], log: bool) -> Scale | None:
    """Return a range around the finite ``values``, or None where there are none to show."""
    values = values[np.isfinite(values)]
    if log:
        values = values[values > 0]
    if not len(values):
        return None
    low, high = float(values.min()), float(values.max())
    if log:
        ratio = max(high / low, 1.02) ** 0.05
        return Scale(low / ratio, high * ratio, log=True)
    room = 0.05 * (high - low) or 0.05 * abs(high) or 1.0
    return Scale(max(0.0, low - room) if low >= 0 else low - room, high + room)


def ticks(low: float, high: float, count: int) -> list[float]:
    """Return at most about ``count`` round numbers from ``low`` to ``high``."""
    if not high > low:
        return [low]
    rough = (high - low) / max(1, count)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in _STEPS if s * power >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [n * step for n in range(first, last + 1)]


def tick_text(value: float, step: float) -> str:
    """Write a tick with no more decimals than steps of ``step`` need."""
    if value == 0:
        return "0"
    if abs(value) >= 1e6 or abs(value) < 1e-5:
        return f"{value:.0e}"
    decimals = 0
    while decimals < 6 and abs(step * 10**decimals - round(step * 10**decimals)) > 1e-6:
        decimals += 1
    return f"{value:.{decimals}f}"
