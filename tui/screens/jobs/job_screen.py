"""The base class of the screens that sample a job of several digits."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from textual.events import Resize, ScreenResume
from textual.geometry import Size

from ....core.names import noun_of, own_name
from ....core.phases import Phase
from ....core.sampling import SamplingSpec
from ....core.step import Step
from ...keys import State, faster, slower
from ...run_options import RunOptions
from ...session.job_cursor import JobCursor
from ...session.pacing import replay_speed, visible
from ...terminal.frame_budget import FrameBudget
from ...terminal.link import frame_due
from ...text import DIGITS
from ...widgets.bars import Footer
from ...widgets.split_line import SplitLine
from ...widgets.text_widget import Row
from ...widgets.timeline import Timeline
from ...worker.bridge import Bridge
from ...worker.events import SamplingFailed, SamplingFinished, WeightsLoaded
from ...worker.jobs import Job
from ...worker.kept_lane import KeptLane
from ...worker.live_classifier import LiveClassifier
from ...worker.messages import Frame, SamplingMessage
from ...worker.pipelines import Source
from ..base_screen import Plan, PlannedScreen

_PULLS_PER_S = 15  # few, since a frame has many pictures and a terminal may be slow
_BEHIND_EVERY = 5  # pulls between two frames below an overlay
_OF_CLASSES = ("belief", "beliefs", "histogram")
AnyPlan = TypeVar("AnyPlan", bound=Plan)
_SLOW_EVERY = 5  # pulls between two updates of slow parts, such as the belief


def without_beliefs(plan: AnyPlan, names: Sequence[str]) -> AnyPlan:
    """Return a plan without the probabilities of classes where there are no classes."""
    if names:
        return plan
    regions = {name: r for name, r in plan.regions.items() if name not in _OF_CLASSES}
    return replace(plan, regions=regions)


class JobScreen(PlannedScreen[Any]):
    """Starts a job on the bridge and shows its steps, the newest or those at the cursor.

    Every step is kept. The app can show the same screen again after another one: it is as it was.
    """

    def __init__(self, options: RunOptions, bridge: Bridge, classifier: LiveClassifier) -> None:
        super().__init__()
        self.options = options
        self.bridge = bridge
        self.classifier = classifier
        self.state = State.LOADING
        """The state of the sampling, independent of the cursor."""
        self.frame: Frame | None = None
        """The newest frame of this screen's run; None before the first."""
        self.kept: tuple[KeptLane, ...] = ()
        """The steps of each lane."""
        self.cursor = JobCursor()
        self.sources: dict[str, Source] = {}
        """The weights loaded so far, by the names that the user gave."""
        self.speed = options.speed
        """Selected steps per second; None for as fast as possible."""
        self._playing = True
        self._steps = 0  # of the longest lane
        self._run = 0
        self._pulls = 0
        self._frame_budget = FrameBudget()
        self._fitted: Size | None = None

    # Defined by each screen.

    @abstractmethod
    def job(self) -> Job:
        """Return what to sample."""

    @abstractmethod
    def fit(self, width: int, height: int) -> None:
        """Make the widgets fit the terminal's new size."""

    @abstractmethod
    def show_steps(self, slow: bool) -> None:
        """Show the steps at the cursor; if ``slow``, also the slow parts."""

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
        self.begin()
        self.set_interval(1 / _PULLS_PER_S, self.pull)

    def on_resize(self, event: Resize) -> None:
        """Fit the widgets to the terminal."""
        self._fitted = event.size
        self.fit(event.size.width, event.size.height)

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Go on as it was after another screen has used the bridge."""
        if self._fitted is not None and self._fitted != self.app.size:
            self.fit(*self.app.size)
        if self._run and self._run != self.bridge.run:
            self.resume()

    def begin(self) -> None:
        """Start the job from its noise, playing."""
        job = self.job()
        self._steps = max(lane.spec.total for lane in job.lanes)
        self._run = self.bridge.start(job, self.post_message)
        self._send_speed()  # the run screen has a pace of its own
        self.kept = self.bridge.kept
        self.cursor = JobCursor(self.kept)
        self._playing = True
        self.frame = None
        self.enter(State.PLAYING if self.sources else State.LOADING)

    def resume(self) -> None:
        """Go on from the newest steps of the lanes that aren't finished."""
        self._run = 0
        rest = [lane for lane in self.kept if not lane.finished]
        if rest and self.state is not State.FAILED:
            job = replace(self.job(), lanes=tuple(lane.rest() for lane in rest))
            self._run = self.bridge.start(job, self.post_message, rest)
            self.bridge.driver.set_playing(self._playing)
        self._send_speed()
        self.show_steps(slow=True)

    def pull(self) -> None:
        """Show the newest frame, or the next step of a replay."""
        self._pulls += 1
        stack = self.app.screen_stack  # empty while the app ends
        overlaid = self in stack and stack[-1].is_modal
        wanted = self.is_active or (overlaid and self._pulls % _BEHIND_EVERY == 0)
        moved = wanted and self.cursor.advance(replay_speed(self.speed, self._steps) / _PULLS_PER_S)
        if wanted and self._frame_budget.allows_frame() and frame_due(self.app):
            slow = self._pulls % _SLOW_EVERY == 0
            if not self.show_newest(slow) and moved:
                self.show_steps(slow or self.cursor.live)
            if moved and self.cursor.live:
                self.cursor_moved()

    def show_newest(self, slow: bool) -> bool:
        """Take the frame in the mailbox; return whether it is one of this screen's run."""
        frame = self.bridge.mailbox.take() if self._run == self.bridge.run else None
        if frame is None or frame.run != self._run:
            return False
        first, self.frame = self.frame is None, frame
        self._frame_budget.frame_started(self)
        self.show_steps(slow or first)
        return True

    @property
    def noun(self) -> str:
        """What a sample is called."""
        return noun_of(self.options.weights)

    @property
    def belief_names(self) -> Sequence[str]:
        """The classes that beliefs are about; none of a model of the user without a classifier."""
        source = self.sources.get(self.options.weights)
        if source is None:
            return () if own_name(self.options.weights) is not None else DIGITS
        return source.belief_names

    @property
    def steps(self) -> list[Step | None]:
        """The step of each lane at the cursor."""
        return self.cursor.steps()

    def enter(self, state: State) -> None:
        """Set the state of the sampling and show it."""
        self.state = state
        self.show_footer()
        self.show_status()

    def without_effect(self) -> set[str]:
        """Return actions of keys that have no effect and aren't offered."""
        return set()

    def show_footer(self) -> None:
        """Show the keys of the current state."""
        state = self.state
        if not self.cursor.live:
            state = State.REPLAY if self.cursor.replaying else State.BACK
        self.query_one("#footer", Footer).show(state, self.without_effect())

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
        known, self.sources[loaded.weights] = self.belief_names, loaded.source
        if known != self.belief_names and self._fitted is not None:
            self.fit(*self._fitted)  # the room of the beliefs
        if self.state is State.LOADING:
            self.enter(State.PLAYING if self._playing else State.PAUSED)
        else:
            self.show_status()

    def show_finished(self) -> None:
        """Show the last pictures."""
        self.show_newest(slow=True)
        if self.frame is not None:
            self.show_steps(slow=True)
        self.enter(State.DONE)

    # Time.

    def cursor_moved(self) -> None:
        """Show the steps at the cursor, and that it isn't at the newest ones."""
        self.show_steps(slow=True)
        self.show_footer()
        self.show_status()

    def on_timeline_scrubbed(self, message: Timeline.Scrubbed) -> None:
        """Move the cursor to the timestep under the mouse."""
        self.cursor.seek_timestep(message.t)
        self.cursor_moved()

    def action_play(self) -> None:
        """Play, pause, or replay what was seen; after a failure, start again."""
        if self.state is State.FAILED and self.cursor.live:
            self.begin()
        elif self.state is State.DONE or not self.cursor.live:
            self.cursor.toggle_replay()
            self.cursor_moved()
        else:
            self._playing = not self._playing
            self.bridge.driver.set_playing(self._playing)
            if self.state is not State.LOADING:
                self.enter(State.PLAYING if self._playing else State.PAUSED)

    def action_scrub(self, by: int) -> None:
        """Move the cursor by some steps; past the newest one, sample it if paused."""
        if by > 0 and self.cursor.live:
            if self.state is State.PLAYING:
                self.action_play()
            elif self.state is State.PAUSED:
                for _ in range(by):
                    self.bridge.driver.step_once()
            return
        self.cursor.move(by)
        self.cursor_moved()

    def action_first(self) -> None:
        """Move the cursor to the beginning."""
        self.action_scrub(-(10**9))

    def action_live(self) -> None:
        """Follow the newest steps."""
        self.cursor.go_live()
        self.cursor_moved()

    def action_phase(self, number: int) -> None:
        """Move the cursor to the beginning of a phase (1 to 4), or say that it isn't reached."""
        phase, newest = list(Phase)[number - 1], self.cursor.newest_t
        if newest is None or phase.high < newest:
            self.show_notice(f"{phase.label} begins at t = {phase.high}: not reached yet")
            return
        self.cursor.seek_phase(phase)
        self.cursor_moved()

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
        self._send_speed()
        self.show_status()

    def _send_speed(self) -> None:
        """Let the worker sample at the selected speed; few steps slowly enough to be seen."""
        self.bridge.driver.set_speed(visible(self.speed, self._steps))
