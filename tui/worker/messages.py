"""What the sampler's thread tells a screen: the newest frame, and messages that all arrive."""

import threading
from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message

from ...core.phases import Phase
from ...core.step import Step
from .pipelines import Source

if TYPE_CHECKING:
    from ...core.measure.phase_record import MeasuredPhases


class Frame(NamedTuple):
    """Where every lane of a run has got to, with how fast it goes. Tuples have an entry a lane."""

    run: int
    """Number of the run it belongs to; every start is a new run."""
    steps: tuple[Step | None, ...]
    """The newest step of each lane; None before its first."""
    evaluations: tuple[int, ...]
    """Network evaluations of each lane so far."""
    seconds: tuple[float, ...]
    """Time each lane's steps have taken so far, pauses and waits left out."""
    rate: float | None
    """Steps per second lately, of all lanes together; None when that isn't known yet."""
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


class Clicked(Message):
    """One of several things a widget shows was clicked; ``twice``: for the second time in a row."""

    def __init__(self, index: int, twice: bool) -> None:
        super().__init__()
        self.index = index
        self.twice = twice


class Losses(Message):
    """The training loss of each epoch, where it is known, of weights about to be loaded."""

    def __init__(self, weights: str, values: list[float]) -> None:
        super().__init__()
        self.weights = weights
        self.values = values


class Loaded(Message):
    """The weights of a run are there; one message for each name in its job."""

    def __init__(self, weights: str, source: Source, phases: "MeasuredPhases | None") -> None:
        super().__init__()
        self.weights = weights
        """As the lane wrote it."""
        self.source = source
        self.phases = phases


class Started(Message):
    """A run has begun: all its weights are loaded."""

    def __init__(self, run: int) -> None:
        super().__init__()
        self.run = run


class PhaseChanged(Message):
    """The first lane of a run has entered a phase."""

    def __init__(self, run: int, phase: Phase) -> None:
        super().__init__()
        self.run = run
        self.phase = phase


class LaneFinished(Message):
    """One lane of a run has reached t = 0."""

    def __init__(self, run: int, lane: int, seconds: float) -> None:
        super().__init__()
        self.run = run
        self.lane = lane
        """Its place in the job, from 0."""
        self.seconds = seconds
        """What its steps took."""


class Finished(Message):
    """All lanes of a run have reached t = 0; the last frame is in the mailbox."""

    def __init__(self, run: int, elapsed: float) -> None:
        super().__init__()
        self.run = run
        self.elapsed = elapsed


class Failed(Message):
    """Something went wrong; ``at_start``: before the first step ever, so nothing can go on."""

    def __init__(self, run: int, text: str, at_start: bool) -> None:
        super().__init__()
        self.run = run
        self.text = text
        self.at_start = at_start


MESSAGES: dict[str, type[Message]] = {
    kind.__name__: kind
    for kind in (Losses, Loaded, Started, PhaseChanged, LaneFinished, Finished, Failed)
}
"""By the name that a driver tells them by."""
