"""The branch: one x_t goes on with fresh noise, into several children side by side."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from textual.app import ComposeResult
from textual.binding import BindingType

from ...core.noise import NoiseStream
from ...core.phases import Phase
from ...core.pictures import to_grey
from ...core.sampling.trajectory import Trajectory
from ..belief import Belief
from ..branch_keys import BRANCH_KEYS
from ..branch_layout import BranchPlan, plan_branch
from ..bridge import Bridge
from ..jobs import Job
from ..keys import State
from ..layout import MIN_HEIGHT, MIN_WIDTH
from ..messages import Frame
from ..options import RunOptions
from ..pixels.tiles import Mode
from ..session import Session
from ..theme import ACCENT, DIM, PHASE_COLOURS, TEXT, style
from ..widgets.bars import Footer, TooSmall
from ..widgets.lines import Row, text
from ..widgets.mosaic import Mosaic
from ..widgets.status import Ends
from ..widgets.timeline import Timeline
from .job import JobScreen
from .planned import Regions, bindings


@dataclass(frozen=True, eq=False, slots=True)
class Kept:
    """The child to go on with: its steps are at ``row`` of ``trajectory``."""

    index: int
    """The step at which it left its parent."""
    trajectory: Trajectory
    stream: NoiseStream
    row: int


class BranchScreen(JobScreen):
    """Shows the children of one step; dismissed with the one to keep, or None."""

    KEYS = BRANCH_KEYS
    BINDINGS: ClassVar[list[BindingType]] = bindings(BRANCH_KEYS)

    def __init__(
        self,
        options: RunOptions,
        bridge: Bridge,
        belief: Belief,
        session: Session,
        index: int,
        children: int,
    ) -> None:
        super().__init__(options, bridge, belief)
        self.index = index
        self.lane = session.children(index, children)
        self.parent_title = session.title
        self.step = session.history.step(index)
        """The step that all children begin with."""
        self.selected = 0
        self._view = "x_t"
        self._trajectory = Trajectory(index)
        self._beliefs: np.ndarray | None = None
        self._plan = BranchPlan(None, {})

    def compose(self) -> ComposeResult:
        """Make every widget; the layout decides which are shown."""
        yield Ends(id="header")
        yield Mosaic(id="mosaic")
        yield Timeline(id="timeline")
        yield Ends(id="status")
        yield Footer(BRANCH_KEYS, id="footer")
        yield TooSmall((MIN_WIDTH, MIN_HEIGHT), id="too-small")

    def regions(self, width: int, height: int) -> Regions:
        """Return where the widgets are."""
        return self._planned(width, height).regions

    def job(self) -> Job:
        """Return the children as one lane."""
        return Job((self.lane,))

    def begin(self) -> None:
        """Start from the parent's x_t."""
        self._beliefs = None
        super().begin()
        self._trajectory = self.bridge.trajectory()
        self._draw()

    def fit(self, width: int, height: int) -> None:
        """Choose the tiles for this size."""
        self._plan = self._planned(width, height)
        self.query_one("#mosaic", Mosaic).arrange_tiles(self._plan.tiles)
        self._draw()
        self.tell()

    def show_frame(self, frame: Frame, slow: bool) -> None:
        """Show the children and what each is taken for."""
        step = frame.steps[0]
        if step is None:
            return
        self._beliefs = self.belief.probabilities(step.x0_hat)
        self.query_one("#timeline", Timeline).show(step.t)
        self._draw()
        self.tell()

    def tell(self) -> None:
        """Fill the header and the status."""
        name = text("diffviz", style(ACCENT, bold=True))
        children = "1 child" if self._count == 1 else f"{self._count} children"
        of = f"branch of {self.parent_title} at t={self.step.t}: "
        long = text(f"   {of}{children}{self._agreement()}")
        self.query_one("#header", Ends).show(
            [[name, long], [text(f"{of}{children}{self._agreement()}")], [text(of[:-2])]], [""]
        )
        if self.state is not State.FAILED:
            keep = f"child {self.selected + 1} selected: Enter keeps it, Esc goes back"
            short = f"child {self.selected + 1}: Enter keeps it"
            self.query_one("#status", Ends).show(self._progress(), [keep, short])

    # What the keys do.

    def action_move(self, by_x: int, by_y: int) -> None:
        """Select a neighbour; the page follows."""
        columns = self._plan.tiles.columns if self._plan.tiles is not None else 1
        self._select(self.selected + by_x + by_y * columns)

    def action_open(self) -> None:
        """Keep the selected child."""
        stream = self.lane.streams[self.selected]
        self.leave(Kept(self.index, self._trajectory, stream, self.selected))

    def action_view(self) -> None:
        """Change between the noisy images and what the model expects of them."""
        self._view = "x0_hat" if self._view == "x_t" else "x_t"
        self._draw()
        self.tell()

    def on_mosaic_picked(self, message: Mosaic.Picked) -> None:
        """Select with a click, keep with two."""
        index = self._page_start() + message.index
        if index < self._count:
            self._select(index)
            if message.twice:
                self.action_open()

    # How it is shown.

    @property
    def _count(self) -> int:
        return len(self.lane.streams)

    def _planned(self, width: int, height: int) -> BranchPlan:
        few_greys = self.app.console.color_system not in ("truecolor", "256")
        small = Mode.BRAILLE if few_greys else Mode.QUADRANT
        return plan_branch(width, height, self._count, small)

    def _select(self, index: int) -> None:
        if 0 <= index < self._count:
            self.selected = index
            self._draw()
            self.tell()

    def _page_start(self) -> int:
        tiles = self._plan.tiles
        return self.selected // tiles.count * tiles.count if tiles is not None else 0

    def _draw(self) -> None:
        step = self.frame.steps[0] if self.frame is not None else None
        if step is None:
            self.query_one("#timeline", Timeline).show(self.step.t)
            both = {"x_t": self.step.x_t, "x0_hat": self.step.x0_hat}
            images = np.repeat(both[self._view], self._count, axis=0)
        else:
            images = step.x_t if self._view == "x_t" else step.x0_hat
        start, tiles = self._page_start(), self._plan.tiles
        end = min(self._count, start + (tiles.count if tiles is not None else self._count))
        mosaic = self.query_one("#mosaic", Mosaic)
        mosaic.show(to_grey(images[start:end]), [self._label(i) for i in range(start, end)])
        mosaic.select(self.selected - start)

    def _label(self, index: int) -> Row:
        """Return a child's number and what it is taken for, at most 14 cells wide."""
        selected = index == self.selected
        name = text(f"{index + 1}", style(ACCENT if selected else DIM, bold=selected))
        if self._beliefs is None:
            return [name]
        belief = self._beliefs[index]
        digit, sure = int(belief.argmax()), float(belief.max())
        return [
            name,
            text("   " if self._narrow else "   looks like ", style(DIM)),
            text(f"{digit}", style(TEXT, bold=True)),
            text(f"  {sure:4.0%}", style(DIM)),
        ]

    @property
    def _narrow(self) -> bool:
        return self._plan.tiles is None or self._plan.tiles.tile_width < 28

    def _agreement(self) -> str:
        """Return how many children look like the digit that most of them look like."""
        if self._beliefs is None or self._count == 1:
            return ""
        counts = np.bincount(self._beliefs.argmax(axis=1), minlength=10)
        return f" agree {counts.max()}/{self._count} on '{counts.argmax()}'"

    def _progress(self) -> list[Row]:
        """Return where the process is, longest wording first."""
        step = self.frame.steps[0] if self.frame is not None else self.step
        step = step or self.step
        phase = Phase.REFINEMENT if step.t == 0 else step.phase
        colour = PHASE_COLOURS[phase]
        head = [text("● ", style(colour)), text(f"{phase.label:<10}", style(colour, bold=True))]
        t = text(f"  t {step.t:>4}", style(TEXT))
        state = {State.PAUSED: "paused: space plays", State.DONE: "done"}.get(self.state, "")
        view = "x_0" if step.t == 0 else self._view
        return [[*head, t, text(f"   {view}   {state}", style(DIM))], [*head, t]]
