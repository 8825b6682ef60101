"""The base class of the grid and the branch screen: pages of digits, one of them selected."""

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np

from ....core.names import SIDE
from ....core.noise import BatchNoise
from ....core.pictures import to_picture, to_pictures
from ....core.sampling import beginning
from ....core.step import Step
from ...keys import State
from ...run_options import RunOptions
from ...session.job_cursor import JobCursor
from ...text import kept_steps
from ...theme import DIM, PHASE_COLOURS, TEXT, style
from ...widgets.bars import Title
from ...widgets.canvas import Canvas
from ...widgets.digit_bars import DigitBars
from ...widgets.mosaic import Mosaic
from ...widgets.text_widget import Row, text
from ...widgets.timeline import Timeline
from ...worker.bridge import Bridge
from ...worker.live_classifier import LiveClassifier
from ..paging import page_note
from .job_screen import JobScreen
from .mosaic_layout import MosaicPlan


class MosaicScreen(JobScreen):
    """Shows a job of one lane, with its digits in the tiles of a mosaic."""

    CLASSIFY_EVERY_FRAME = False
    """Whether every frame is classified, or only a few a second."""

    def __init__(
        self, options: RunOptions, bridge: Bridge, classifier: LiveClassifier, count: int
    ) -> None:
        super().__init__(options, bridge, classifier)
        self.selected = 0
        """The number of the digit with the frame around it."""
        self._view = "x_t"
        self._beliefs: np.ndarray | None = None
        self.shown: Step | None = None
        """The step of the lane that is on the screen; None before its first."""
        self._plan = MosaicPlan({}, None, count)

    # Defined by each screen.

    @abstractmethod
    def plan(self, width: int, height: int) -> MosaicPlan:
        """Return the plan for a terminal of this size."""

    @abstractmethod
    def draw(self) -> None:
        """Show the digits on the page of the selected one."""

    @abstractmethod
    def label(self, index: int) -> Row:
        """Return the label below the picture of a digit."""

    @abstractmethod
    def action_open(self) -> None:
        """Go back with the selected digit."""

    # Common to both screens.

    def begin(self) -> None:
        """Start the job, without beliefs."""
        self._beliefs = self.shown = None
        super().begin()
        self.draw()

    def fit(self, width: int, height: int) -> None:
        """Choose the tiles for this size."""
        self._plan = self.plan(width, height)
        self.query_one("#mosaic", Mosaic).arrange_tiles(self._plan.tiles)
        self.redraw()

    def redraw(self) -> None:
        """Show the digits and the status."""
        self.draw()
        self.show_status()

    def show_steps(self, slow: bool) -> None:
        """Show the digits at the cursor; update the beliefs if ``slow``."""
        step = self.steps[0] if self.kept else None
        if step is None:
            return
        self.shown = step
        if slow or self.CLASSIFY_EVERY_FRAME:
            self._beliefs = self.classifier.belief(step)
        self.query_one("#timeline", Timeline).show(step.t, self.cursor.newest_t)
        self.redraw()

    def show_page(self, images: np.ndarray) -> None:
        """Show those of ``images`` ``[n, 28, 28]`` that are on the page of the selected one."""
        page = self._plan.page(self.selected)
        mosaic = self.query_one("#mosaic", Mosaic)
        mosaic.show(to_pictures(images[page.start : page.stop]), [self.label(i) for i in page])
        mosaic.select(self.selected - page.start)

    def begun(self, seeds: Sequence[int]) -> np.ndarray:
        """Return the images that ``seeds`` begin with, which need no network."""
        source = self.sources.get(self.options.weights)
        shape = (SIDE, SIDE) if source is None else source.shape
        schedule = None if source is None else source.schedule
        return beginning(BatchNoise.from_seeds(seeds, shape), self.options.given, schedule)

    def show_picked(self, image: np.ndarray, origin: Sequence[str]) -> None:
        """Show the selected digit by itself, where it comes from, and the belief in it.

        The screen has the widgets ``picked-title``, ``picked`` and ``belief``.
        """
        name = "x_0" if self.shown is not None and self.shown.t == 0 else self._view
        self.query_one("#picked-title", Title).show(name, origin)
        self.query_one("#picked", Canvas).show(to_picture(image))
        belief = None if self._beliefs is None else self._beliefs[self.selected]
        self.query_one("#belief", DigitBars).show_belief(belief, self.belief_names, "   –")

    def select(self, index: int) -> None:
        """Select a digit, if there is one of this number; the page follows."""
        if 0 <= index < self._plan.count:
            self.selected = index
            self.redraw()

    def action_move(self, by_x: int, by_y: int) -> None:
        """Select a neighbour."""
        columns = self._plan.tiles.columns if self._plan.tiles is not None else 1
        self.select(self.selected + by_x + by_y * columns)

    def page_note(self, short: bool = False) -> str:
        """Return which page is shown; empty if there is one."""
        tiles, pages = self._plan.tiles, self._plan.pages
        page = 0 if tiles is None else self.selected // tiles.capacity
        return page_note(page, pages, short)

    def action_page(self, by: int) -> None:
        """Turn the page."""
        tiles, pages = self._plan.tiles, self._plan.pages
        if tiles is not None and pages > 1:
            page = (self.selected // tiles.capacity + by) % pages
            index = page * tiles.capacity + self.selected % tiles.capacity
            self.select(min(self._plan.count - 1, index))

    def action_view(self) -> None:
        """Change between the noisy images x_t and x0_hat."""
        self._view = "x0_hat" if self._view == "x_t" else "x_t"
        self.redraw()

    def on_mosaic_picked(self, message: Mosaic.Picked) -> None:
        """Select a digit with a click; open it with a double click."""
        index = self._plan.page(self.selected).start + message.index
        if index < self._plan.count:
            self.select(index)
            if message.twice:
                self.action_open()


def where(step: Step, cursor: JobCursor) -> Row:
    """Return the phase and the timestep of ``step``, and how the cursor got there."""
    colour = PHASE_COLOURS[step.phase]
    mark = "● " if cursor.live else "▶ " if cursor.replaying else "◀ "
    return [
        text(mark, style(colour)),
        text(f"{step.phase.label:<10}", style(colour, bold=True)),
        text(f"  t {step.t:>4}", style(TEXT)),
    ]


def looking_back(step: Step, cursor: JobCursor) -> list[Row]:
    """Return that the cursor isn't at the newest step, longest wording first."""
    here, newest = where(step, cursor), cursor.newest_t
    kept = [text(f"   {kept_steps(cursor.stride)}", style(DIM))] if cursor.stride > 1 else []
    short = [*here, text(f"   (newest: {newest})", style(DIM))]
    return [[*short, *kept], [*here, *kept], here] if kept else [short, here]


def progress(step: Step, cursor: JobCursor, state: State, view: str) -> list[Row]:
    """Return phase, timestep, which picture is shown and the state, longest wording first."""
    if not cursor.live:
        return looking_back(step, cursor)
    word = {State.PAUSED: "paused: space plays", State.DONE: "done"}.get(state, "")
    shown, here = "x_0" if step.t == 0 else view, where(step, cursor)
    return [[*here, text(f"   {shown}   {word}", style(DIM))], here]
