"""U-turns of a drawing: several ways back from its x_t, side by side with it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from textual.widget import Widget

from ....core.array_types import Array
from ....core.names import SEEDS, SIDE
from ....core.noise import NoiseStream
from ....core.pictures import from_grey, to_grey
from ...keys import State
from ...run_options import RunOptions
from ...text import counted, percent, with_article
from ...theme import ACCENT, DIM, TEXT, style
from ...widgets.mosaic import Mosaic
from ...widgets.split_line import SplitLine
from ...widgets.text_widget import Row, text
from ...widgets.timeline import Timeline
from ...worker.bridge import Bridge
from ...worker.jobs import Job, Lane
from ...worker.live_classifier import LiveClassifier
from ..base_screen import small_mode
from ..jobs.branch_layout import plan_branch
from ..jobs.mosaic_layout import MosaicPlan
from ..jobs.mosaic_screen import MosaicScreen, progress
from .draw_keys import U_TURN_KEYS
from .drawn_files import Turns

_POSSIBLE = 0.03  # less likely digits are not shown


class UTurnScreen(MosaicScreen):
    """The drawing first, then its ways back; dismissed with the turns and a picture to keep."""

    KEYS = U_TURN_KEYS
    CLASSIFY_EVERY_FRAME = True  # there are few pictures

    def __init__(
        self, options: RunOptions, bridge: Bridge, classifier: LiveClassifier, turns: Turns
    ) -> None:
        super().__init__(options, bridge, classifier, turns.number + 1)
        self.turns = turns
        self.selected = 1
        self._drawing = from_grey(turns.image[None])
        self._own_belief = classifier.probabilities(self._drawing)

    def widgets(self) -> Iterable[Widget]:
        """Make the widgets above the footer."""
        yield SplitLine(id="header")
        yield Mosaic(id="mosaic")
        yield Timeline(id="timeline")
        yield SplitLine(id="status")

    def plan(self, width: int, height: int) -> MosaicPlan:
        """Return the plan for a terminal of this size."""
        return plan_branch(width, height, self.turns.number + 1, small_mode(self.app), False)

    def job(self) -> Job:
        """Return the ways back as one lane."""
        seeds = range(self.turns.seed, self.turns.seed + self.turns.number)
        streams = tuple(NoiseStream(seed % SEEDS) for seed in seeds)
        spec, given = self.turns.spec, self.turns.given
        lane = Lane(spec.sampler, self.options.weights, streams, spec, given=given)
        return Job((lane,))

    def action_fresh(self) -> None:
        """Go there and back again with the seeds that follow."""
        seed = (self.turns.seed + self.turns.number) % SEEDS
        self.turns = replace(self.turns, seed=seed)
        self.begin()

    def action_open(self) -> None:
        """Take the selected picture to the canvas."""
        pictures = self._pictures()
        self.leave((self.turns, to_grey(pictures[self.selected])))

    def action_back(self) -> None:
        """Go back to the canvas."""
        self.leave((self.turns, None))

    def show_status(self) -> None:
        """Fill the header and the status."""
        name, given = text("diffviz", style(ACCENT, bold=True)), self.turns.given
        if given.hidden is None:
            what = f"U-turn at t={given.t}: {counted(self.turns.number, 'way')} back"
        else:
            what = f"mask filled in {counted(self.turns.number, 'time')} from t={given.t}"
        long = [f"{what}{verdict}" for verdict in self._verdicts()]
        page, turn = self.page_note(), self.page_note(short=True)
        lefts = [[name, text(f"   {line}{page}")] for line in long]
        shorter = (f"{long[-1]}{page}", f"{what}{page}", f"t = {given.t}{turn}")
        lefts += [[text(line)] for line in shorter]
        spec, source = self.turns.spec, self.sources.get(self.options.weights)
        weights = [f"{source.label} · {spec.describe()}"] if source is not None else []
        self.show_header(lefts, [*weights, spec.describe()], spec)
        if self.state is not State.FAILED:
            seeds = f"seeds {self.turns.seed} to {self.turns.seed + self.turns.number - 1}"
            right = [f"{seeds}   n: fresh noise   Enter: to the canvas", seeds]
            self.query_one("#status", SplitLine).show(self._progress(), right)

    def draw(self) -> None:
        """Show the drawing and the ways back on the page."""
        if self.shown is None:
            self.query_one("#timeline", Timeline).show(self.turns.given.t)
        self.show_page(self._pictures())

    def label(self, index: int) -> Row:
        """Return what a picture is and its likely digits, as many as fit below its tile."""
        selected, tiles = index == self.selected, self._plan.tiles
        name = "drawn" if index == 0 else str(index)
        row = [text(name, style(ACCENT if selected else DIM, bold=selected))]
        found = self._own_belief if index == 0 else self._beliefs
        if found is None or (index and len(found) < index):
            return row
        belief = found[max(0, index - 1)]
        room = 1 if tiles is None or tiles.tile_width < SIDE else 3
        for place, digit in enumerate(np.argsort(-belief, kind="stable")[:room]):
            if place and belief[digit] < _POSSIBLE:
                break
            row.append(text(f"   {digit}" if index else f" {digit}", style(TEXT, bold=not place)))
            row.append(text(f" {percent(belief[digit])}", style(DIM)))
        return row

    def _pictures(self) -> Array:
        """Return the drawing and the ways back, ``[n + 1, 28, 28]``."""
        step = self.shown
        if step is None:
            ways = np.full((self.turns.number, SIDE, SIDE), -1.0, np.float32)
        else:
            ways = step.x_t if self._view == "x_t" else step.x0_hat
        return np.concatenate([self._drawing, ways])

    def _verdicts(self) -> list[str]:
        """Return the digits that the ways back look like, longest wording first."""
        if self._beliefs is None:
            return [""]
        counts = Counter(self._beliefs.argmax(axis=1).tolist())
        digits = sorted(counts, key=lambda digit: (-counts[digit], digit))
        listed = ", ".join(f"{counts[n]}× {n}" if counts[n] > 1 else f"{n}" for n in digits)
        if len(digits) == 1:
            return [f", all {with_article(digits[0])}"]
        return [f", {listed}", f", {len(digits)} different digits", f", {len(digits)} digits"]

    def _progress(self) -> list[Row]:
        step = self.shown
        if step is None:
            return [[text("at the beginning", style(DIM))]]
        return progress(step, self.cursor, self.state, self._view)
