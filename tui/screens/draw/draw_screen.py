"""The canvas: a drawing, what the classifier sees in it, and the timestep of its U-turns."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from textual.events import Resize
from textual.widget import Widget

from ....core.array_types import Grey
from ....core.errors import DiffvizError
from ....core.names import DEFAULT_U_TURN, NUM_TIMESTEPS, SIDE
from ....core.phases import Phase, phase_at
from ....core.pictures import from_grey, to_grey
from ....core.sampling import Given, SamplingSpec
from ....core.sampling.samplers import evaluations
from ....core.schedule import Schedule
from ...session.drawn import Drawn
from ...session.session import Session
from ...text import counted, snr_text, with_article
from ...theme import ACCENT, DIM, PHASE_COLOURS, TEXT, style
from ...widgets.bars import Footer, Title
from ...widgets.canvas import Canvas
from ...widgets.digit_bars import DigitBars
from ...widgets.mosaic import Mosaic
from ...widgets.split_line import SplitLine
from ...widgets.text_widget import Row, text
from ...widgets.timeline import Timeline
from ...worker.bridge import Bridge
from ...worker.live_classifier import LiveClassifier
from ..base_screen import PlannedScreen
from ..question import QuestionScreen
from .draw_keys import DRAW_KEYS
from .draw_layout import plan_draw
from .draw_questions import turns_question
from .drawing import Drawing, Point, Tool
from .drawn_files import Turns, draw_command, save_here
from .noised import Noised
from .paper import Paper
from .stage_layout import StagePlan
from .tool_lines import ToolLines

if TYPE_CHECKING:
    from ..forward.training_images import TrainingImages

_BELIEFS_PER_S = 8
_NOISE_STEP, _SMALL_STEP = 50, 10
"""How many timesteps the keys of noise and of time go."""


class DrawScreen(PlannedScreen[None]):
    """Draws with mouse or keyboard; opens U-turns of the drawing."""

    KEYS = DRAW_KEYS

    def __init__(
        self,
        session: Session,
        bridge: Bridge,
        classifier: LiveClassifier,
        load: "Callable[[], TrainingImages | None]",
        drawn: Drawn | None = None,
    ) -> None:
        super().__init__()
        self.session, self.bridge, self.classifier = session, bridge, classifier
        drawn = drawn or Drawn()
        self.drawing = Drawing(drawn.image, drawn.hidden)
        self.t = drawn.t
        """The timestep of the next U-turns; None: the default, or all noise with a mask."""
        self.tool = Tool.BRUSH
        self.cursor = (SIDE // 2, SIDE // 2)
        """Column and row of the keyboard's cursor."""
        self.turns: Turns | None = None
        """The newest U-turns."""
        self.seed = drawn.seed if drawn.seed is not None else session.seed
        self._drawn = drawn
        self._load = load
        self._training: TrainingImages | None = None
        self._real = session.seed
        self._notice = ""
        self._mouse = False
        self._seen: object = None
        self.noised = Noised(self)

    def widgets(self) -> Iterable[Widget]:
        """Make the widgets above the footer."""
        yield SplitLine(id="header")
        yield Title("x_0", ["your drawing"], id="paper-title")
        yield Paper(id="paper")
        yield Title("x_t", [""], id="second-title")
        yield Canvas(id="second")
        yield DigitBars(("the classifier sees", "classifier sees", "seen"), id="belief")
        yield ToolLines(id="tools")
        yield Mosaic(id="strip")
        yield Timeline(id="timeline")
        yield SplitLine(id="status")

    def plan(self, width: int, height: int) -> StagePlan:
        """Return the plan for a terminal of this size."""
        return plan_draw(width, height)

    def on_mount(self) -> None:
        """Show the drawing; begin with the U-turns that were asked for on the command line."""
        self.redraw()
        self.set_interval(1 / _BELIEFS_PER_S, self.show_belief)
        self.set_interval(1 / _BELIEFS_PER_S, self.show_noised)
        self.run_worker(self._fetch(), exit_on_error=False)
        if self._drawn.number is not None:
            self.call_after_refresh(self.turn, self._drawn.number)

    def on_resize(self, event: Resize) -> None:
        """Lay out again."""
        self.noised.arrange(self.plan(*event.size))
        self.rearrange()
        self.redraw()

    def on_mosaic_picked(self, message: Mosaic.Picked) -> None:
        """Choose the timestep of a picture of the strip that was clicked."""
        if message.index < len(self.noised.timesteps):
            self._set_t(self.noised.timesteps[message.index])

    def on_timeline_scrubbed(self, message: Timeline.Scrubbed) -> None:
        """Choose the timestep under the mouse."""
        self._set_t(message.t)

    def on_paper_stroked(self, message: Paper.Stroked) -> None:
        """Draw where the mouse goes."""
        self._mouse = True
        if message.first:
            self.drawing.begin()
        self.drawing.stroke(message.start, message.end, self.tool)
        self.redraw()

    @property
    def timestep(self) -> int:
        """The timestep that U-turns start from."""
        if self.t is not None:
            return self.t
        return NUM_TIMESTEPS if self.drawing.masked else DEFAULT_U_TURN

    # Actions of keys.

    def action_cursor(self, by_x: int, by_y: int) -> None:
        """Move the cursor."""
        self.cursor = self._beside(by_x, by_y)
        self._mouse = False
        self.redraw()

    def action_dot(self) -> None:
        """Use the tool at the cursor."""
        self._mouse = False
        self._stroke(self.cursor, self.cursor)

    def action_line(self, by_x: int, by_y: int) -> None:
        """Move the cursor and draw on the way."""
        start, self.cursor = self.cursor, self._beside(by_x, by_y)
        self._mouse = False
        self._stroke(start, self.cursor)

    def action_eraser(self) -> None:
        """Change between drawing and erasing."""
        other = {Tool.BRUSH: Tool.ERASER, Tool.HIDE: Tool.SHOW}
        other |= {new: old for old, new in other.items()}
        self._take(other[self.tool])

    def action_mask(self) -> None:
        """Change between the picture and the mask."""
        self._take(Tool.BRUSH if self._masking else Tool.HIDE)

    def action_clear(self) -> None:
        """Clear the picture, or the mask."""
        self.drawing.clear(self._masking)
        self.redraw()

    def action_undo(self) -> None:
        """Take back the newest change."""
        self._show_notice("" if self.drawing.undo() else "nothing to undo")

    def action_real_digit(self) -> None:
        """Take the next real digit."""
        training = self._training
        if training is None:
            self._show_notice("no real digits here: --data-dir says where MNIST is")
            return
        self._real = (self._real + 1) % len(training.images)
        self.drawing.replace(training.images[self._real])
        label = with_article(int(training.labels[self._real]))
        self._show_notice(f"{training.name} image {self._real}, {label}")

    def action_shown_digit(self) -> None:
        """Take the digit of the run screen, as far as it is done."""
        step = self.session.step()
        if step is None:
            self._show_notice("nothing is sampled yet on the run screen")
            return
        self.drawing.replace(to_grey(step.x0_hat[0]))
        self._show_notice(f"x0_hat of seed {self.session.seed} at t = {step.t}")

    def action_save(self) -> None:
        """Save the drawing in the current folder."""
        try:
            self._show_notice(f"saved as {save_here(self.drawing.image)}")
        except DiffvizError as error:
            self._show_notice(str(error))

    def action_noise(self, by: int) -> None:
        """Choose a timestep with less or more noise."""
        self._set_t(self.timestep + by * _NOISE_STEP)

    def action_scrub(self, by: int) -> None:
        """Choose a timestep a little earlier or later on the way from noise to digit."""
        self._set_t(self.timestep - by * _SMALL_STEP)

    def action_phase(self, number: int) -> None:
        """Choose the timestep where a phase (1 to 4) begins."""
        self._set_t(list(Phase)[number - 1].high)

    def action_ask(self) -> None:
        """Ask how many times to send the drawing to x_t and back, and do that."""
        if obstacle := self._obstacle():
            self._show_notice(obstacle)
            return

        def answered(answer: str | None) -> None:
            if answer == "quit":
                self.action_quit()
            elif answer:
                self.turn(int(answer))

        masked = self.drawing.masked
        question = turns_question(self.timestep, masked)
        self.app.push_screen(QuestionScreen(question), answered)

    def turn(self, number: int) -> None:
        """Send the drawing to x_t and back, ``number`` times."""
        if obstacle := self._obstacle():
            self._show_notice(obstacle)
            return
        from .u_turn_screen import UTurnScreen

        given, spec = self._process()
        self.turns = Turns(self.drawing.image, given, spec, number, self.seed)
        screen = UTurnScreen(self.session.options, self.bridge, self.classifier, self.turns)
        self.app.push_screen(screen, self._returned)

    def command_line(self) -> str:
        """Return the command that shows the newest U-turns again; empty before any."""
        if self.turns is None:
            return ""
        try:
            return draw_command(self.session, self.turns)
        except DiffvizError:
            return ""  # there is no place for the picture

    # Drawing.

    def redraw(self) -> None:
        """Show the drawing and everything about it."""
        cursor = None if self._mouse else self.cursor
        self.query_one("#paper", Paper).show(self.drawing.seen(), cursor)
        self.query_one("#tools", ToolLines).show(self.tool, self.drawing.masked)
        self.query_one("#timeline", Timeline).show(self.timestep)
        self._show_lines()

    def show_noised(self) -> None:
        """Show x_t of the drawing, that the first way back begins with."""
        self.noised.show(self.drawing.image, self.timestep, self.seed)

    def show_belief(self) -> None:
        """Show what the classifier sees, if the drawing has changed."""
        image = self.drawing.image
        if image is self._seen:
            return
        self._seen = image
        found = None
        if not self.drawing.blank:
            found = self.classifier.probabilities(from_grey(image[None]))
        self.query_one("#belief", DigitBars).show_belief(None if found is None else found[0])

    def _show_lines(self) -> None:
        name = text("diffviz", style(ACCENT, bold=True))
        spec = self.session.spec
        what = "your drawing" if self._drawn.name is None else self._drawn.name
        process, noise = spec.describe(), spec.describe_noise()
        self.query_one("#header", SplitLine).show(
            [[name, text(f"   {what}, 28x28")], [name]],
            [f"{self.session.weights} · {process}", process],
            (process, noise),
            noise,
        )
        t = self.timestep
        phase = phase_at(t)
        snr = snr_text(Schedule().alpha_bar(t))
        left: Row = [
            text("● ", style(PHASE_COLOURS[phase])),
            text(f"to t = {t}", style(TEXT, bold=True)),
        ]
        longer = [*left, text(f"   {phase.label}   {snr}", style(DIM))]
        if self._notice:
            self.query_one("#status", SplitLine).show([left], [self._notice])
            return
        masked = self.drawing.masked
        whats = ["Enter: to x_t and back"]
        if masked:
            given, spec = self._process()
            cost = f"{evaluations(spec, given)} evaluations each"
            whats = [f"Enter: fill in the mask, {cost}", f"Enter: fill it in, {cost}"]
            whats += ["Enter: fill in the mask"]
        self.query_one("#status", SplitLine).show([longer, left], whats)

    def _process(self) -> tuple[Given, SamplingSpec]:
        """Return what the next ways back start from, and how they are sampled."""
        hidden, spec = None, self.session.spec
        if self.drawing.masked:
            hidden, spec = self.drawing.hidden, self._drawn.filling(spec)
        image, drawn = from_grey(self.drawing.image), self._drawn
        return Given(image, self.timestep, hidden, drawn.resamplings, drawn.jump), spec

    def _show_notice(self, notice: str) -> None:
        self._notice = notice
        self.redraw()

    def _take(self, tool: Tool) -> None:
        self.tool = tool
        self._show_notice("")

    def _stroke(self, start: Point, end: Point) -> None:
        self._notice = ""
        self.drawing.begin()
        self.drawing.stroke(start, end, self.tool)
        self.redraw()

    def _beside(self, by_x: int, by_y: int) -> tuple[int, int]:
        x, y = self.cursor
        return min(SIDE - 1, max(0, x + by_x)), min(SIDE - 1, max(0, y + by_y))

    def _set_t(self, t: int) -> None:
        self.t = min(NUM_TIMESTEPS, max(1, t))
        self._show_notice("")

    def _obstacle(self) -> str:
        """Return why there can be no U-turn of what is drawn, as a message; empty if there can."""
        if self.drawing.blank:
            return "the canvas is blank: draw something first"
        if self.drawing.masked and self.drawing.hidden.all():
            return "the mask hides everything: leave something to hold (M, E, X)"
        return ""

    @property
    def _masking(self) -> bool:
        return self.tool in (Tool.HIDE, Tool.SHOW)

    def _returned(self, result: "tuple[Turns, Grey | None] | None") -> None:
        """Go on after U-turns: the next ones have other noise."""
        if result is None:
            return
        self.turns, image = result
        self.seed = self.turns.seed + self.turns.number
        if image is not None:
            self.drawing.replace(image)
        self._show_notice(f"came back {counted(self.turns.number, 'time')}")

    async def _fetch(self) -> None:
        with suppress(DiffvizError, OSError):
            self._training = await asyncio.to_thread(self._load)
        without = {"real_digit"} if self._training is None else ()
        self.query_one("#footer", Footer).show(None, without)
