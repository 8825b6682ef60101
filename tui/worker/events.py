"""What a driver reports while it samples: one record for each kind of event.

They are named tuples: creating a dataclass takes several times as long, and the first frame
waits for this module.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ...core.phases import Phase
from ...core.step import Step
from .pipelines import Source

if TYPE_CHECKING:
    from ...core.measure.phase_record import MeasuredPhases


class LaneStep(NamedTuple):
    """One step of one lane, with the counters of its run."""

    run: int
    """Number of the run it belongs to."""
    lane: int
    """Place of the lane in the job, from 0."""
    step: Step
    evaluations: int
    """Network evaluations of the lane so far."""
    seconds: float
    """Time the lane's steps have taken so far."""
    rate: float | None
    """Recent steps per second of all lanes together; None when that isn't known yet."""
    elapsed: float
    """Seconds of this run so far, pauses left out."""


class LossesRead(NamedTuple):
    """The training loss of each epoch, where it is known, of weights about to be loaded."""

    run: int
    weights: str
    """As written in the lane."""
    values: list[float]


class WeightsLoaded(NamedTuple):
    """Weights of a run are ready; one event for each name in its job."""

    run: int
    weights: str
    """As written in the lane."""
    source: Source
    phases: "MeasuredPhases | None"


class SamplingStarted(NamedTuple):
    """A run has begun: all its weights are loaded."""

    run: int


class PhaseEntered(NamedTuple):
    """The first lane of a run has entered a phase."""

    run: int
    phase: Phase


class LaneFinished(NamedTuple):
    """One lane of a run has reached t = 0."""

    run: int
    lane: int
    """Place of the lane in the job, from 0."""
    seconds: float
    """Time its steps have taken."""


class SamplingFinished(NamedTuple):
    """All lanes of a run have reached t = 0; their last steps were reported before."""

    run: int
    elapsed: float
    """Seconds of the run, pauses left out."""


class SamplingFailed(NamedTuple):
    """A run ended with an error."""

    run: int
    text: str
    at_start: bool
    """Whether no step was ever done, so that nothing can go on."""
    other_backend: str | None = None
    """What could compute instead, after a crash of the sampling process."""

    @property
    def text_with_way_out(self) -> str:
        """The text, and after a crash the flag that may avoid it."""
        flag = f": use --backend {self.other_backend}" if self.other_backend else ""
        return self.text + flag


class BackendReplaced(NamedTuple):
    """Something can't be used on this machine; a run computes with something else."""

    run: int
    text: str
    """One line that says what and why."""


SamplingEvent = (
    LossesRead
    | WeightsLoaded
    | SamplingStarted
    | PhaseEntered
    | LaneFinished
    | SamplingFinished
    | SamplingFailed
    | BackendReplaced
)


class EventSink(Protocol):
    """Receives what a driver reports, in the driver's thread."""

    def add_steps(self, steps: Sequence[LaneStep]) -> None:
        """Receive one step, or several that came together."""
        ...

    def post(self, event: SamplingEvent) -> bool:
        """Receive an event; return False if the receiver is gone."""
        ...

    def flush(self) -> None:
        """Pass on what is buffered, if anything is: no step follows for a while."""
