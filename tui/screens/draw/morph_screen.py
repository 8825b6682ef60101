"""The way between two digits: all places are sampled together, a slider chooses the one to see."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from textual.widget import Widget

from ....core.array_types import Array
from ....core.noise import NoiseStream
from ....core.pictures import to_grey, to_pictures
from ....core.samples.morph import SAMPLER, arc
from ...keys import State
from ...run_options import RunOptions
from ...text import shell_word
from ...theme import ACCENT, DIM, style
from ...widgets.bars import Title
from ...widgets.canvas import Canvas
from ...widgets.digit_bars import DigitBars
from ...widgets.mosaic import Mosaic
from ...widgets.slider import Slider
from ...widgets.split_line import SplitLine
from ...widgets.text_widget import text
from ...worker.bridge import Bridge
from ...worker.jobs import Job, Lane
from ...worker.live_classifier import LiveClassifier
from ..jobs.job_screen import JobScreen
from ..jobs.mosaic_screen import where
from .morph_keys import MORPH_KEYS
from .morph_layout import plan_morph
from .stage_layout import StagePlan

PLACES = 33


@dataclass(frozen=True, eq=False, slots=True)
class Ends:
    """The two ends of the way."""

    noise: Array
    """x_T of both, ``[2, 28, 28]``."""
    names: tuple[str, str]
    flags: tuple[str, ...]
    """The flags that name them."""


class MorphScreen(JobScreen):
    """Samples the noise of every place by DDIM; ``digit`` shows the place of the slider."""

    KEYS = MORPH_KEYS

    def __init__(
        self, options: RunOptions, bridge: Bridge, classifier: LiveClassifier, ends: Ends
    ) -> None:
        spec = replace(options.spec, sampler=SAMPLER, eta=0.0)
        super().__init__(replace(options, spec=spec), bridge, classifier)
        self.ends = ends
        self.place = PLACES // 2
        """The place that is shown, 0 to ``PLACES - 1``."""
        self._noise = arc(ends.noise, PLACES)
        self._view = "x0_hat"
        self._plan = StagePlan({})

    def widgets(self) -> Iterable[Widget]:
        """Make the widgets above the footer."""
        yield SplitLine(id="header")
        yield Title("x0_hat", [""], id="digit-title")
        yield Canvas(id="digit")
        yield Title("x_1000", ["the noise of this place", "its noise"], id="second-title")
        yield Canvas(id="second")
        yield DigitBars(("the classifier sees", "classifier sees", "seen"), id="belief")
        yield Mosaic(id="strip")
        yield Slider(*self.ends.names, PLACES, id="slider")
        yield SplitLine(id="status")

    def plan(self, width: int, height: int) -> StagePlan:
        """Return the plan for a terminal of this size."""
        return plan_morph(width, height)

    def job(self) -> Job:
        """Return all places as one lane; the sampler uses none of their noise."""
        streams = (NoiseStream(0),) * PLACES
        spec, weights = self.options.spec, self.options.weights
        return Job((Lane(SAMPLER, weights, streams, spec, start=(0, self._noise), asked=True),))

    def fit(self, width: int, height: int) -> None:
        """Lay out again."""
        self._plan = self.plan(width, height)
        self.query_one("#strip", Mosaic).arrange_tiles(self._plan.strip)
        self.rearrange()
        self.show_steps(slow=True)

    def show_steps(self, slow: bool) -> None:
        """Show the digit at the slider's place."""
        self.query_one("#slider", Slider).show(self.place)
        step = self.steps[0] if self.kept else None
        picture = self._noise if step is None else getattr(step, self._view)
        self.query_one("#digit", Canvas).show(to_grey(picture[self.place]))
        self.query_one("#second", Canvas).show(to_grey(self._noise[self.place]))
        name = "x_1000" if step is None else "x_0" if step.t == 0 else self._view
        share = f"at {self._share(self.place)} of the way"
        self.query_one("#digit-title", Title).show(name, [share])
        self._show_strip(picture)
        if step is not None:
            here = slice(self.place, self.place + 1)
            found = self.classifier.probabilities(step.x0_hat[here])
            if found is not None:
                self.query_one("#belief", DigitBars).show_belief(found[0])
        self.show_status()

    def _show_strip(self, pictures: Array) -> None:
        """Show places along the way, where there is room for them."""
        places = self._strip_places
        if not places:
            return
        strip = self.query_one("#strip", Mosaic)
        labels = [[text(self._share(place), style(DIM))] for place in places]
        strip.show(to_pictures(pictures[list(places)]), labels)
        strip.select(min(range(len(places)), key=lambda i: abs(places[i] - self.place)))

    @property
    def _strip_places(self) -> tuple[int, ...]:
        """The places of the strip's pictures."""
        number = self._plan.strip.columns if self._plan.strip is not None else 0
        return tuple(round(i * (PLACES - 1) / (number - 1)) for i in range(number))

    def _share(self, place: int) -> str:
        return f"{place / (PLACES - 1):.0%}"

    def show_status(self) -> None:
        """Fill the header and the status."""
        name = text("diffviz", style(ACCENT, bold=True))
        between = f"between {self.ends.names[0]} and {self.ends.names[1]}"
        spec, source = self.options.spec, self.sources.get(self.options.weights)
        weights = [f"{source.label} · {spec.describe()}"] if source is not None else []
        lefts = [[name, text(f"   {between}")], [text(between)]]
        self.show_header(lefts, [*weights, spec.describe()], spec)
        if self.state is State.FAILED:
            return
        step = self.steps[0] if self.kept else None
        share = f"{self._share(self.place)} of the way"
        state = {State.PAUSED: "paused: space plays", State.DONE: "done"}.get(self.state, "")
        left = [text(share, style(ACCENT))]
        if step is not None:
            view = "x_0" if step.t == 0 else self._view
            long = [*where(step, self.cursor), text(f"   {view}   {state}", style(DIM))]
            self.query_one("#status", SplitLine).show([long, where(step, self.cursor)], [share])
        else:
            self.query_one("#status", SplitLine).show([left], [""])

    def on_slider_moved(self, message: Slider.Moved) -> None:
        """Show the place under the mouse."""
        self._go(message.place)

    def on_mosaic_picked(self, message: Mosaic.Picked) -> None:
        """Go to a picture of the strip that was clicked."""
        self._go(self._strip_places[message.index])

    def action_slide(self, by: int) -> None:
        """Move along the way."""
        self._go(self.place + by)

    def action_view(self) -> None:
        """Change between the noisy images x_t and x0_hat."""
        self._view = "x0_hat" if self._view == "x_t" else "x_t"
        self.show_steps(slow=True)

    def command_line(self) -> str:
        """Return the command that shows this way again."""
        words = ["diffviz", "morph", *self.ends.flags, "--weights", self.options.weights]
        words += ["--steps", str(self.options.spec.total)]
        return " ".join(shell_word(word) for word in words)

    def _go(self, place: int) -> None:
        self.place = min(PLACES - 1, max(0, place))
        self.show_steps(slow=True)
