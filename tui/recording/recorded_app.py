"""The app that is recorded while it samples: its sampling goes by the virtual clock."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from textual.message import Message

from ...core.step import Step
from ..app import RunApp
from ..options import RunOptions
from ..terminal import Terminal
from ..worker.bridge import Bridge
from ..worker.jobs import Job
from ..worker.live_classifier import Judge
from ..worker.messages import Failed, Finished, PhaseChanged
from ..worker.pipelines import OpenSampler, Pipelines, Sampler
from .clock import VirtualClock, VirtualDriver
from .script import DONE

EVALUATION_S = 0.002
"""Time of one network evaluation in a recording: about what it takes on one core."""


def sampling_app(
    options: RunOptions,
    terminal: Terminal,
    clock: VirtualClock,
    happened: Callable[[str], object],
    failed: Callable[[str], object],
    open_sampler: OpenSampler | None,
    open_judge: Callable[[], Judge],
) -> RunApp:
    """Return the app of ``diffviz run``.

    ``happened`` is told the label of each phase that begins and when all is done, ``failed`` why
    the sampling ended.
    """

    def heard(message: Message) -> None:
        match message:
            case PhaseChanged(phase=phase):
                happened(phase.label)
            case Finished():
                happened(DONE)
            case Failed(text=text):
                failed(text)

    pipelines = open_sampler or Pipelines.of(options)
    return _RecordedApp(
        options,
        partial(_open_timed, pipelines, clock),
        open_judge,
        partial(_HeardBridge, heard, clock=clock, make_host=partial(VirtualDriver, clock)),
        terminal,
    )


class _RecordedApp(RunApp):
    def training_images(self) -> None:
        """Have none, like whoever has no data set: a recording is the same for every user."""


class _HeardBridge(Bridge):
    """Lets somebody else hear what the screens hear."""

    def __init__(self, heard: Callable[[Message], object], *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self._heard = heard

    def start(self, job: Job, post: Callable[[Message], object]) -> int:
        """Play ``job``."""

        def both(message: Message) -> None:
            self._heard(message)
            post(message)

        return super().start(job, both)


def _open_timed(opener: OpenSampler, clock: VirtualClock, weights: str) -> Sampler:
    return _TimedSampler(opener(weights), clock)


class _TimedSampler:
    """A sampler each of whose steps takes the same time on the virtual clock."""

    def __init__(self, sampler: Sampler, clock: VirtualClock) -> None:
        self._sampler = sampler
        self._clock = clock
        self.weights: Any = sampler.weights
        self.parameters = sampler.parameters
        self.device: Any = sampler.device

    def sample(self, *args, **kwargs) -> Iterator[Step]:
        """Yield the steps of the sampler."""
        for step in self._sampler.sample(*args, **kwargs):
            self._clock.sleep(EVALUATION_S)
            yield step
