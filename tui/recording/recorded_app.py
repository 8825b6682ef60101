"""The run app on a virtual clock: each network evaluation takes the same time."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from ...core.step import Step
from ..app import RunApp
from ..run_options import RunOptions
from ..terminal import Terminal
from ..worker.bridge import Bridge
from ..worker.events import LaneStep, PhaseEntered, SamplingEvent, SamplingFailed, SamplingFinished
from ..worker.live_classifier import OpenClassifier
from ..worker.pipelines import OpenPipeline, PipelineLike, Pipelines
from .clock import VirtualClock, VirtualDriver
from .script import DONE

EVALUATION_S = 0.002
"""Time of one network evaluation in a recording: about what it takes on one core."""


def sampling_app(
    options: RunOptions,
    terminal: Terminal,
    clock: VirtualClock,
    on_event: Callable[[str], object],
    on_failure: Callable[[str], object],
    on_steps: Callable[[Sequence[LaneStep]], object],
    open_pipeline: OpenPipeline | None,
    open_classifier: OpenClassifier,
) -> RunApp:
    """Return the app of ``diffviz run``.

    ``on_event`` is called with the label of each phase that begins and with ``DONE`` at the end,
    ``on_failure`` with the reason if the sampling fails, ``on_steps`` with all that is sampled.
    """

    def observe(event: SamplingEvent) -> None:
        match event:
            case PhaseEntered(phase=phase):
                on_event(phase.label)
            case SamplingFinished():
                on_event(DONE)
            case SamplingFailed(text=text):
                on_failure(text)

    pipelines = open_pipeline or Pipelines.of(options)
    return _RecordedApp(
        options,
        lambda weights: _TimedPipeline(pipelines(weights), clock),
        open_classifier,
        partial(ObservedBridge, observe, on_steps, make_driver=partial(VirtualDriver, clock)),
        terminal,
    )


class _RecordedApp(RunApp):
    def training_images(self) -> None:
        """Return None, as without a data set: a recording is the same for every user."""


class ObservedBridge(Bridge):
    """Passes events of the current run and all steps to observers before they are posted."""

    def __init__(
        self,
        observe: Callable[[SamplingEvent], object],
        on_steps: Callable[[Sequence[LaneStep]], object],
        *args,
        **kwargs,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._observe = observe
        self._on_steps = on_steps

    def add_steps(self, steps: Sequence[LaneStep]) -> None:
        """Observe and add ``steps``."""
        self._on_steps(steps)
        super().add_steps(steps)

    def post(self, event: SamplingEvent) -> bool:
        """Observe and post ``event``."""
        if event.run == self.run:
            self._observe(event)
        return super().post(event)


_OF_OWN_MODELS = ("shape", "alpha_bars", "classifier")  # what only their pipelines have


class _TimedPipeline:
    """A pipeline each of whose steps takes the same time on the virtual clock."""

    def __init__(self, pipeline: PipelineLike, clock: VirtualClock) -> None:
        self._pipeline = pipeline
        self._clock = clock
        self.weights: Any = pipeline.weights
        self.parameters = pipeline.parameters
        self.device: Any = pipeline.device
        for name in _OF_OWN_MODELS:
            if hasattr(pipeline, name):
                setattr(self, name, getattr(pipeline, name))

    def sample(self, *args, **kwargs) -> Iterator[Step]:
        """Yield the steps of the pipeline."""
        for step in self._pipeline.sample(*args, **kwargs):
            self._clock.sleep(EVALUATION_S)
            yield step
