"""The grid with a row for each class: the same noise down each column."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from textual.widget import Widget

from ....core.errors import printable
from ....core.names import SEEDS
from ....core.noise import NoiseStream
from ...keys import State
from ...run_options import RunOptions
from ...text import duration, percent
from ...theme import ACCENT, DIM, TEXT, style
from ...widgets.bars import Title
from ...widgets.canvas import Canvas
from ...widgets.digit_bars import DigitBars
from ...widgets.mosaic import Mosaic
from ...widgets.quantities import BELIEF
from ...widgets.split_line import SplitLine
from ...widgets.text_widget import Row, shortened, text
from ...widgets.timeline import Timeline
from ...worker.bridge import Bridge
from ...worker.jobs import Job, Lane
from ...worker.live_classifier import LiveClassifier
from ..base_screen import small_mode
from .job_keys import LABEL_GRID_KEYS
from .job_screen import without_beliefs
from .label_grid_layout import LabelGridPlan, plan_label_grid
from .mosaic_screen import MosaicScreen, looking_back, where
from .opened import Opened


class LabelGridScreen(MosaicScreen):
    """Shows every class from the noise of successive seeds; dismissed with a digit, or None."""

    KEYS = LABEL_GRID_KEYS

    def __init__(
        self,
        options: RunOptions,
        bridge: Bridge,
        classifier: LiveClassifier,
        seed: int,
        classes: Sequence[str],
    ) -> None:
        super().__init__(options, bridge, classifier, len(classes))
        self.first_seed = seed
        self._labels = classes
        self._sampled = 0
        """Seeds of the job, as many as the terminal had room for; 0 before it begins."""
        self._columns = 0
        """Seeds that are shown: the first ones, where the terminal has become narrower."""

    def widgets(self) -> Iterable[Widget]:
        """Make the widgets above the footer."""
        yield SplitLine(id="header")
        yield Mosaic(id="mosaic")
        yield Title("", [""], id="picked-title")
        yield Canvas(id="picked")
        yield DigitBars(BELIEF, id="belief")
        yield Timeline(id="timeline")
        yield SplitLine(id="status")

    @property
    def seeds(self) -> list[int]:
        """The seed of each column of the job; a narrower terminal shows the first of them."""
        return [(self.first_seed + i) % SEEDS for i in range(self._sampled)]

    def plan(self, width: int, height: int) -> LabelGridPlan:
        """Return the plan for a terminal of this size, with the seeds of the job if it began."""
        small, classes = small_mode(self.app), len(self._labels)
        most = [self._sampled] * (self._sampled > 0)
        plan = plan_label_grid(width, height, classes, small, *most)
        return without_beliefs(plan, self.belief_names)

    def begin(self) -> None:
        """Start the job with as many seeds as the terminal has room for."""
        row = self._selected_place[0]
        self._sampled = 0
        plan = self.plan(*self.app.size)
        self._plan, self._sampled, self._columns = plan, plan.columns, plan.columns
        self.selected = row * plan.columns + min(self._selected_place[1], plan.columns - 1)
        super().begin()
        self.fit(*self.app.size)

    def fit(self, width: int, height: int) -> None:
        """Choose the tiles for this size; what is sampled stays, and the same digit selected."""
        row, column = self._selected_place
        self._columns = self.plan(width, height).columns
        self.selected = row * self._columns + min(column, self._columns - 1)
        self._beliefs = None  # of other places
        super().fit(width, height)
        self.rearrange()
        if self.kept:
            self.show_steps(slow=True)

    @property
    def _selected_place(self) -> tuple[int, int]:
        """The row and the column of the selected digit."""
        return divmod(self.selected, max(1, self._columns))

    def job(self) -> Job:
        """Return a lane for each class, all with the same noise."""
        streams = tuple(NoiseStream(seed) for seed in self.seeds)
        spec, weights, given = self.options.spec, self.options.weights, self.options.given
        lanes = (
            Lane(c, weights, streams, replace(spec, label=c), given=given) for c in self._labels
        )
        return Job(tuple(lanes), aligned=True)

    def show_steps(self, slow: bool) -> None:
        """Show the digits at the cursor; update the beliefs if ``slow``."""
        if not self.kept or (t := self.cursor.t) is None:
            return
        self.shown = next((step for step in self.steps if step is not None), None)
        if slow or self.CLASSIFY_EVERY_FRAME:
            self._beliefs = self._classified()
        self.query_one("#timeline", Timeline).show(t, self.cursor.newest_t)
        self.redraw()

    def _classified(self) -> np.ndarray | None:
        """Return the beliefs in what is shown, row by row; None without a classifier."""
        beliefs = [step.belief for step in self.steps if step is not None]
        own = [belief[: self._columns] for belief in beliefs if belief is not None]
        if own:  # of a model of the user, as soon as all lanes have a step
            return np.concatenate(own) if len(own) == len(self._labels) else None
        return self.classifier.probabilities(self._images("x0_hat"))

    def show_status(self) -> None:
        """Fill the header and the status."""
        spec = replace(self.options.spec, label="all")
        self.show_header(self._heading(), [spec.describe()], spec)
        if self.state is not State.FAILED:
            self.query_one("#status", SplitLine).show(self._progress(), self._about_selected())

    # Actions of keys.

    def action_open(self) -> None:
        """Open the selected digit on the run screen, with its steps."""
        if self.kept:
            self.leave(Opened(self, *self._selected_place))

    def action_next_seed(self) -> None:
        """Start the next seeds."""
        self.first_seed = (self.first_seed + self._sampled) % SEEDS
        self.begin()

    # Drawing.

    def draw(self) -> None:
        """Show the digits on the page of the selected one, and the selected one by itself."""
        if not self._columns:
            return
        images, (row, column) = self._images(self._view), self._selected_place
        self.show_page(images)
        asked, seed = printable(self._labels[row]), self.seeds[column]
        origin = [f"of {asked} and seed {seed}", f"seed {seed}", ""]
        self.show_picked(images[self.selected], origin)

    def _images(self, view: str) -> np.ndarray:
        """Return what is shown, row by row; the noise where a lane has no step yet."""
        steps = self.steps if self.kept else []
        noise = self.begun(self.seeds)
        rows = [
            noise if step is None else step.x_t if view == "x_t" else step.x0_hat
            for step in steps or [None] * len(self._labels)
        ]
        return np.concatenate([row[: self._columns] for row in rows])

    def label(self, index: int) -> Row:
        """Return the class asked for and, after a colon, what the classifier sees; 14 cells."""
        selected = index == self.selected
        asked = shortened(printable(self._labels[index // self._columns]), 6)
        look = style(ACCENT if selected else DIM, bold=selected)
        if self._beliefs is None:
            return [text(asked, look)]
        p = self._beliefs[index]
        kind = shortened(self.belief_names[int(p.argmax())], 7)
        seen = text(f" {kind}", style(TEXT, bold=True))
        return [text(f"{asked}:", look), seen, text(f" {percent(float(p.max()))}", style(DIM))]

    def _heading(self) -> list[Row]:
        name = text("diffviz", style(ACCENT, bold=True))
        seeds = f"seeds {self.seeds[0]}-{self.seeds[self._columns - 1]}" if self._columns else ""
        page, short = self.page_note(), self.page_note(short=True)
        what = "a row for each class, a seed for each column"
        if self._plan.tiles is not None and self._plan.tiles.columns > self._columns:
            what = f"{self._columns} seeds of each class, several classes in a row"
        return [
            [name, text(f"   {seeds}{page}"), text(f"   {what}", style(DIM))],
            [name, text(f"   {seeds}{page}")],
            [text(f"{seeds}{short}")],
        ]

    def _progress(self) -> list[Row]:
        """Return the phase, the timestep and the state, longest wording first."""
        step = self.shown
        if self.frame is None or step is None:
            return [[text("pure noise" if self.sources else "pure noise; loading weights")]]
        if not self.cursor.live:
            return looking_back(step, self.cursor)
        if self.state is State.DONE:
            took = duration(self.frame.elapsed)
            return [[text(f"done in {took}; space: replay, n: the next seeds")], [text("done")]]
        here = where(step, self.cursor)
        if self.state is State.PAUSED:
            return [[*here, text("   paused: space plays", style(TEXT))], here]
        return [here]

    def _about_selected(self) -> list[str]:
        if not self._columns:
            return [""]
        row, column = self._selected_place
        what = f"{printable(self._labels[row])} of seed {self.seeds[column]}"
        return [f"{what}: Enter opens it", what]
