"""The tree screen: the branches of a seed, of which one can be opened."""

from collections.abc import Iterable, Sequence

import numpy as np
from textual.events import Resize
from textual.widget import Widget

from ....core.names import SIDE, noun_of
from ....core.pictures import to_picture
from ....core.step import Step
from ...session.branches import BranchPath
from ...session.session import Session
from ...session.wording import name_of, title_of
from ...text import DIGITS, percent
from ...theme import ACCENT, DIM, colour_of, style
from ...widgets.bars import Title
from ...widgets.canvas import Canvas
from ...widgets.digit_bars import DigitBars
from ...widgets.mosaic import Mosaic
from ...widgets.quantities import BELIEF, meanings_of
from ...widgets.split_line import SplitLine
from ...widgets.text_widget import text
from ...widgets.timeline import Timeline
from ...widgets.tree_lines import TreeLines
from ...widgets.tree_list import Belief, Branch, TreeList
from ...worker.live_classifier import LiveClassifier
from ..base_screen import PlannedScreen
from ..paging import page_note
from .branch_keys import TREE_KEYS
from .job_screen import without_beliefs
from .tree_layout import TreePlan, plan_tree

_DARKER = 3  # times, of what a branch shares with its parent

_REFRESHES_PER_S = 4  # the run continues below


class TreeScreen(PlannedScreen[BranchPath | None]):
    """Shows the tree of the run screen's session; dismissed with the path to open."""

    KEYS = TREE_KEYS

    def __init__(
        self, session: Session, classifier: LiveClassifier, names: Sequence[str] = DIGITS
    ) -> None:
        """Show the branches of ``session``; ``names`` are the classes that beliefs are about."""
        super().__init__()
        self._names = names
        self.session = session
        self.classifier = classifier
        self.selected = session.history.branch
        """The path of the selected branch."""
        self._view = "x0_hat"
        self._plan = TreePlan({})

    @property
    def noun(self) -> str:
        """What a sample is called."""
        return noun_of(self.session.weights)

    def widgets(self) -> Iterable[Widget]:
        """Make the widgets above the footer."""
        yield SplitLine(id="header")
        yield TreeList(id="list")
        yield Timeline(id="axis")
        yield TreeLines(id="lines")
        yield Mosaic(id="thumbnails")
        yield Title("", [""], id="picture-title")
        yield Canvas(id="picture")
        yield DigitBars(BELIEF, id="belief")

    def plan(self, width: int, height: int) -> TreePlan:
        """Return the plan for a terminal of this size."""
        plan = plan_tree(width, height, len(self.session.tree.paths))
        return without_beliefs(plan, self._names)

    def on_mount(self) -> None:
        """Show the tree, and refresh it while the run screen samples."""
        self.refresh_tree()
        self.set_interval(1 / _REFRESHES_PER_S, self.refresh_tree)

    def on_resize(self, event: Resize) -> None:
        """Fill the widgets that have become visible."""
        self.refresh_tree()

    def on_timeline_scrubbed(self, message: Timeline.Scrubbed) -> None:
        """Do nothing: the axis shows the time of all branches."""

    def on_tree_list_picked(self, message: TreeList.Picked) -> None:
        """Select a branch with a click; open it with a double click."""
        self._pick(message.index, message.twice)

    def on_tree_lines_picked(self, message: TreeLines.Picked) -> None:
        """Do the same in the picture."""
        self._pick(message.index, message.twice)

    def on_mosaic_picked(self, message: Mosaic.Picked) -> None:
        """Do the same with its thumbnails."""
        plan, paths = self.plan(*self.app.size), self.session.tree.paths
        columns = plan.thumbnails.columns if plan.thumbnails is not None else 1
        first = plan.page(paths.index(self.selected)).start
        self._pick(first + message.index // columns, message.twice)

    def _pick(self, index: int, twice: bool) -> None:
        self.selected = self.session.tree.paths[index]
        self.refresh_tree()
        if twice:
            self.action_open()

    # Actions of keys.

    def action_move(self, by: int) -> None:
        """Select another branch."""
        paths = self.session.tree.paths
        place = paths.index(self.selected) + by
        self.selected = paths[min(len(paths) - 1, max(0, place))]
        self.refresh_tree()

    def action_page(self, by: int) -> None:
        """Select the first branch of another page."""
        plan, paths = self.plan(*self.app.size), self.session.tree.paths
        if plan.pages > 1 and plan.thumbnails is not None:
            rows = plan.thumbnails.rows
            page = (paths.index(self.selected) // rows + by) % plan.pages
            self.selected = paths[page * rows]
            self.refresh_tree()

    def action_open(self) -> None:
        """Go on with the selected branch."""
        self.leave(self.selected)

    def action_view(self) -> None:
        """Change between the noisy image x_t and x0_hat."""
        self._view = "x0_hat" if self._view == "x_t" else "x_t"
        self.refresh_tree()

    # Drawing.

    def refresh_tree(self) -> None:
        """Show the tree and the selected branch as they are now."""
        tree, current = self.session.tree, self.session.history.branch
        paths = tree.paths
        newest = [self._newest(path) for path in paths]
        place = paths.index(self.selected)
        branches = [self._branch(*both) for both in zip(paths, newest, strict=True)]
        self.query_one("#list", TreeList).show(branches, place, paths.index(current))
        plan = self.plan(*self.app.size)
        if plan != self._plan:
            self._plan = plan
            self.query_one("#thumbnails", Mosaic).arrange_tiles(plan.thumbnails)
            self.rearrange()
        self._show_lines(plan, branches, newest, place, paths.index(current))
        name = text("diffviz", style(ACCENT, bold=True))
        title = f"   branches of seed {self.session.seed}"
        page = 0 if plan.thumbnails is None else place // plan.thumbnails.rows
        note = page_note(page, plan.pages)
        count = text(f"   {place + 1} of {len(paths)}{note}", style(DIM))
        spec = self.session.spec
        process, noise = spec.describe(), spec.describe_noise()
        path = title_of(self.session.seed, self.selected)
        self.query_one("#header", SplitLine).show(
            [[name, text(title), count], [name, text(title)], [text(title.lstrip())]],
            [f"{path}  ·  {process}", process],
            (f"{path}  ·  {process}", process, noise),
            noise,
        )
        self._picture(newest[place])

    def _show_lines(
        self,
        plan: TreePlan,
        branches: list[Branch],
        newest: list[Step | None],
        selected: int,
        current: int,
    ) -> None:
        """Show the tree as a picture, where there is room for it."""
        if plan.thumbnails is None:
            return
        page = plan.page(selected)
        self.query_one("#lines", TreeLines).show(branches, page, plan.pitch, selected, current)
        ends = [step for step in newest if step is not None]
        self.query_one("#axis", Timeline).show(min((step.t for step in ends), default=1000))
        shown = range(page.start, min(page.stop, len(branches)))
        images: list[np.ndarray | None] = []
        captions = []
        for index in shown:
            step, belief = newest[index], branches[index].belief
            for t in plan.earlier:
                images.append(self._earlier_picture(branches[index].path, t))
                own = images[-1] is not None and not _shared(branches[index].path, t)
                captions.append([text(f"t {t}" if own else "", style(DIM))])
            images.append(None if step is None else to_picture(step.x0_hat[0]))
            words = "" if belief is None else f"{belief.name}  {percent(belief.share).strip()}"
            colour = DIM if belief is None else colour_of(belief.number)
            captions.append([text(words, style(colour, bold=index == selected))])
        thumbnails = self.query_one("#thumbnails", Mosaic)
        like = next((image for image in images if image is not None), None)
        blank = np.zeros((SIDE, SIDE), np.uint8) if like is None else np.zeros_like(like)
        absent = [place for place, image in enumerate(images) if image is None]
        thumbnails.show(np.stack([blank if i is None else i for i in images]), captions, absent)
        thumbnails.select((selected - page.start + 1) * plan.thumbnails.columns - 1)

    def _earlier_picture(self, path: BranchPath, t: int) -> np.ndarray | None:
        """Return x0_hat of a branch at ``t``, darker before it forks; None where it hasn't come."""
        history = self.session.tree[path]
        if history.last < 0 or history.step(history.last).t > t:
            return None
        picture = to_picture(history.step(history.index_at(t)).x0_hat[0])
        return picture // _DARKER if _shared(path, t) else picture

    def _newest(self, path: BranchPath) -> Step | None:
        history = self.session.tree[path]
        return history.step(history.last) if history.last >= 0 else None

    def _belief_of(self, path: BranchPath, step: Step | None) -> np.ndarray | None:
        if step is None:
            return None
        p = self.classifier.belief(step, ("tree", self.session.seed, path, step.index))
        return None if p is None else p[0]

    def _branch(self, path: BranchPath, step: Step | None) -> Branch:
        name = name_of(self.session.seed, path)
        p = self._belief_of(path, step)
        belief = None
        if p is not None:
            number = int(p.argmax())
            belief = Belief(number, float(p[number]), self._names[number])
        return Branch(path, name, None if step is None else step.t, belief)

    def _picture(self, step: Step | None) -> None:
        canvas, bars = self.query_one("#picture", Canvas), self.query_one("#belief", DigitBars)
        if step is None:
            canvas.show(None, "no step yet")
            bars.show_belief(None, self._names, " " * 4)
            return
        view = "x_0" if step.t == 0 else self._view
        self.query_one("#picture-title", Title).show(view, [meanings_of(self.noun)[view]])
        canvas.show(to_picture((step.x_t if view == "x_t" else step.x0_hat)[0]))
        p = self._belief_of(self.selected, step)
        if p is not None:
            bars.show_belief(p, self._names)


def _shared(path: BranchPath, t: int) -> bool:
    """Return whether a branch and its parent are the same at ``t``."""
    return bool(path) and t > path[-1][0]
