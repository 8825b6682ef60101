"""Pace and speed of a run, as arithmetic on times that the caller reads off a clock."""

from collections import deque


class Pacer:
    """Spaces steps evenly; falls behind without trying to catch up for long."""

    _CATCH_UP_S = 0.1

    def __init__(self) -> None:
        self._due: float | None = None

    def restart(self) -> None:
        """Let the next step happen at once, as after a pause."""
        self._due = None

    def delay(self, now: float, speed: float | None) -> float:
        """Return the seconds to wait before the next step at ``speed`` steps per second."""
        if speed is None or self._due is None:
            return 0.0
        # A speed that was raised meanwhile must not leave the wait of the lower one behind.
        return max(0.0, min(self._due - now, 1.0 / speed))

    def stepped(self, now: float, speed: float | None) -> None:
        """Note that a step was started at ``now``."""
        if speed is None:
            self._due = None
            return
        due = now if self._due is None else max(self._due, now - self._CATCH_UP_S)
        self._due = min(due, now) + 1.0 / speed


class Meter:
    """Steps per second over the last second or so, and the time spent stepping."""

    _WINDOW_S = 1.5

    def __init__(self) -> None:
        self.elapsed = 0.0
        """Seconds of the run so far, pauses left out."""
        self._times: deque[float] = deque()

    def resume(self, now: float) -> None:
        """Begin, or go on after a pause: time before ``now`` doesn't count."""
        self._times.clear()
        self._times.append(now)

    def stepped(self, now: float) -> None:
        """Note a finished step."""
        times = self._times
        if times:
            self.elapsed += now - times[-1]
        times.append(now)
        while len(times) > 3 and now - times[0] > self._WINDOW_S:
            times.popleft()

    @property
    def rate(self) -> float | None:
        """Steps per second, or None when there is nothing to measure yet."""
        if len(self._times) < 3:
            return None
        span = self._times[-1] - self._times[0]
        return (len(self._times) - 1) / span if span > 0 else None
