"""The branch screen: one x_t continued with fresh noise, into several children."""

from collections import Counter
from collections.abc import Iterable

import numpy as np
from textual.widget import Widget

from ....core.names import BRANCH_CHILDREN, SIDE
from ....core.pictures import to_pictures
from ...keys import State
from ...run_options import RunOptions
from ...session.branches import Children
from ...session.session import Session
from ...text import DIGITS, class_text, percent
from ...theme import ACCENT, DIM, TEXT, style
from ...widgets.mosaic import Mosaic
from ...widgets.split_line import SplitLine
from ...widgets.text_widget import Row, shortened, text
from ...widgets.timeline import Timeline
from ...worker.bridge import Bridge
from ...worker.jobs import Job
from ...worker.live_classifier import LiveClassifier
from ..base_screen import small_mode
from ..question import Question, how_many
from .branch_keys import BRANCH_KEYS
from .branch_layout import BranchPlan, plan_branch
from .mosaic_screen import MosaicScreen, progress

_POSSIBLE = 0.03  # less likely digits are not shown
_CHILDREN = 3  # by default
_NAME = 8  # cells of a class's name


class BranchScreen(MosaicScreen):
    """Shows the children of one step and adds them to the tree; dismissed with a path to open."""

    KEYS = BRANCH_KEYS
    CLASSIFY_EVERY_FRAME = True  # there are few digits

    def __init__(
        self,
        options: RunOptions,
        bridge: Bridge,
        classifier: LiveClassifier,
        session: Session,
        index: int,
        children: int,
    ) -> None:
        super().__init__(options, bridge, classifier, children)
        self.index = index
        self.session = session
        self.lane = session.children(index, children)
        self.parent_title = session.title
        self.step = session.history.step(index)
        """The step that all children start from."""

    def widgets(self) -> Iterable[Widget]:
        """Make the widgets above the footer."""
        yield SplitLine(id="header")
        yield Mosaic(id="parent")
        yield Mosaic(id="mosaic")
        yield Timeline(id="timeline")
        yield SplitLine(id="status")

    def plan(self, width: int, height: int) -> BranchPlan:
        """Return the plan for a terminal of this size."""
        return plan_branch(width, height, self._count, small_mode(self.app))

    def fit(self, width: int, height: int) -> None:
        """Choose the tiles for this size."""
        self.query_one("#parent", Mosaic).arrange_tiles(self.plan(width, height).parent)
        super().fit(width, height)

    def job(self) -> Job:
        """Return the children as one lane."""
        return Job((self.lane,))

    def show_status(self) -> None:
        """Fill the header and the status."""
        name = text("diffviz", style(ACCENT, bold=True))
        children = "1 child" if self._count == 1 else f"{self._count} children"
        of = f"branch of {self.parent_title} at t = {self.step.t}"
        long = [f"{of}: {children}{verdict}" for verdict in self._agreement()]
        page, turn = self.page_note(), self.page_note(short=True)
        lefts = [[name, text(f"   {line}{page}")] for line in long]
        lefts += [
            [text(f"{long[-1]}{page}")],
            [text(f"{of}{page}")],
            [text(f"{of[10:]}{turn}")],
            [text(f"t = {self.step.t}{turn}")],
        ]
        spec = self.session.spec
        source = self.sources.get(self.options.weights)
        weights = [f"{source.label} · {spec.describe()}"] if source is not None else []
        self.show_header(lefts, [*weights, spec.describe()], spec)
        if self.state is not State.FAILED:
            keep = f"child {self.selected + 1}: Enter keeps it, Esc goes back"
            short = f"child {self.selected + 1}: Enter keeps it"
            self.query_one("#status", SplitLine).show(self._progress(), [keep, short])

    def action_open(self) -> None:
        """Go on with the selected child."""
        self._go_back(self.selected)

    def action_back(self) -> None:
        """Go back to the parent."""
        self._go_back(None)

    def _go_back(self, child: int | None) -> None:
        """Add the children to the tree, and go back with the path of one of them."""
        if not self.is_current:
            return
        noise = self.lane.spec.noise
        trajectory = self.kept[0].trajectory
        children = Children(self.index, trajectory, self.lane.streams, noise)
        if child is not None or len(trajectory) > 1:
            self.session.tree.grow(self.session.history, children)
        self.leave(None if child is None else children.paths[child])

    # Drawing.

    @property
    def _count(self) -> int:
        return len(self.lane.streams)

    def draw(self) -> None:
        """Show the children on the page; before the first step, the parent's images."""
        step = self.shown
        if step is None:
            self.query_one("#timeline", Timeline).show(self.step.t)
            both = {"x_t": self.step.x_t, "x0_hat": self.step.x0_hat}
            images = np.repeat(both[self._view], self._count, axis=0)
        else:
            images = step.x_t if self._view == "x_t" else step.x0_hat
        self.show_page(images)
        parent = self.step.x_t if self._view == "x_t" else self.step.x0_hat
        about = text(f"parent, t {self.step.t}", style(DIM))
        self.query_one("#parent", Mosaic).show(to_pictures(parent), [[about]])

    def label(self, index: int) -> Row:
        """Return a child's number and its likely digits, as many as fit below its tile."""
        selected = index == self.selected
        name = text(f"#{index + 1}", style(ACCENT if selected else DIM, bold=selected))
        if self._beliefs is None:
            return [name]
        belief, tiles = self._beliefs[index], self._plan.tiles
        room = 1 if tiles is None or tiles.tile_width < SIDE else 3
        row = [name]
        for place, digit in enumerate(np.argsort(-belief, kind="stable")[:room]):
            if place and belief[digit] < _POSSIBLE:
                break
            kind = shortened(self.belief_names[int(digit)], _NAME)
            row.append(text(f"  {kind}", style(DIM if place else TEXT, bold=not place)))
            row.append(text(f" {percent(belief[digit]).strip()}", style(DIM)))
        return row

    def _agreement(self) -> list[str]:
        """Return the most likely digits of the children, longest wording first."""
        if self._beliefs is None or self._count == 1:
            return [""]
        counts = Counter(self._beliefs.argmax(axis=1).tolist())
        kinds, names = sorted(counts, key=lambda kind: (-counts[kind], kind)), self.belief_names
        ended = self.shown is not None and self.shown.t == 0
        if len(kinds) == 1:
            return [f" look like {class_text(kinds[0], names)}{'' if ended else ' so far'}"]
        listed = ", ".join(
            f"{counts[n]}× {names[n]}" if counts[n] > 1 else f"{names[n]}" for n in kinds
        )
        what = "digits" if tuple(names) == DIGITS else "classes"
        verb = "became" if ended else "so far"
        return [f" {verb} {listed}", f" {verb} {len(kinds)} {what}"]

    def _progress(self) -> list[Row]:
        """Return the phase, the timestep and the state, longest wording first."""
        step = self.shown or self.step
        return progress(step, self.cursor, self.state, self._view)


def branch_question(t: int) -> Question:
    """Return the question how many children to make at timestep ``t``."""
    about = ("Finish this image several times, with", "different noise. How many times?")
    return how_many(f"Branch from t = {t}", about, BRANCH_CHILDREN, _CHILDREN, "b")
