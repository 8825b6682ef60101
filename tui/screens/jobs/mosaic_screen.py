"""What the grid and the branch share: digits in tiles, one of them selected, on pages."""

from abc import abstractmethod

import numpy as np

from ....core.step import Step
from ...options import RunOptions
from ...theme import PHASE_COLOURS, TEXT, style
from ...widgets.mosaic import Mosaic
from ...widgets.text_widget import Row, text
from ...worker.bridge import Bridge
from ...worker.live_classifier import Belief
from .job_screen import JobScreen
from .mosaic_layout import MosaicPlan


class MosaicScreen(JobScreen):
    """A job of one lane whose digits lie in the tiles of a mosaic."""

    def __init__(self, options: RunOptions, bridge: Bridge, belief: Belief, count: int) -> None:
        super().__init__(options, bridge, belief)
        self.selected = 0
        """The number of the digit with the frame around it."""
        self._view = "x_t"
        self._beliefs: np.ndarray | None = None
        self._plan = MosaicPlan({}, None, count)

    # What a screen has to say.

    @abstractmethod
    def plan(self, width: int, height: int) -> MosaicPlan:
        """Return where everything is on a terminal of this size."""

    @abstractmethod
    def draw(self) -> None:
        """Show the digits on the page of the selected one."""

    @abstractmethod
    def action_open(self) -> None:
        """Go back with the selected digit."""

    # What they share.

    def begin(self) -> None:
        """Start; nothing is known yet of what the digits look like."""
        self._beliefs = None
        super().begin()

    def fit(self, width: int, height: int) -> None:
        """Choose the tiles for this size."""
        self._plan = self.plan(width, height)
        self.query_one("#mosaic", Mosaic).arrange_tiles(self._plan.tiles)
        self.show_again()

    def show_again(self) -> None:
        """Show the digits and what is said of them."""
        self.draw()
        self.tell()

    def select(self, index: int) -> None:
        """Select a digit, if there is one of this number; the page follows."""
        if 0 <= index < self._plan.count:
            self.selected = index
            self.show_again()

    def action_move(self, by_x: int, by_y: int) -> None:
        """Select a neighbour."""
        columns = self._plan.tiles.columns if self._plan.tiles is not None else 1
        self.select(self.selected + by_x + by_y * columns)

    def action_view(self) -> None:
        """Change between the noisy images and what the model expects of them."""
        self._view = "x0_hat" if self._view == "x_t" else "x_t"
        self.show_again()

    def on_mosaic_picked(self, message: Mosaic.Picked) -> None:
        """Select with a click, go back with two."""
        index = self._plan.page(self.selected).start + message.index
        if index < self._plan.count:
            self.select(index)
            if message.twice:
                self.action_open()


def where(step: Step) -> Row:
    """Return the phase and the timestep of ``step``."""
    colour = PHASE_COLOURS[step.phase]
    return [
        text("● ", style(colour)),
        text(f"{step.phase.label:<10}", style(colour, bold=True)),
        text(f"  t {step.t:>4}", style(TEXT)),
    ]
