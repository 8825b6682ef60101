"""The run screen: samples one digit, which can be paused, replayed and branched."""

from collections.abc import Iterable

from textual.events import Resize, ScreenResume
from textual.widget import Widget

from ...keys import State
from ...run_options import RunOptions
from ...session.beliefs import Beliefs
from ...session.session import Session
from ...terminal.frame_budget import FrameBudget
from ...terminal.link import frame_due
from ...text import duration, kept_steps
from ...widgets.canvas import Canvas
from ...widgets.digit_bars import DigitBars
from ...widgets.timeline import Timeline
from ...worker import events
from ...worker.bridge import Bridge
from ...worker.live_classifier import LiveClassifier
from ...worker.messages import SamplingMessage
from ..base_screen import PlannedScreen, by_part, set_window_title
from . import follow
from .choices import Choices
from .dials import Dials
from .follow import Follow
from .hints import Hints
from .keeping import Keeping
from .label_dials import LabelDials
from .loaded import Loaded
from .loop import Loop
from .menus import Menus
from .outcome import Outcome
from .panels import Panels
from .prompts import Prompts
from .run_keys import RUN_KEYS
from .run_panels import RunPlan
from .run_status import RunStatus, window_title
from .run_view import RunView
from .time_keys import TimeKeys

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
        self.outcome = Outcome(self, self.session, Beliefs(classifier))
        self.view = RunView(self, options, self.outcome.belief)
        self.panels = Panels(self, self.session, self.view)
        self.loaded = Loaded(self.session, self.view)
        self.time = TimeKeys(self, self.session)
        self.choices = Choices(self, self.session)
        self.menus = Menus(self, self.session)
        self.dials = Dials(self, self.session, self.view)
        self.labels = LabelDials(self)
        self.prompts = Prompts(self)
        self.keeping = Keeping(self)
        self.loop = Loop(self, options.loop)
        self.follow = Follow(self.session, self.loaded.sources)
        self.hints = Hints(self, FRAMES_PER_S)
        self.took = ""
        """How long the finished digit took, as text; empty while that isn't known."""
        self._pulls = 0
        self._frame_budget = FrameBudget()
        self._shown: object = None

    @property
    def state(self) -> State:
        """The state of the sampling, independent of the cursor."""
        return self.status.sampling

    @property
    def noun(self) -> str:
        """What a sample is called."""
        return self.view.noun

    @property
    def finished(self) -> bool:
        """Whether the newest step is the finished digit."""
        return self.state is State.DONE

    def plan(self, width: int, height: int) -> RunPlan:
        """Return the plan for a terminal of this size."""
        return self.panels.plan(width, height)

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
                if weights != self.follow.read_losses_of:
                    self.loaded.add_losses(weights, values)
            case events.WeightsLoaded(weights=weights, source=source, phases=phases):
                self.loaded.add_source(weights, source, self.session.spec, phases)
                if weights == self.session.weights:
                    if self.view.shape != source.shape:
                        self.view.shape = source.shape
                        self.view.own_schedule = source.schedule
                        self.view.belief_names = self.outcome.names = source.belief_names
                        self.rearrange()
                    self.enter(*self.status.going_on)
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
        self.took = duration(finished.elapsed)
        self.follow.digit_finished(self.took)
        self.loop.digit_finished()
        self.enter(State.DONE, self.finished_message())

    def finished_message(self) -> str:
        """Return the message about the finished digit and what can follow."""
        if self.session.follows:
            return self.follow.finished_message
        took = f" in {self.took}" if self.took else ""
        done = self.outcome.text or f"seed {self.session.seed}{took}"
        return f"done: {done}; {self.loop.what_follows}"

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
                if self.is_active and self.follow.has_shown_digit():
                    self.begin()
            elif self.follow.training is not before:
                self.enter(State.DONE, self.follow.finished_message)

    # Drawing.

    def pull(self, measured: bool = False) -> None:
        """Show the newest step, or the next step of a replay."""
        self._pulls += 1
        if self.status.count_frame():
            self.show_status()
        self.hints.count_frame()
        if not self.is_active and not measured and self._pulls % _BEHIND_HELP_EVERY:
            return
        was_live = self.session.live
        self.session.keep_pace()
        self.session.advance(1 / FRAMES_PER_S)
        if not measured and not (self._frame_budget.allows_frame() and frame_due(self.app)):
            return
        if self.bridge.run == self.session.run:
            frame = self.bridge.mailbox.take()
            if frame is not None and frame.run == self.session.run:
                self.view.measure(frame, measured)
                self._frame_budget.frame_started(self)
        self.time.arrive()
        self.show()
        if self.outcome.pull(measured) and self.finished:
            self.status.message = self.finished_message()
            self.show_status()
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
        if self.panels.set_at_end(step.t == 0):
            super().rearrange()
        self.view.show(step, newest_t, session)
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
        hidden = {"panels"} if len(self.panels.pages) == 1 else set()
        hidden |= self.status.hidden_keys | self.labels.hidden_keys
        if getattr(self.app, "opened_from", None) is None and not self.panels.zoom:
            hidden.add("back")
        if len(session.tree.paths) == 1:
            hidden.add("walk(-1)")
        note = self.follow.age + self.loop.note
        set_window_title(self.app, window_title(session, self.status.shown))
        self.view.show_status(session, self.status, self.loaded.source, note, hidden)

    # The mouse.

    def on_canvas_pressed(self, message: Canvas.Pressed) -> None:
        """Enlarge the picture, or show all again."""
        self.hints.used("zoom")
        self.panels.enlarge(message.name)

    def on_digit_bars_picked(self, message: DigitBars.Picked) -> None:
        """Ask for the class whose bar was clicked."""
        self.labels.ask_for(message.name)

    def on_mouse_scroll_up(self) -> None:
        """Go back in time."""
        self.time.wheel(-1)

    def on_mouse_scroll_down(self) -> None:
        """Go on in time."""
        self.time.wheel(1)

    # Time.

    def on_timeline_scrubbed(self, message: Timeline.Scrubbed) -> None:
        """Move the cursor to the timestep under the mouse."""
        self.loop.stop()
        self.session.cursor.seek_timestep(message.t)
        self.cursor_moved()

    def on_timeline_wheeled(self, message: Timeline.Wheeled) -> None:
        """Move the cursor with the wheel."""
        self.time.wheel(message.by)

    def cursor_moved(self) -> None:
        """Show the step at the cursor instead of a notice."""
        self.hints.used("move")
        self.status.clear_notice()
        stride, step = self.session.history.stride, self.session.step()
        if stride > 1 and step is not None and not self.session.live:
            self.status.set_notice(f"t {step.t}: {kept_steps(stride)}, for they are large")
        self.show()
        self.show_status()

    def resume(self) -> bool:
        """Continue an interrupted sampling; return False if it is finished."""
        unfinished = self.session.resume()
        self.view.set_rate(None, None if unfinished else 0.0)  # what was measured of another run
        if unfinished:
            self.enter_playing()
        return unfinished

    def enter_playing(self) -> None:
        """Show that the sampling plays or is paused."""
        if self.state is State.LOADING:
            self.show_status()
        else:
            self.enter(*self.status.going_on)

    # The next run.

    def begin(self) -> None:
        """Sample the seed from its noise; wait if there are no weights yet."""
        session, waiting = self.session, self.follow.must_wait()
        if not waiting:
            session.begin()
        self.took = ""
        loading = self.loaded.source is None
        what = "weights" if self.noun == "digit" else "the model"
        note = "waiting for weights ..." if waiting else f"loading {what} ..." if loading else ""
        self.view.show_noise(session, note)
        message = self.follow.waiting_message if waiting else self.status.misfit
        self.enter(State.LOADING if loading else State.PLAYING, message)

    def action_back(self) -> None:
        """Show all panels again, or go back to the grid or the race that the digit comes from."""
        if self.panels.zoom:
            self.panels.enlarge("")
            return
        self.app.action_go_back()  # pyright: ignore[reportAttributeAccessIssue]

    def has_weights(self) -> bool:
        """Return whether there are weights for another screen; if not, show a notice."""
        if self.follow.waiting:
            self.show_notice(self.follow.waiting_message)
        return not self.follow.waiting

    # Actions of the key table, by the part that does them.

    action_play = by_part("time", "toggle")
    action_move = by_part("time", "move")
    action_first = by_part("time", "first")
    action_live = by_part("time", "live")
    action_phase = by_part("time", "phase")
    action_next_seed = by_part("choices", "next_seed")
    action_walk = by_part("choices", "walk")
    action_undo = by_part("choices", "undo")
    action_redo = by_part("choices", "redo")
    action_sampler = by_part("menus", "samplers")
    action_weights = by_part("menus", "weights")
    action_speed = by_part("dials", "turn_speed")
    action_uneven = by_part("dials", "toggle_uneven")
    action_noise = by_part("dials", "turn_noise")
    action_loop = by_part("loop", "toggle")
    action_save = by_part("keeping", "save")
    action_copy = by_part("keeping", "copy")
    action_go_to = by_part("prompts", "ask")
    action_explain = by_part("panels", "explain")
    action_zoom = by_part("panels", "enlarge_next")
    action_panels = by_part("panels", "turn")

    # Label and guidance.

    action_digit = by_part("labels", "ask")
    action_guidance = by_part("labels", "turn_guidance")
    action_guidance_start = by_part("labels", "move_start")
    action_guidance_end = by_part("labels", "move_end")
    action_label_pictures = by_part("labels", "show_pictures")

    def on_timeline_guidance_turned(self, message: Timeline.GuidanceTurned) -> None:
        """Turn the guidance with the mouse."""
        self.labels.turn_guidance(message.by)

    def on_timeline_interval_moved(self, message: Timeline.IntervalMoved) -> None:
        """Limit the guidance to the interval drawn with the mouse."""
        self.labels.set_interval(message.start, message.until)
