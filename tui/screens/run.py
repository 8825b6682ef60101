"""The run screen: one digit emerging from noise."""

from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.geometry import NULL_OFFSET, NULL_SPACING, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.screen import Screen
from textual.widget import Widget

from ...core.noise import NoiseStream
from ...core.phases import Phase
from ...core.pictures import to_grey
from ...core.schedule import Schedule
from ..bridge import Bridge
from ..jobs import Job, Lane
from ..keys import KEYS, State, faster, slower
from ..layout import MIN_HEIGHT, MIN_WIDTH, plan
from ..messages import Failed, Finished, Frame, Loaded, Losses, PhaseChanged
from ..options import RunOptions
from ..source import Source, printable
from ..widgets.bars import Footer, Header, Story, Title, TooSmall
from ..widgets.canvas import Canvas
from ..widgets.chart import Chart
from ..widgets.readout import Numbers, Readout, ReadoutLine, duration, snr_text
from ..widgets.timeline import Timeline
from .help import HelpScreen

FRAMES_PER_S = 30
_SEEDS = 2**64
_NOISY = ("the noisy image",)
_T = Phase.STATIC.high
_ALPHA_BAR_T = Schedule().alpha_bar(_T)
_RATE_EVERY = FRAMES_PER_S // 4  # pulls between two changes of the measured numbers
_BEHIND_HELP_EVERY = FRAMES_PER_S // 5  # a dimmed screen costs a full repaint a frame


class RunLayout(Layout):
    """Puts every widget where :func:`..layout.plan` wants it."""

    name = "run"

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        """Return the placements; widgets that don't fit have none."""
        regions = plan(size.width, size.height).regions
        return [
            WidgetPlacement(regions[child.id], NULL_OFFSET, NULL_SPACING, child)
            for child in children
            if child.id in regions
        ]


class RunScreen(Screen[None]):
    """Shows what the bridge's thread samples, and hands it the keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key.names, key.action, key.help, show=False)
        for key in KEYS
        if key.action != "interrupt"
    ]
    AUTO_FOCUS = None
    ALLOW_SELECT = False
    DEFAULT_CSS = "RunScreen { overflow: hidden; }"

    def __init__(self, options: RunOptions, bridge: Bridge) -> None:
        super().__init__()
        self.options = options
        self.seed = options.seed
        self.state = State.LOADING
        self.bridge = bridge
        self._layout = RunLayout()
        self._source: Source | None = None
        self._speed = options.speed
        self._playing = True
        self._run = 0
        self._numbers = Numbers(self.seed, options.total_steps, options.speed, _T, _ALPHA_BAR_T)
        self._phase: Phase | None = None
        self._pulls = 0

    @property
    def layout(self) -> Layout:
        """The layout of the widgets; styles can only name Textual's own ones."""
        return self._layout

    def compose(self) -> ComposeResult:
        """Make every widget; the layout decides which are shown."""
        yield Header(threads=self.options.threads, id="header")
        yield Title("x_t", _NOISY, id="xt-title")
        yield Canvas(id="xt")
        yield Title("x0_hat", ["what the model expects", "the model's guess"], id="x0-title")
        yield Canvas(id="x0")
        yield Readout(self._numbers, id="readout")
        yield Chart(["training loss", "loss"], unit="epoch", empty="not known", id="loss")
        yield Chart(
            ["alpha_bar"],
            unit="t",
            empty="",
            first=_T,
            last=0,
            limits=(0.0, 1.0),
            note="share of signal",
            id="schedule",
        )
        yield Timeline(id="timeline")
        yield Story(id="story")
        yield ReadoutLine(self._numbers, id="line")
        yield Footer(id="footer")
        yield TooSmall((MIN_WIDTH, MIN_HEIGHT), id="too-small")

    def on_mount(self) -> None:
        """Show the noise at once; load weights only after that was painted."""
        self.query_one("#schedule", Chart).set_values(Schedule().alpha_bars[::-10].tolist())
        self._begin()
        self.set_interval(1 / FRAMES_PER_S, self.pull)
        self.call_after_refresh(self.bridge.open)

    def on_resize(self, event: Resize) -> None:
        """Let the story carry the numbers where no other widget has room for them."""
        shown = plan(event.size.width, event.size.height).regions
        self.query_one("#story", Story).take_numbers(not {"readout", "line"} & shown.keys())

    def on_unmount(self) -> None:
        """Let the thread end."""
        self.bridge.close()

    # What the thread reports.

    def on_losses(self, message: Losses) -> None:
        """Fill the loss chart."""
        self.query_one("#loss", Chart).set_values(message.values)

    def on_loaded(self, message: Loaded) -> None:
        """Say what is used; the run has begun."""
        self._source = message.source
        self._enter(State.PLAYING if self._playing else State.PAUSED)

    def on_phase_changed(self, message: PhaseChanged) -> None:
        """Tell what happens in the new phase."""
        if message.run == self._run:
            self._phase = message.phase
            self._tell()

    def on_finished(self, message: Finished) -> None:
        """Show the last picture and say so."""
        if message.run == self._run:
            self.pull(measured=True)
            self._numbers = replace(self._numbers, eta=0.0)
            self._show_numbers()
            took = duration(message.elapsed)
            self._enter(
                State.DONE,
                f"done: seed {self.seed} in {took}, space replays, n next seed",
            )

    def on_failed(self, message: Failed) -> None:
        """Leave if nothing ever worked; otherwise say what went wrong."""
        if message.at_start:
            self.app.exit(message.text, return_code=1)
        elif message.run == self._run:
            self._enter(State.FAILED, f"stopped: {message.text}")

    def pull(self, measured: bool = False) -> None:
        """Show the newest frame, if there is one."""
        self._pulls += 1
        if self.app.screen is not self and not measured and self._pulls % _BEHIND_HELP_EVERY:
            return
        frame = self.bridge.mailbox.take()
        if frame is None or frame.run != self._run:
            return
        self._show_frame(frame, measured or self._pulls % _RATE_EVERY == 0)

    def _show_frame(self, frame: Frame, measured: bool) -> None:
        step = frame.steps[0]
        if step is None:
            return
        self.query_one("#xt", Canvas).show(to_grey(step.x_t[0]))
        if step.t == 0:
            self.query_one("#xt-title", Title).show("x_0", ("the finished digit",))
        self.query_one("#x0", Canvas).show(to_grey(step.x0_hat[0]))
        self.query_one("#timeline", Timeline).show(step.t)
        self.query_one("#schedule", Chart).mark(1 - step.t / _T)
        rate, eta = self._numbers.rate, self._numbers.eta
        if measured or rate is None:
            rate = frame.rate
            eta = (step.total - step.index) / rate if rate else None
        self._numbers = replace(
            self._numbers,
            steps=step.total,
            t=step.t,
            alpha_bar=step.alpha_bar,
            index=step.index,
            rate=rate,
            eta=eta,
        )
        self._show_numbers()
        if step.phase is not self._phase:
            self._phase = step.phase
        self._tell()

    # What the keys do.

    def action_play(self) -> None:
        """Play, pause, or replay."""
        if self.state in (State.DONE, State.FAILED):
            self._begin()
            return
        self._play(not self._playing)

    def action_step(self) -> None:
        """Pause, or take one step."""
        if self.state is State.PLAYING:
            self._play(False)
        elif self.state is State.PAUSED:
            self.bridge.step_once()

    def action_next_seed(self) -> None:
        """Start the next seed."""
        self.seed = (self.seed + 1) % _SEEDS
        self._begin()

    def action_faster(self) -> None:
        """Raise the speed."""
        self._set_speed(faster(self._speed))

    def action_slower(self) -> None:
        """Lower the speed."""
        self._set_speed(slower(self._speed, self._numbers.rate))

    def action_help(self) -> None:
        """Show all keys."""
        self.app.push_screen(HelpScreen())

    def action_quit(self) -> None:
        """Leave."""
        self.app.exit(return_code=0)

    def _begin(self) -> None:
        """Start the current seed from its noise, playing."""
        o = self.options
        lane = Lane(
            o.sampler, o.weights, (NoiseStream(self.seed),), o.sampler, o.steps, o.eta, o.noise
        )
        self._run = self.bridge.start(Job((lane,)), self.post_message)
        self._playing = True
        self._phase = None
        steps = self._numbers.steps
        self._numbers = Numbers(self.seed, steps, self._speed, _T, _ALPHA_BAR_T)
        loading = self._source is None
        noise = NoiseStream(self.seed).draw(0)  # x_T, which no network is needed for
        self.query_one("#xt", Canvas).show(to_grey(noise))
        self.query_one("#xt-title", Title).show("x_t", _NOISY)
        self.query_one("#x0", Canvas).show(None, "loading weights…" if loading else "")
        self.query_one("#timeline", Timeline).show(_T)
        self.query_one("#schedule", Chart).mark(0.0)
        self._show_numbers()
        self._enter(State.LOADING if loading else State.PLAYING)

    def _play(self, playing: bool) -> None:
        self._playing = playing
        self.bridge.set_playing(playing)
        if self._source is not None:
            self._enter(State.PLAYING if playing else State.PAUSED)
        else:
            self._tell()

    def _set_speed(self, speed: float | None) -> None:
        self._speed = speed
        self.bridge.set_speed(speed)
        self._numbers = replace(self._numbers, speed=speed)
        self._show_numbers()

    def _enter(self, state: State, message: str = "") -> None:
        self.state = state
        process = f"{self.options.sampler} {self.options.total_steps} steps"
        weights = printable(self.options.weights)
        self.query_one("#header", Header).show(self.seed, weights, process, self._source)
        self.query_one("#footer", Footer).show(state)
        if message:
            self.query_one("#story", Story).say(message, error=state is State.FAILED)
        else:
            self._tell()

    def _tell(self) -> None:
        story = self.query_one("#story", Story)
        n = self._numbers
        if self.state is State.LOADING:
            begin = "" if self._playing else ", paused: space plays"
            story.say(f"the pure noise of seed {self.seed}; loading weights{begin}")
        elif self.state is State.PAUSED:
            story.say(f"paused at t {n.t}: space plays, → one step")
        elif self.state is State.PLAYING and self._phase is not None:
            snr = snr_text(n.alpha_bar)
            story.tell(self._phase, [f"t {n.t:>4}   SNR {snr:>8}", f"t {n.t:>4}"])

    def _show_numbers(self) -> None:
        self.query_one("#readout", Readout).show(self._numbers)
        self.query_one("#line", ReadoutLine).show(self._numbers)
