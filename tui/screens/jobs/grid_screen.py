"""The grid screen: 32 digits sampled together, each with its most likely class."""

from collections.abc import Iterable

import numpy as np
from textual.widget import Widget

from ....core.names import SEEDS
from ....core.noise import NoiseStream
from ...keys import State
from ...run_options import RunOptions
from ...text import duration, percent
from ...theme import ACCENT, DIM, TEXT, faded, style
from ...widgets.bars import Title
from ...widgets.canvas import Canvas
from ...widgets.digit_bars import DigitBars
from ...widgets.mosaic import Mosaic
from ...widgets.quantities import BELIEF, meanings_of
from ...widgets.split_line import SplitLine
from ...widgets.text_widget import Row, shortened, text
from ...widgets.timeline import Timeline
from ...worker.bridge import Bridge
from ...worker.jobs import Job, Lane
from ...worker.live_classifier import LiveClassifier
from ..base_screen import small_mode
from .grid_layout import DIGITS, plan_grid
from .job_keys import GRID_KEYS
from .job_screen import without_beliefs
from .mosaic_layout import MosaicPlan
from .mosaic_screen import MosaicScreen, looking_back, where
from .opened import Opened

_SURE = 0.5  # a lower belief is drawn dim


class GridScreen(MosaicScreen):
    """Shows digits of successive seeds; dismissed with a seed to open, or None."""

    KEYS = GRID_KEYS

    def __init__(
        self, options: RunOptions, bridge: Bridge, classifier: LiveClassifier, seed: int
    ) -> None:
        super().__init__(options, bridge, classifier, DIGITS)
        self.first_seed = seed

    def widgets(self) -> Iterable[Widget]:
        """Make the widgets above the footer."""
        yield SplitLine(id="header")
        yield Mosaic(id="mosaic")
        yield DigitBars(["digits of this grid", "digits", "all"], id="histogram")
        yield DigitBars(BELIEF, id="belief")
        yield Title("", [""], id="picked-title")
        yield Canvas(id="picked")
        yield Timeline(id="timeline")
        yield SplitLine(id="status")

    @property
    def seeds(self) -> list[int]:
        """The seeds of the digits, in their order."""
        return [(self.first_seed + i) % SEEDS for i in range(DIGITS)]

    def shows(self, options: RunOptions, seed: int) -> bool:
        """Return whether this is the grid that ``seed`` is in, with the same settings."""
        same = (options.weights, options.spec) == (self.options.weights, self.options.spec)
        return same and seed in self.seeds

    def plan(self, width: int, height: int) -> MosaicPlan:
        """Return the plan for a terminal of this size."""
        return without_beliefs(plan_grid(width, height, small_mode(self.app)), self.belief_names)

    def job(self) -> Job:
        """Return one lane of 32 digits, with the options of the run screen."""
        streams = tuple(NoiseStream(seed) for seed in self.seeds)
        options = self.options
        return Job((Lane("grid", options.weights, streams, options.spec, given=options.given),))

    def show_status(self) -> None:
        """Fill the header and the status."""
        self.show_header(*self._heading(), self.options.spec)
        if self.state is not State.FAILED:
            self.query_one("#status", SplitLine).show(self._progress(), self._about_selected())

    # Actions of keys.

    def action_open(self) -> None:
        """Open the selected digit on the run screen, with its steps."""
        self.leave(Opened(self, 0, self.selected))

    def action_next_seed(self) -> None:
        """Start the next 32 seeds."""
        self.first_seed = (self.first_seed + DIGITS) % SEEDS
        self.begin()

    # Drawing.

    def draw(self) -> None:
        """Show the digits on the page, the selected one and the beliefs."""
        step = self.shown
        if step is not None:
            images = step.x_t if self._view == "x_t" else step.x0_hat
        else:
            images = self.begun(self.seeds)
        self.show_page(images)
        seed = self.seeds[self.selected]
        self.show_picked(images[self.selected], [f"of seed {seed}", f"seed {seed}", ""])
        self._draw_histogram()

    def _draw_histogram(self) -> None:
        histogram, names = self.query_one("#histogram", DigitBars), self.belief_names
        number = len(names)
        if self._beliefs is None:
            histogram.show([0.0] * number, [" –"] * number, None, names)
            return
        counts = np.bincount(self._beliefs.argmax(axis=1), minlength=number)
        # the longest bar is full, except when all counts are small
        shares = counts / max(8, counts.max())
        histogram.show(shares.tolist(), [f"{n:2d}" for n in counts], int(counts.argmax()), names)

    def label(self, index: int) -> Row:
        """Return seed and belief, 14 cells at most; close together, for the next tile's follow."""
        selected = index == self.selected
        name = style(ACCENT if selected else DIM, bold=selected)
        if self._beliefs is None:
            return [text(shortened(f"{self.seeds[index]}", 13), name)]
        p = self._beliefs[index]
        name_of, sure = self.belief_names[int(p.argmax())], float(p.max())
        digit_style = style(TEXT if sure >= _SURE else faded(TEXT, 0.5), bold=sure >= _SURE)
        seed = shortened(str(self.seeds[index]), 7)
        return [
            text(seed, name),
            text(f"{'  ' if len(seed) < 7 else ' '}{shortened(name_of, 7)}", digit_style),
            text(f" {percent(sure)}", style(DIM)),
        ]

    def _heading(self) -> tuple[list[Row], list[str]]:
        name = text("diffviz", style(ACCENT, bold=True))
        seeds = f"seeds {self.seeds[0]}-{self.seeds[-1]}"
        page = self.page_note()
        step = self.shown
        shown = self._view if step is None or step.t > 0 else "x_0"
        view = text(f"   {shown} ", style(TEXT, bold=True))
        meaning = text(f" {meanings_of(self.noun)[shown]}s", style(DIM))
        left = [
            [name, text(f"   {DIGITS} {self.noun}s   {seeds}{page}"), view, meaning],
            [name, text(f"   {seeds}{page}"), view, meaning],
            [name, text(f"   {seeds}{page}"), view],
            [name, text(f"   {seeds}{page}")],
            [text(f"{seeds}{page}")],
            [text(f"{seeds}{self.page_note(short=True)}")],
        ]
        process = self.options.spec.describe()
        source = self.sources.get(self.options.weights)
        if source is None:
            return left, [f"{process}   loading weights", f"{process}   loading", process]
        weights = source.label
        return left, [
            f"{weights}  ·  {process}  ·  {source.device}",
            f"{weights} · {process}",
            process,
        ]

    def _progress(self) -> list[Row]:
        """Return the phase, the timestep and the speed, longest wording first."""
        step = self.shown
        if self.frame is None or step is None:
            waiting = "pure noise" if self.sources else "pure noise; loading weights"
            return [[text(waiting)]]
        if not self.cursor.live:
            return looking_back(step, self.cursor)
        if self.state is State.DONE:
            took, noun = duration(self.frame.elapsed), self.noun
            return [
                [text(f"done: {DIGITS} {noun}s in {took}; space: replay, n: the next {DIGITS}")],
                [text(f"done in {took}")],
            ]
        if self.state is State.PAUSED:
            here = where(step, self.cursor)
            return [[*here, text("   paused: space plays", style(TEXT))], here]
        rate = self.frame.rate
        pace = "–" if rate is None else f"{rate:.1f}"
        left = (step.total - step.index) / rate if rate else None
        rest = "–" if left is None else duration(left)
        numbers = text(f"   {pace:>5} steps/s   {rest:>6} left", style(DIM))
        here = where(step, self.cursor)
        return [[*here, numbers], here]

    def _about_selected(self) -> list[str]:
        seed = self.seeds[self.selected]
        if self._beliefs is None:
            return [f"seed {seed}: Enter opens it", f"seed {seed}"]
        p = self._beliefs[self.selected]
        what = f"seed {seed}: {self.belief_names[int(p.argmax())]} {percent(float(p.max()))}"
        return [f"{what}   Enter opens it", what]
