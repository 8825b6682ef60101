"""The run screen: one digit emerging from noise, to be stopped, gone back in and branched."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Resize, ScreenResume

from ....core.errors import printable
from ....core.phases import Phase
from ...keys import KEYS, State
from ...options import RunOptions
from ...session.session import Session
from ...terminal.frame_budget import FrameBudget
from ...terminal.link import frame_due
from ...text import duration, snr_text
from ...widgets.bars import Footer, Header, PhaseLine
from ...widgets.timeline import Timeline
from ...worker.bridge import Bridge
from ...worker.live_classifier import Belief
from ...worker.messages import Failed, Finished, Frame, Loaded, Losses
from ...worker.pipelines import Source
from ..planned import PlannedScreen, Regions, bindings
from . import follow
from .follow import Follow
from .loop import Loop
from .notice import Notice
from .run_actions import RunActions
from .run_layout import Plan, pages, plan
from .run_view import RunView

FRAMES_PER_S = 30
_RATE_EVERY = 6  # frames between two changes of the measured numbers
_NOTICE_FRAMES = 2 * FRAMES_PER_S
_BEHIND_HELP_EVERY = FRAMES_PER_S // 5  # a dimmed screen costs a full repaint a frame


class RunScreen(RunActions, PlannedScreen[None]):
    """Shows the place in the session's run that is looked at."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)

    def __init__(self, options: RunOptions, bridge: Bridge, belief: Belief) -> None:
        super().__init__()
        self.options = options
        self.bridge = bridge
        self.belief = belief
        self.session = Session(options, bridge, self.post_message)
        self.view = RunView(self, options, belief)
        self.loop = Loop(self, options.loop, self.action_next_seed)
        self.follow = Follow(self)
        self.state = State.LOADING
        """What the sampling does, wherever the cursor is."""
        self.page = 0
        self.explaining = False
        self.speed = options.speed
        self.playing = True
        self.sources: dict[str, Source] = {}
        self._pulls = self._frames = 0
        self._frame_budget = FrameBudget()
        self._shown: object = None
        self._message = ""
        self._notice = Notice(_NOTICE_FRAMES)
        self._useless: frozenset[str] = frozenset()
        """Actions that would change nothing now."""

    def regions(self, width: int, height: int) -> Regions:
        """Return where the widgets are."""
        return self.plan(width, height).regions

    def plan(self, width: int, height: int) -> Plan:
        """Return where everything goes."""
        return plan(width, height, self.page, self.explaining)

    def compose(self) -> ComposeResult:
        """Make every widget; the layout decides which are shown."""
        yield from self.view.compose()

    def on_mount(self) -> None:
        """Show the panels at once, and load weights; then the noise."""
        self.view.mounted()
        self.begin()
        self.set_interval(1 / FRAMES_PER_S, self.pull)
        self.set_interval(follow.POLL_S, self.follow.poll)
        self.call_after_refresh(self.bridge.open)
        self.call_after_refresh(self.view.painted)

    def on_resize(self, event: Resize) -> None:
        """Let the phase line carry the numbers where no other widget has room for them."""
        shown = self.plan(event.size.width, event.size.height).regions
        self.query_one("#phase", PhaseLine).include_numbers(not {"readout", "line"} & shown.keys())
        self._shown = None  # panels that come into view show the present
        self.arranged()

    def on_unmount(self) -> None:
        """Let the thread end."""
        self.follow.close()
        self.bridge.close()

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Take the thread back from a screen that sampled something else."""
        if self.session.run and self.bridge.run != self.session.run:
            self.resume()
        if self.session.newest() is not None:
            self.show_state()  # there may be branches now

    # What the thread reports.

    def on_losses(self, message: Losses) -> None:
        """Fill the loss chart, unless the losses are read as they come."""
        if self.session.recipe.weights == message.weights != self.follow.shows:
            self.view.show_losses(message.values)

    def on_loaded(self, message: Loaded) -> None:
        """Say what is used; the run has begun."""
        self.sources[message.weights] = message.source
        if message.weights == self.session.recipe.weights:
            self.view.show_phases(message.phases)
            self.enter(State.PLAYING if self.playing else State.PAUSED)

    def on_finished(self, message: Finished) -> None:
        """Show the last picture and say so."""
        if message.run == self.session.run:
            self.pull(measured=True)
            self.view.measure(self.view.numbers.rate, 0.0)
            took = duration(message.elapsed)
            done = f"done: seed {self.session.seed} in {took}, {self.loop.finished()}"
            done = self.follow.finished(took) if self.session.follows else done
            self.enter(State.DONE, done)

    def on_failed(self, message: Failed) -> None:
        """Leave if nothing ever worked; otherwise say what went wrong."""
        if message.at_start:
            self.app.exit(message.text, return_code=1)
        elif message.run == self.session.run:
            self.enter(State.FAILED, f"stopped: {message.text}: space tries again")

    def on_timeline_scrubbed(self, message: Timeline.Scrubbed) -> None:
        """Look at the timestep under the mouse."""
        self.session.look_at_t(message.t)
        self.looked()

    # What is shown.

    def pull(self, measured: bool = False) -> None:
        """Show what is new, or what is looked at next."""
        self._pulls += 1
        if self._notice.passes():
            self.show_state()
        if self.app.screen is not self and not measured and self._pulls % _BEHIND_HELP_EVERY:
            return
        was_live = self.session.live
        self.session.advance(self.speed, 1 / FRAMES_PER_S)
        if not measured and not (self._frame_budget.allows_frame() and frame_due(self.app)):
            return
        if self.bridge.run == self.session.run:
            frame = self.bridge.mailbox.take()
            if frame is not None and frame.run == self.session.run:
                self._frames += 1
                self._measure(frame, measured or self._frames % _RATE_EVERY == 0)
                self._frame_budget.frame_started(self)
        self.show()
        if was_live != self.session.live:
            self.show_state()

    def show(self) -> None:
        """Show the step under the cursor, if it isn't on the screen already."""
        session = self.session
        newest = session.history.last
        index = session.index
        wanted = (session.generation, index, newest)
        if index < 0 or wanted == self._shown:
            return
        self._shown = wanted
        step = session.history.step(index)
        newest_t = step.t if index == newest else session.history.step(newest).t
        self.view.show(step, newest_t, ("run", session.generation, index))
        self.view.explain(step, session.recipe.sampler)
        self.show_state()

    def _measure(self, frame: Frame, measured: bool) -> None:
        step = frame.steps[0]
        if step is not None and (measured or self.view.numbers.rate is None):
            rate = frame.rate
            self.view.measure(rate, (step.total - step.index) / rate if rate else None)

    def enter(self, state: State, message: str = "") -> None:
        """Note what the sampling does, with a ``message`` that stays until the next change."""
        self.state = state
        self._message = message
        self._notice.clear()
        self.show_state()

    def tell(self, message: str) -> None:
        """Say something for a while, or until the next change."""
        self._notice.say(message)
        self._tell()

    def looked(self) -> None:
        """Show the place that is looked at now."""
        self._notice.clear()
        self.show()
        self.show_state()

    def arranged(self) -> None:
        """Note that the panels are others now."""
        several = len(pages(*self.size, self.explaining)) > 1
        self._useless = frozenset() if several else frozenset({"panels"})

    @property
    def _no_branches(self) -> frozenset[str]:
        return frozenset() if len(self.session.tree.paths) > 1 else frozenset({"walk(-1)"})

    def show_state(self) -> None:
        """Say what is going on: in the header, the phase line and the footer."""
        session, recipe = self.session, self.session.recipe
        shown = self.shown_state
        self.query_one("#footer", Footer).show(shown, self._useless | self._no_branches)
        header = self.query_one("#header", Header)
        header.show(
            session.title + self.follow.age,
            printable(recipe.weights),
            recipe.process,
            self.sources.get(recipe.weights),
        )
        n = self.view.numbers
        header.place(None if session.live else n.t, shown)
        self._tell()

    @property
    def shown_state(self) -> State:
        """What the keys act on: the sampling, or the cursor when it is back in time."""
        if self.session.live:
            return self.state
        return State.REPLAY if self.session.replaying else State.BACK

    def _tell(self) -> None:
        phase_line = self.query_one("#phase", PhaseLine)
        n, step = self.view.numbers, self.session.step()
        if self._notice.text:
            phase_line.show_message(self._notice.text)
        elif self.session.live and self._message:
            phase_line.show_message(self._message, error=self.state is State.FAILED)
        elif step is None:
            waits = "loading weights" if self.state is State.LOADING else "sampling begins"
            begin = "" if self.playing else ", paused: space plays"
            phase_line.show_message(f"the pure noise of seed {self.session.seed}; {waits}{begin}")
        elif self.shown_state is State.PAUSED:
            phase_line.show_message(f"paused at t {n.t}: space plays, → one step, ← back")
        else:
            snr = snr_text(n.alpha_bar)
            phase = step.phase if step.t > 0 else Phase.REFINEMENT
            phase_line.show_phase(phase, [f"t {n.t:>4}   SNR {snr:>8}", f"t {n.t:>4}"])
