"""The branch: one x_t goes on with fresh noise, into several children side by side."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from textual.app import ComposeResult
from textual.binding import BindingType

from ...core.noise import NoiseStream
from ...core.pictures import to_grey
from ...core.sampling.trajectory import Trajectory
from ..belief import Belief
from ..branch_keys import BRANCH_KEYS
from ..branch_layout import plan_branch
from ..bridge import Bridge
from ..jobs import Job
from ..keys import State
from ..layout import MIN_HEIGHT, MIN_WIDTH
from ..messages import Frame
from ..mosaic_layout import MosaicPlan
from ..options import RunOptions
from ..session import Session
from ..theme import ACCENT, DIM, TEXT, style
from ..widgets.bars import Footer, TooSmall
from ..widgets.lines import Row, text
from ..widgets.mosaic import Mosaic
from ..widgets.status import Ends
from ..widgets.timeline import Timeline
from .mosaic import MosaicScreen, where
from .planned import bindings, small_mode


@dataclass(frozen=True, eq=False, slots=True)
class Kept:
    """The child to go on with: its steps are at ``row`` of ``trajectory``."""

    index: int
    """The step at which it left its parent."""
    trajectory: Trajectory
    stream: NoiseStream
    row: int


class BranchScreen(MosaicScreen):
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
        super().__init__(options, bridge, belief, children)
        self.index = index
        self.lane = session.children(index, children)
        self.parent_title = session.title
        self.step = session.history.step(index)
        """The step that all children begin with."""
        self._trajectory = Trajectory(index)

    def compose(self) -> ComposeResult:
        """Make every widget; the layout decides which are shown."""
        yield Ends(id="header")
        yield Mosaic(id="mosaic")
        yield Timeline(id="timeline")
        yield Ends(id="status")
        yield Footer(BRANCH_KEYS, id="footer")
        yield TooSmall((MIN_WIDTH, MIN_HEIGHT), id="too-small")

    def plan(self, width: int, height: int) -> MosaicPlan:
        """Return where everything is."""
        return plan_branch(width, height, self._count, small_mode(self.app))

    def job(self) -> Job:
        """Return the children as one lane."""
        return Job((self.lane,))

    def begin(self) -> None:
        """Start from the parent's x_t."""
        super().begin()
        self._trajectory = self.bridge.trajectory()
        self.draw()

    def show_frame(self, frame: Frame, slow: bool) -> None:
        """Show the children and what each is taken for."""
        step = frame.steps[0]
        if step is None:
            return
        self._beliefs = self.belief.probabilities(step.x0_hat)
        self.query_one("#timeline", Timeline).show(step.t)
        self.show_again()

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

    def action_open(self) -> None:
        """Keep the selected child."""
        stream = self.lane.streams[self.selected]
        self.leave(Kept(self.index, self._trajectory, stream, self.selected))

    # How it is shown.

    @property
    def _count(self) -> int:
        return len(self.lane.streams)

    def draw(self) -> None:
        """Show the children on the page; before the first step, what all begin with."""
        step = self.frame.steps[0] if self.frame is not None else None
        if step is None:
            self.query_one("#timeline", Timeline).show(self.step.t)
            both = {"x_t": self.step.x_t, "x0_hat": self.step.x0_hat}
            images = np.repeat(both[self._view], self._count, axis=0)
        else:
            images = step.x_t if self._view == "x_t" else step.x0_hat
        page = self._plan.page(self.selected)
        mosaic = self.query_one("#mosaic", Mosaic)
        mosaic.show(to_grey(images[page.start : page.stop]), [self._label(i) for i in page])
        mosaic.select(self.selected - page.start)

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
        state = {State.PAUSED: "paused: space plays", State.DONE: "done"}.get(self.state, "")
        view = "x_0" if step.t == 0 else self._view
        return [[*where(step), text(f"   {view}   {state}", style(DIM))], where(step)]
