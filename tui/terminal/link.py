"""Flow control: limits frames to the speed of the terminal and of the link to it.

A frame ends with a cursor position query, which the terminal answers after it has drawn the frame.
At most two frames are unanswered at any time, so the echo of a key never waits for more than two
frames. A slow link may lose an answer by cutting it in two, so every few seconds sending pauses
until all queries are answered. Where answers are slow, a frame begins with a query too: the time
between both answers is the frame's transmission time, which gives the speed of the link. Frames
use a share of that speed.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App

QUERY = "\x1b[6n"
_UNANSWERED = 2
_SHARE = 0.5  # of the link's speed for frames; the rest is for the echo of keys
_FIRST_ANSWER_S = 1.5
_LATE_S = 5.0
# How long to wait at the end for the last answers, which would appear as text in the shell.
_UNKNOWN_S = 2.5  # after the first query, where none was answered yet
_SURE_S = 0.5
_HURRIED_S = 0.5
_TRIPS = 3  # times the slowest answer so far
_CHECK_S = 5.0  # longest time without a moment when every query is answered
_LOST_S = 1.0
_SILENT_FPS = 10.0
_SILENT_RATE = 40_000.0
_SMOOTH = 0.3
_FASTER = 2.0  # times as fast as before, at most: one frame's measurement counts
_SLOW_S = 0.03  # answers slower than this: measure the speed of the link
_FIRST_SPEED = 100_000.0  # bytes a second: the first answer of a slower link comes soon, too
_QUEUED_S = 0.3  # an answer that is later than others by this has waited for bytes before it
_MEASURED_BYTES = 500  # smallest frame by which the speed of the link is measured


class _Frame:
    __slots__ = ("probed", "queued", "reached", "sent", "size")

    def __init__(self, sent: float, size: int, probed: bool, queued: int) -> None:
        self.sent, self.size = sent, size
        self.queued = queued
        """Bytes of this frame and of those that were unanswered when it was sent."""
        self.probed = probed
        """Whether it begins with a query too."""
        self.reached: float | None = None
        """When that was answered: the transmission of this frame began then."""


class Link:
    """Decides when the next frame may be sent; frames and answers come from two threads."""

    def __init__(
        self,
        fps: float,
        rate: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        remote: bool = False,
    ) -> None:
        """Begin with a link of unknown speed.

        Args:
            fps: Frames a second at most.
            rate: Bytes a second at most, independent of the measured speed; None for no limit.
            clock: Returns the time in seconds.
            remote: Whether the terminal is on another machine: it may be slow until the opposite
                is measured.
        """
        self._fps = fps
        self._remote = remote
        self._rate = rate
        self._clock = clock
        self._changed = threading.Condition()
        self._sent: deque[_Frame] = deque()
        self._trip: float | None = None
        self._slowest, self._fastest = 0.0, math.inf
        self._measured: float | None = None
        self._next = 0.0
        self._complete = clock()
        """When every query was answered last."""
        self._silent = False
        self._longest = _LATE_S

    @property
    def unanswered(self) -> int:
        """The number of frames that the terminal has not answered."""
        with self._changed:
            return len(self._sent)

    @property
    def speed(self) -> float | None:
        """Measured bytes a second; None until they are known."""
        with self._changed:
            return self._measured

    @property
    def expected_speed(self) -> float | None:
        """Measured bytes a second, or a guess until then; None where nothing limits pictures."""
        with self._changed:
            if self._measured is not None:
                return self._measured
            return _FIRST_SPEED if self._remote else None

    def ready(self) -> bool:
        """Return whether a frame may be drawn now."""
        with self._changed:
            now = self._clock()
            if now < self._next:
                return False
            if self._silent:
                return True
            if self._sent and now - self._complete > _CHECK_S and self._trip is not None:
                return self._all_answered(now, self._trip)
            if len(self._sent) < _UNANSWERED:
                return True
            patience = _LATE_S if self._trip is not None else _FIRST_ANSWER_S
            if now - self._sent[0].sent < patience:
                return False
            self._sent.clear()  # no answer will come: limit frames by time alone
            self._silent = True
            return True

    def _all_answered(self, now: float, trip: float) -> bool:
        """Return whether no more answers can arrive; if so, drop the frames of lost answers."""
        if now - self._sent[-1].sent < max(_LOST_S, 2 * trip):
            return False
        self._sent.clear()  # since the loss, each answer was assigned to an earlier query
        self._measured = self._trip = None
        return True

    def wrap(self, text: str) -> str:
        """Return the frame ``text`` with its queries, and register it as sent."""
        with self._changed:
            now = self._clock()
            probed = self._trip is None or self._trip > _SLOW_S
            size = len(text.encode(errors="replace"))
            if self._silent:
                self._sent.clear()
            if not self._sent:
                self._complete = now
            queued = size + sum(frame.size for frame in self._sent)
            self._sent.append(_Frame(now, size, probed, queued))
            fps = min(self._fps, _SILENT_FPS) if self._silent else self._fps
            rates = [self._rate, _SILENT_RATE if self._silent else None]
            if self._measured is not None and probed and not self._silent:
                rates.append(self._measured * _SHARE)
            known = [rate for rate in rates if rate is not None]
            pause = size / min(known) if known else 0.0
            # Counted from when the frame was due, not from now: otherwise a timer of the same rate
            # would skip every other frame.
            self._next = max(self._next, now - 1 / fps) + max(1 / fps, pause)
            return (QUERY if probed else "") + text + QUERY

    def answered(self) -> None:
        """Register an answer of the terminal, to the oldest query."""
        with self._changed:
            now = self._clock()
            if self._silent:  # it does answer, but the query of this answer is unknown
                self._silent = False
                self._sent.clear()
            if not self._sent:
                return
            frame = self._sent[0]
            if frame.probed and frame.reached is None:
                frame.reached = now
                return
            self._sent.popleft()
            self._trip = now - frame.sent
            self._slowest = max(self._slowest, self._trip)
            self._fastest = min(self._fastest, self._trip)
            if frame.reached is not None and now > frame.reached and frame.size >= _MEASURED_BYTES:
                speed = frame.size / (now - frame.reached)
                late = self._trip - self._fastest
                if late > _QUEUED_S:  # both answers came at once, or one was lost
                    speed = min(speed, frame.queued / late)
                first = _FIRST_SPEED if self._remote else speed
                before = first if self._measured is None else self._measured
                # both answers of a frame may come at once by chance: no jump to many times as fast
                speed = min(speed, _FASTER * before)
                self._measured = before + _SMOOTH * (speed - before)
            self._changed.notify_all()

    @property
    def patience(self) -> float:
        """Seconds to wait for the last answers: as long as this link was seen to take."""
        with self._changed:
            if self._silent or not self._sent:
                return 0.0
            if self._slowest == 0.0:
                return max(0.0, self._sent[0].sent + _UNKNOWN_S - self._clock())
            return max(_SURE_S, _TRIPS * self._slowest)

    def hurry(self) -> None:
        """Shorten :meth:`drain`: a signal ends the app, which has little time to leave."""
        self._longest = _HURRIED_S

    def drain(self) -> None:
        """Wait until every query is answered, for :attr:`patience` but a few seconds at most."""
        patience = min(self.patience, self._longest)
        with self._changed:
            self._changed.wait_for(lambda: self._silent or not self._sent, patience)


def frame_due(app: "App[object]") -> bool:
    """Return whether the app's link allows another frame of pictures now."""
    link: Link | None = getattr(app, "link", None)
    return link is None or link.ready()
