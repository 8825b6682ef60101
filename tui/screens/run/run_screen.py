"""The run screen: samples one digit, which can be paused, replayed and branched."""

from collections.abc import Iterable

from textual.events import Resize, ScreenResume
from textual.widget import Widget

from ....core.phases import Phase
from ...keys import State
from ...run_options import RunOptions
from ...session.branches import BranchPath
from ...session.session import Session
from ...terminal.frame_budget import FrameBudget
from ...terminal.link import frame_due
from ...text import duration
from ...widgets.timeline import Timeline
from ...worker import events
from ...worker.bridge import Bridge
from ...worker.live_classifier import LiveClassifier
from ...worker.messages import SamplingMessage
from ...worker.pipelines import Source
from ..base_screen import PlannedScreen
from . import follow
from .dials import Dials
from .follow import Follow
from .loop import Loop
from .run_keys import RUN_KEYS
from .run_layout import RunPlan, pages, plan_run
from .run_status import RunStatus
from .run_view import RunView

FRAMES_PER_S = 30
_NOTICE_FRAMES = 2 * FRAMES_PER_S
_BEHIND_HELP_EVERY = FRAMES_PER_S // 5  # below an overlay each frame repaints the whole screen


class RunScreen(PlannedScreen[None]):
    """Shows the step at the session's cursor.

    Other screens are imported when they are opened, so that the first frame doesn't wait for them.
    """

    KEYS = RUN_KEYS

    def __init__(self, options: RunOptions, bridge: Bridge, classifier: LiveClassifier) -> None:
        super().__init__()
        self.bridge = bridge
        self.classifier = classifier
        self.session = Session(options, bridge, self.post_message)
        self.status = RunStatus(self.session, _NOTICE_FRAMES)
        self.view = RunView(self, options, classifier)
        self.dials = Dials(self, self.session, self.view)
        self.loop = Loop(self, options.loop, self.action_next_seed)
        self.sources: dict[str, Source] = {}
        """The weights loaded so far, by the names they were given."""
        self.follow = Follow(self.session, self.sources)
        self.page = 0
        self.explaining = False
        self._pulls = 0
        self._frame_budget = FrameBudget()
        self._shown: object = None

    @property
    def state(self) -> State:
        """The state of the sampling, independent of the cursor."""
        return self.status.sampling

    def plan(self, width: int, height: int) -> RunPlan:
        """Return the plan for a terminal of this size."""
        return plan_run(width, height, self.page, self.explaining)

    def widgets(self) -> Iterable[Widget]:
        """Make the widgets above the footer."""
        return self.view.widgets()

    def on_mount(self) -> None:
        """Show the panels; load the weights and show the noise after the first frame."""
        self.view.mounted()
        self.begin()
        self.set_interval(1 / FRAMES_PER_S, self.pull)
        self.set_interval(follow.POLL_S, self.poll)
        self.call_after_refresh(self.bridge.driver.open)
        self.call_after_refresh(self.view.painted)

    def on_resize(self, event: Resize) -> None:
        """Fill the panels that have become visible."""
        self.view.resized(self.plan(*event.size).regions)
        self._shown = None

    def on_unmount(self) -> None:
        """End the sampling."""
        self.follow.close()
        self.bridge.driver.close()

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Go on sampling after another screen has used the bridge."""
        if self.session.run and self.bridge.run != self.session.run:
            self.resume()
        if self.session.newest() is not None:
            self.show_status()  # there may be branches now

    # What the driver reports.

    def on_sampling_message(self, message: SamplingMessage) -> None:
        """Show what an event changes; leave after a failure if nothing ever worked."""
        match message.event:
            case events.LossesRead(weights=weights, values=values):
                if self.session.weights == weights != self.follow.read_losses_of:
                    self.view.show_losses(values)
            case events.WeightsLoaded(weights=weights, source=source, phases=phases):
                self.sources[weights] = source
                if weights == self.session.weights:
                    self.view.show_phases(phases)
                    self.enter(State.PLAYING if self.session.playing else State.PAUSED)
            case events.SamplingFinished(run) as finished if run == self.session.run:
                self.show_finished(finished)
            case events.SamplingFailed(at_start=True) as failed:
                self.app.exit(failed.text_with_way_out, return_code=1)
            case events.SamplingFailed(run) as failed if run == self.session.run:
                self.enter(State.FAILED, self.status.failed(failed))
            case events.BackendReplaced(text=text):
                self.show_notice(text)

    def show_finished(self, finished: events.SamplingFinished) -> None:
        """Show the last picture and how long it took."""
        self.pull(measured=True)
        self.view.set_rate(self.view.numbers.rate, 0.0)
        took = duration(finished.elapsed)
        self.follow.digit_finished(took)
        done = f"done: seed {self.session.seed} in {took}, {self.loop.digit_finished()}"
        self.enter(State.DONE, self.follow.finished_message if self.session.follows else done)

    def poll(self) -> None:
        """Show new losses of a training, and sample again when it has newer weights."""
        before, losses = self.follow.training, self.follow.poll()
        if losses is not None:
            self.view.show_loss_summary(losses)
        if not self.session.follows:
            return
        if self.follow.waiting:
            if self.follow.has_weights:
                self.begin()
            else:
                self.enter(State.LOADING, self.follow.waiting_message)
        elif self.state is State.DONE and self.session.live:
            if self.follow.newer_weights():
                if self.app.screen is self and self.follow.has_shown_digit():
                    self.begin()
            elif self.follow.training is not before:
                self.enter(State.DONE, self.follow.finished_message)

    # Drawing.

    def pull(self, measured: bool = False) -> None:
        """Show the newest step, or the next step of a replay."""
        self._pulls += 1
        if self.status.count_frame():
            self.show_status()
        if self.app.screen is not self and not measured and self._pulls % _BEHIND_HELP_EVERY:
            return
        was_live = self.session.live
        self.session.advance(1 / FRAMES_PER_S)
        if not measured and not (self._frame_budget.allows_frame() and frame_due(self.app)):
            return
        if self.bridge.run == self.session.run:
            frame = self.bridge.mailbox.take()
            if frame is not None and frame.run == self.session.run:
                self.view.measure(frame, measured)
                self._frame_budget.frame_started(self)
        self.show()
        if was_live != self.session.live:
            self.show_status()

    def show(self) -> None:
        """Show the step at the cursor, if it isn't on the screen already."""
        session = self.session
        newest = session.history.last
        index = session.index
        wanted = (session.generation, index, newest)
        if index < 0 or wanted == self._shown:
            return
        self._shown = wanted
        step = session.history.step(index)
        newest_t = step.t if index == newest else session.history.step(newest).t
        self.view.show(step, newest_t, session, ("run", session.generation, index))
        self.view.explain(step, session.spec.sampler)
        self.show_status()

    def redraw(self) -> None:
        """Show the step at the cursor on all panels, including those that were hidden."""
        self._shown = None
        self.show()

    def rearrange(self) -> None:
        """Lay the widgets out again, and fill those that have become visible."""
        super().rearrange()
        self.call_after_refresh(self.redraw)

    def enter(self, state: State, message: str = "") -> None:
        """Set the state of the sampling, with a ``message`` that stays until the next change."""
        self.status.enter(state, message)
        self.show_status()

    def show_notice(self, notice: str) -> None:
        """Show ``notice`` for a while, or until the next change."""
        self.status.set_notice(notice)
        self.view.show_message(self.session, self.status)

    def show_status(self) -> None:
        """Show the state in the header, the message and the footer."""
        session = self.session
        hidden = {"panels"} if len(pages(*self.size, self.explaining)) == 1 else set()
        hidden |= self.status.hidden_keys
        if len(session.tree.paths) == 1:
            hidden.add("walk(-1)")
        source = self.sources.get(session.weights)
        self.view.show_status(session, self.status, source, self.follow.age, hidden)

    # Time.

    def on_timeline_scrubbed(self, message: Timeline.Scrubbed) -> None:
        """Move the cursor to the timestep under the mouse."""
        self.session.seek_timestep(message.t)
        self.cursor_moved()

    def cursor_moved(self) -> None:
        """Show the step at the cursor instead of a notice."""
        self.status.clear_notice()
        self.show()
        self.show_status()

    def action_play(self) -> None:
        """Play, pause, or replay."""
        session = self.session
        if session.live and self.state is State.FAILED:
            self.begin()
        elif session.live and self.state is State.DONE:
            session.toggle_replay()
            self.cursor_moved()
        elif session.live:
            self.play(not session.playing)
        else:
            session.toggle_replay()
            self.show_status()

    def action_move(self, steps: int) -> None:
        """Move the cursor by some steps; past the newest one, sample it if paused."""
        session = self.session
        if steps > 0 and session.live:
            if self.state is State.PLAYING:
                self.play(False)
            elif self.state is State.PAUSED:
                for _ in range(steps):
                    self.bridge.driver.step_once()
            return
        session.seek(session.index + steps)
        self.cursor_moved()

    def action_first(self) -> None:
        """Move the cursor to the noise."""
        self.session.seek(0)
        self.cursor_moved()

    def action_live(self) -> None:
        """Follow the newest step."""
        self.session.go_live()
        self.cursor_moved()

    def action_phase(self, number: int) -> None:
        """Move the cursor to the beginning of a phase (1 to 4), once reached."""
        self.session.seek_phase(list(Phase)[number - 1])
        self.cursor_moved()

    def action_speed(self, up: bool) -> None:
        """Raise or lower the speed."""
        self.dials.turn_speed(up)

    def play(self, playing: bool) -> None:
        """Resume or pause the sampling."""
        self.session.play(playing)
        self._enter_playing()

    def resume(self) -> bool:
        """Continue an interrupted sampling; return False if it is finished."""
        unfinished = self.session.resume()
        if unfinished:
            self._enter_playing()
        return unfinished

    def _enter_playing(self) -> None:
        if self.state is State.LOADING:
            self.show_status()
        else:
            self.enter(State.PLAYING if self.session.playing else State.PAUSED)

    # Branches.

    def action_walk(self, by: int) -> None:
        """Go to another branch of the tree, at the same timestep."""
        session = self.session
        paths, path = session.tree.paths, session.tree.neighbour(session.history.branch, by)
        if len(paths) == 1:
            self.show_notice("there are no branches yet: b takes one")
        else:
            place = f"{paths.index(path) + 1} of {len(paths)}"
            session.walk(path)
            self._resume_branch(f"branch {place}: {session.title}")

    def open_branch(self, path: BranchPath) -> None:
        """Go on with a branch that was chosen on another screen."""
        self.session.open_branch(path)
        self._resume_branch(f"kept: {self.session.title}")

    def _resume_branch(self, notice: str) -> None:
        self._shown = None
        if not self.resume():
            self.show()
            self.enter(State.DONE, f"{notice}, space replays, n next seed")
        self.show_notice(notice)

    # The next run.

    def begin(self) -> None:
        """Sample the seed from its noise; wait if there are no weights yet."""
        session, waiting = self.session, self.follow.must_wait()
        if not waiting:
            session.begin()
        loading = session.weights not in self.sources
        note = "waiting for weights…" if waiting else "loading weights…" if loading else ""
        self.view.show_noise(session, note)
        message = self.follow.waiting_message if waiting else ""
        self.enter(State.LOADING if loading else State.PLAYING, message)

    def open(self, seed: int) -> None:
        """Sample ``seed`` from its noise."""
        self.session.open(seed)
        self.begin()

    def has_weights(self) -> bool:
        """Return whether there are weights for another screen; if not, show a notice."""
        if self.follow.waiting:
            self.show_notice(self.follow.waiting_message)
        return not self.follow.waiting

    def action_next_seed(self) -> None:
        """Start the next seed."""
        self.open(self.session.seed + 1)

    def action_noise(self, by: int) -> None:
        """Change the scale of the injected noise, by tenths."""
        self.dials.turn_noise(by)

    def action_sampler(self) -> None:
        """Sample the same seed with the next sampler."""
        self.dials.next_sampler()

    def action_weights(self) -> None:
        """Sample the same seed with the next bundled weights."""
        self.dials.next_weights()

    # The panels.

    def action_explain(self) -> None:
        """Explain the step in a panel, or in an overlay where there is no room."""
        from ..explain_screen import ExplainScreen

        self.explaining = not self.explaining
        if "explain" in plan_run(*self.size, self.page, True).regions:
            self.rearrange()
        else:
            self.explaining = False
            session = self.session
            self.app.push_screen(ExplainScreen(lambda: (session.step(), session.spec.sampler)))

    def action_panels(self) -> None:
        """Show other panels where not all of them have room."""
        different = pages(*self.size, self.explaining)
        self.page = next((page for page in different if page > self.page), different[0])
        self.rearrange()
