"""The base class of the screens that sample a job of several digits."""

from abc import abstractmethod
from typing import Any

from textual.events import Resize

from ....core.sampling import SamplingSpec
from ...keys import State, faster, slower
from ...run_options import RunOptions
from ...terminal.frame_budget import FrameBudget
from ...terminal.link import frame_due
from ...widgets.bars import Footer
from ...widgets.split_line import SplitLine
from ...widgets.text_widget import Row
from ...worker.bridge import Bridge
from ...worker.events import SamplingFailed, SamplingFinished, WeightsLoaded
from ...worker.jobs import Job
from ...worker.live_classifier import LiveClassifier
from ...worker.messages import Frame, SamplingMessage
from ...worker.pipelines import Source
from ..base_screen import PlannedScreen

_PULLS_PER_S = 15  # few, since a frame has many pictures and a terminal may be slow
_BEHIND_EVERY = 5  # pulls between two frames below an overlay
_SLOW_EVERY = 5  # pulls between two updates of slow parts, such as the belief


class JobScreen(PlannedScreen[Any]):
    """Starts a job on the bridge and shows its frames."""

    def __init__(self, options: RunOptions, bridge: Bridge, classifier: LiveClassifier) -> None:
        super().__init__()
        self.options = options
        self.bridge = bridge
        self.classifier = classifier
        self.state = State.LOADING
        self.frame: Frame | None = None
        """The newest frame of this screen's run; None before the first."""
        self.sources: dict[str, Source] = {}
        """The weights loaded so far, by the names that the user gave."""
        self.speed = options.speed
        """Selected steps per second; None for as fast as possible."""
        self._playing = True
        self._run = 0
        self._pulls = 0
        self._frame_budget = FrameBudget()

    # Defined by each screen.

    @abstractmethod
    def job(self) -> Job:
        """Return what to sample."""

    @abstractmethod
    def fit(self, width: int, height: int) -> None:
        """Make the widgets fit the terminal's new size."""

    @abstractmethod
    def show_frame(self, frame: Frame, slow: bool) -> None:
        """Show ``frame``; if ``slow``, also its slow parts."""

    @abstractmethod
    def show_status(self) -> None:
        """Show the state in the header and the status."""

    # Common to all screens.

    def show_header(self, left: list[Row], right: list[str], spec: SamplingSpec) -> None:
        """Show the header; the process of ``spec`` is on its right at every width."""
        process, noise = spec.describe(), spec.describe_noise()
        self.query_one("#header", SplitLine).show(left, right, (process, noise), noise)

    def show_error(self, message: str) -> None:
        """Show an error in place of the status."""
        self.query_one("#status", SplitLine).show_error(message)

    def on_mount(self) -> None:
        """Start sampling."""
        self.bridge.driver.set_speed(self.speed)  # the run screen has a pace of its own
        self.begin()
        self.set_interval(1 / _PULLS_PER_S, self.pull)

    def on_resize(self, event: Resize) -> None:
        """Fit the widgets to the terminal."""
        self.fit(event.size.width, event.size.height)

    def begin(self) -> None:
        """Start the job from its noise, playing."""
        self._run = self.bridge.start(self.job(), self.post_message)
        self._playing = True
        self.frame = None
        self.enter(State.PLAYING if self.sources else State.LOADING)

    def pull(self) -> None:
        """Show the newest frame, if there is one."""
        self._pulls += 1
        wanted = self.app.screen is self or self._pulls % _BEHIND_EVERY == 0
        if wanted and self._frame_budget.allows_frame() and frame_due(self.app):
            self.show_newest(slow=self._pulls % _SLOW_EVERY == 0)

    def show_newest(self, slow: bool) -> None:
        """Show the frame in the mailbox, if there is one of this screen's run."""
        frame = self.bridge.mailbox.take()
        if frame is not None and frame.run == self._run:
            first, self.frame = self.frame is None, frame
            self._frame_budget.frame_started(self)
            self.show_frame(frame, slow or first)

    def enter(self, state: State) -> None:
        """Set the state and show it."""
        self.state = state
        self.query_one("#footer", Footer).show(state)
        self.show_status()

    def on_sampling_message(self, message: SamplingMessage) -> None:
        """Show what an event changes; leave after a failure if nothing ever worked."""
        match message.event:
            case WeightsLoaded() as loaded:
                self.show_loaded(loaded)
            case SamplingFinished(run) if run == self._run:
                self.show_finished()
            case SamplingFailed(at_start=True) as failed:
                self.app.exit(failed.text_with_way_out, return_code=1)
            case SamplingFailed(run) as failed if run == self._run:
                self.enter(State.FAILED)
                self.show_error(f"stopped: {failed.text_with_way_out}")

    def show_loaded(self, loaded: WeightsLoaded) -> None:
        """Show what is used."""
        self.sources[loaded.weights] = loaded.source
        if self.state is State.LOADING:
            self.enter(State.PLAYING if self._playing else State.PAUSED)
        else:
            self.show_status()

    def show_finished(self) -> None:
        """Show the last pictures."""
        self.show_newest(slow=True)
        if self.frame is not None:
            self.show_frame(self.frame, slow=True)
        self.enter(State.DONE)

    # Actions of keys.

    def action_play(self) -> None:
        """Play, pause, or replay."""
        if self.state in (State.DONE, State.FAILED):
            self.begin()
            return
        self._playing = not self._playing
        self.bridge.driver.set_playing(self._playing)
        if self.state is not State.LOADING:
            self.enter(State.PLAYING if self._playing else State.PAUSED)

    def action_step(self) -> None:
        """Pause, or take one step."""
        if self.state is State.PLAYING:
            self.action_play()
        elif self.state is State.PAUSED:
            self.bridge.driver.step_once()

    def action_faster(self) -> None:
        """Raise the speed."""
        self._set_speed(faster(self.speed))

    def action_slower(self) -> None:
        """Lower the speed."""
        self._set_speed(slower(self.speed, self.frame.rate if self.frame else None))

    def leave(self, result: Any = None) -> None:
        """Go back to the run screen with ``result``."""
        if self.is_current:
            self.bridge.forget()
            self.bridge.driver.set_speed(self.options.speed)
        super().leave(result)

    def _set_speed(self, speed: float | None) -> None:
        self.speed = speed
        self.bridge.driver.set_speed(speed)
        self.show_status()
