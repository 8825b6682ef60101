"""How a screen gets what a driver reports: the newest frame, and a message for each event."""

import threading
from typing import NamedTuple

from textual.message import Message

from ...core.step import Step
from .events import SamplingEvent


class Frame(NamedTuple):
    """The progress of every lane of a run at one moment. Tuples have an entry a lane."""

    run: int
    """Number of the run it belongs to; every start is a new run."""
    steps: tuple[Step | None, ...]
    """The newest step of each lane; None before its first."""
    evaluations: tuple[int, ...]
    """Network evaluations of each lane so far."""
    seconds: tuple[float, ...]
    """Time each lane's steps have taken so far, pauses and waits left out."""
    rate: float | None
    """Recent steps per second of all lanes together; None when that isn't known yet."""
    elapsed: float
    """Seconds of this run so far, pauses left out."""


class Mailbox:
    """One slot: putting replaces what nobody took."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._frame: Frame | None = None

    def put(self, frame: Frame) -> None:
        """Replace the content by ``frame``."""
        with self._lock:
            self._frame = frame

    def take(self) -> Frame | None:
        """Return the content and leave the slot empty."""
        with self._lock:
            frame, self._frame = self._frame, None
            return frame


class SamplingMessage(Message):
    """Brings an event to the screen that started the job, and from there to the app."""

    def __init__(self, event: SamplingEvent) -> None:
        super().__init__()
        self.event = event
