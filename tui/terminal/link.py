"""Flow control: as many frames as the terminal, and the link to it, can take.

A frame ends with a question for the cursor's position, which the terminal answers after it has
drawn the frame. At most two frames are unanswered at any time, so a key press never waits behind
more than those. An answer may get lost, cut in two by a slow link, so every few seconds there has
to be a moment when none is missing. Where answers are slow a frame begins with a question too: the
time between both answers is what the link took for the frame, and frames get a share of the speed
measured so.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App

QUERY = "\x1b[6n"
_UNANSWERED = 2
_SHARE = 0.5  # of the link, for frames: the rest is for the echo of keys, at once
_FIRST_ANSWER_S = 1.5
_LATE_S = 5.0
_UNKNOWN_S = 0.25  # to wait, on leaving, for a terminal that may not answer at all
_CHECK_S = 5.0  # without a moment when every question was answered
_LOST_S = 1.0
_SILENT_FPS = 10.0
_SILENT_RATE = 40_000.0
_SMOOTH = 0.3
_SLOW_S = 0.03  # an answer that takes longer comes over a link worth measuring
_TELLING = 500  # bytes of a frame that says something about the link's speed


class _Frame:
    __slots__ = ("probed", "reached", "sent", "size")

    def __init__(self, sent: float, size: int, probed: bool) -> None:
        self.sent, self.size = sent, size
        self.probed = probed
        """Whether it begins with a question too."""
        self.reached: float | None = None
        """When that was answered: the link was free for this frame then."""


class Link:
    """Says when the next frame may go; drawing and answers come from two threads."""

    def __init__(
        self,
        fps: float,
        rate: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin with a link that nothing is known about.

        Args:
            fps: Frames a second at most.
            rate: Bytes a second at most, whatever is measured; None for no such limit.
            clock: Seconds.
        """
        self._fps = fps
        self._rate = rate
        self._clock = clock
        self._changed = threading.Condition()
        self._sent: deque[_Frame] = deque()
        self._trip: float | None = None
        self._measured: float | None = None
        self._next = 0.0
        self._complete = clock()
        """When every question was answered last."""
        self._silent = False

    @property
    def unanswered(self) -> int:
        """The number of frames that the terminal has not answered."""
        with self._changed:
            return len(self._sent)

    @property
    def speed(self) -> float | None:
        """Bytes a second that the link takes, as measured; None until it is known."""
        with self._changed:
            return self._measured

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
            self._sent.clear()  # no answer will come: go on by the clock alone
            self._silent = True
            return True

    def _all_answered(self, now: float, trip: float) -> bool:
        """Return False as long as answers may be on their way; forget those that got lost."""
        if now - self._sent[-1].sent < max(_LOST_S, 2 * trip):
            return False
        self._sent.clear()  # each answer since has been taken for that of an earlier question
        self._measured = self._trip = None
        return True

    def wrap(self, text: str) -> str:
        """Return what to write for the frame ``text``, and note that it is written."""
        with self._changed:
            now = self._clock()
            probed = self._trip is None or self._trip > _SLOW_S
            size = len(text.encode(errors="replace"))
            if self._silent:
                self._sent.clear()
            if not self._sent:
                self._complete = now
            self._sent.append(_Frame(now, size, probed))
            fps = min(self._fps, _SILENT_FPS) if self._silent else self._fps
            rates = [self._rate, _SILENT_RATE if self._silent else None]
            if self._measured is not None and probed and not self._silent:
                rates.append(self._measured * _SHARE)
            known = [rate for rate in rates if rate is not None]
            pause = size / min(known) if known else 0.0
            # Counted from when it was due, not from now, or a timer of the same rate would miss
            # every other turn.
            self._next = max(self._next, now - 1 / fps) + max(1 / fps, pause)
            return (QUERY if probed else "") + text + QUERY

    def answered(self) -> None:
        """Note that the terminal has answered the oldest question."""
        with self._changed:
            now = self._clock()
            if self._silent:  # it answers after all, but which question this was can't be known
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
            if frame.reached is not None and now > frame.reached and frame.size >= _TELLING:
                speed = frame.size / (now - frame.reached)
                before = speed if self._measured is None else self._measured
                self._measured = before + _SMOOTH * (speed - before)
            self._changed.notify_all()

    def drain(self, timeout: float) -> None:
        """Wait until every question is answered, or ``timeout`` seconds; less if none ever was."""
        with self._changed:
            if self._trip is None:
                timeout = min(timeout, _UNKNOWN_S)
            self._changed.wait_for(lambda: self._silent or not self._sent, timeout)


def frame_due(app: "App[object]") -> bool:
    """Return whether another frame of pictures may be drawn, or is better left out for now."""
    link: Link | None = getattr(app, "link", None)
    return link is None or link.ready()
