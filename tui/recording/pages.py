"""What a page plays: all steps of what the screen shows, as tracks."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ...core.array_types import Array
from ...core.errors import DiffvizError, printable
from ...core.names import SIDE, own_name, shown_name
from ...core.samples.morph import shares
from ...core.sampling.trajectory import MAX_BYTES, Trajectory
from ...core.step import Step
from ...core.viewer import (
    Page,
    fitting_size,
    likeliest_classes,
    most_moments,
    render,
    track_of,
    within_budget,
)
from ..app import RunApp
from ..screens.draw.morph_screen import PLACES, MorphScreen
from ..screens.draw.u_turn_screen import UTurnScreen
from ..screens.jobs.branch_screen import BranchScreen
from ..screens.jobs.grid_screen import GridScreen
from ..screens.jobs.job_screen import JobScreen
from ..screens.jobs.race_lanes import Race
from ..screens.jobs.race_screen import RaceScreen
from ..screens.run.run_screen import RunScreen
from ..session.branches import BranchPath, Tree
from ..session.session import Session
from ..session.wording import name_of
from ..terminal_app import TerminalApp
from ..text import class_text
from ..training_app import TrainingApp
from ..worker.events import LaneStep
from .training_page import training_page
from .watchers import Watcher

_NOTHING = "nothing was sampled, so there is nothing to show"


class _Row(NamedTuple):
    """One sample that becomes a track."""

    name: str
    step: Callable[[int], Step]
    """Returns the step of an index."""
    indices: Sequence[int]
    """The indices of the steps there are."""
    row: int = 0
    """Its place in the batch of the steps."""
    parent: int | None = None


class PageWatcher(Watcher):
    """Collects the steps of the current run, and makes the page of the last screen."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        """Begin; where the steps would take more than ``max_bytes``, some are left out."""
        self.page: Page | None = None
        """The page at the end; None if nothing was sampled."""
        self._run = -1
        self._max_bytes = max_bytes
        self._lanes: dict[int, Trajectory] = {}

    def on_steps(self, steps: Sequence[LaneStep]) -> None:
        """Keep steps; those of an earlier run are dropped."""
        for new in steps:
            if new.run > self._run:
                self._run, self._lanes = new.run, {}
            if new.run == self._run:
                self._keep(new.lane, new.step)

    def _keep(self, lane: int, step: Step) -> None:
        kept = self._lanes.get(lane)
        if kept is None:
            kept = self._lanes[lane] = Trajectory(step.index)
        if step.index <= kept.last:
            return  # the lane was entered again
        kept.append(step)
        while sum(lane.bytes for lane in self._lanes.values()) > self._max_bytes:
            longest = max(self._lanes.values(), key=lambda lane: lane.bytes)
            before = longest.bytes
            longest.thin()
            if longest.bytes == before:
                break  # two steps of each lane: no fewer

    def on_end(self, time: float, app: TerminalApp) -> None:
        """Make the page of the last screen."""
        if isinstance(app, TrainingApp):
            self.page = training_page(app)
        elif isinstance(app, RunApp):
            self.page = self._page(app)

    def content(self) -> bytes:
        """Return the file.

        Raises:
            DiffvizError: if nothing was sampled.
        """
        if self.page is None:
            raise DiffvizError(_NOTHING)
        return render(self.page).encode("utf-8", "replace")

    def _page(self, app: RunApp) -> Page | None:
        for screen in reversed(app.screen_stack):  # below an overlay there is a screen
            if isinstance(screen, RunScreen):
                return _session_page(app, screen.session)
            if isinstance(screen, JobScreen):
                return self._job_page(app, screen)
        return None

    def _job_page(self, app: RunApp, screen: JobScreen) -> Page | None:
        found = [self._lanes.get(lane) for lane in range(len(screen.job().lanes))]
        lanes = [lane for lane in found if lane is not None]
        if len(lanes) < len(found):
            return None
        session, options = app.run_screen.session, screen.options
        facts = [_used(options.weights)]
        match screen:
            case BranchScreen():
                children, seed = len(screen.lane.streams), screen.parent_title.removeprefix("seed")
                rows = _tree_rows(session)
                parent = session.tree.paths.index(session.history.branch)
                rows += _batch_rows(lanes[0], "child {}", range(1, children + 1), parent)
                title = f"Seed{seed} goes on {children} times from t = {screen.step.t}"
                facts.append(("sampler", session.spec.describe()))
                return _made(app, title, rows, facts, "b")
            case GridScreen():
                rows = _batch_rows(lanes[0], "seed {}", screen.seeds)
                title = f"{len(screen.seeds)} {screen.noun}s from noise, seeds {screen.seeds[0]} on"
                facts.append(("sampler", options.spec.describe()))
                return _made(app, title, rows, facts, "g")
            case UTurnScreen():
                turns = screen.turns
                seeds = range(turns.seed, turns.seed + turns.number)
                what = "A drawing" if turns.given.hidden is None else "A masked drawing"
                title = f"{what} at t = {turns.given.t}, and {turns.number} ways back"
                facts.append(("sampler", turns.spec.describe()))
                return _made(app, title, _batch_rows(lanes[0], "seed {}", seeds), facts)
            case MorphScreen():
                places = [f"{share:.0%}" for share in shares(PLACES)]
                rows = [
                    _Row(name, lanes[0].step, lanes[0].indices, row)
                    for row, name in enumerate(places)
                ]
                facts.append(("sampler", options.spec.describe()))
                return _made(
                    app, f"Between {screen.ends.names[0]} and {screen.ends.names[1]}", rows, facts
                )
            case RaceScreen():
                rows = [
                    _Row(lane.label, kept.step, kept.indices)
                    for lane, kept in zip(screen.lanes(), lanes, strict=True)
                ]
                race = screen.race
                what = {Race.WEIGHTS: "networks", Race.FEW_STEPS: "processes"}.get(
                    race, race.name_of_lanes
                )
                title = f"One noise through {len(rows)} {what}, seed {screen.seed}"
                if race is Race.WEIGHTS:
                    facts = [("sampler", screen.process)]
                elif race is Race.FEW_STEPS:
                    names = dict.fromkeys(printable(lane.weights) for lane in screen.lanes())
                    facts = [("weights", ", ".join(names))]
                elif race is Race.GUIDANCES:
                    facts.append(("sampler", screen.process))
                return _made(app, title, rows, facts, race.key)
        return None


def _session_page(app: RunApp, session: Session) -> Page | None:
    """Return the page of the run screen, with all branches of its seed."""
    rows = _tree_rows(session)
    if not rows:
        return None
    facts = [_used(session.weights), ("sampler", session.spec.describe())]
    seed = f"Seed {session.seed}{session.origin.note}"
    title = f"{seed}: noise becomes a {app.run_screen.noun}"
    step = session.newest()
    if len(rows) == 1 and step is not None and step.t == 0:
        page = _made(app, title, rows, facts)
        belief = page.tracks[0].belief
        if belief is None:
            return page
        found = class_text(int(belief[-1].argmax()), page.classes)
        return replace(page, title=f"{seed}: noise becomes {found}")
    return _made(app, title, rows, facts)


def _used(weights: str) -> tuple[str, str]:
    """Return the fact that names what was sampled from."""
    kind = "weights" if own_name(weights) is None else "model"
    return kind, printable(shown_name(weights))


def _made(
    app: RunApp, title: str, rows: list[_Row], facts: list[tuple[str, str]], key: str = ""
) -> Page:
    """Return a page with as many steps of each row as fit, and their beliefs."""
    noun, names = app.run_screen.noun, app.run_screen.view.belief_names
    shape = rows[0].step(rows[0].indices[0]).x_t.shape[1:]
    size = fitting_size(shape, len(rows))
    budget = most_moments(math.prod(shape[:-2]) * size[0] * size[1])
    found: list[tuple[_Row, list[Step], Array | None]] = []
    for row, places in zip(
        rows, within_budget([len(row.indices) for row in rows], budget), strict=True
    ):
        steps = [row.step(row.indices[place]) for place in places]
        found.append((row, steps, _beliefs(app, row, steps)))
    shown = likeliest_classes([belief for _, _, belief in found])
    tracks = [
        track_of(
            row.name,
            steps,
            row.row,
            None if belief is None else belief[:, shown],
            row.parent,
            size,
        )
        for row, steps, belief in found
    ]
    classes = [names[place] for place in shown]
    return Page(title, tracks, facts, app.exit_command(), key, noun=noun, classes=classes)


def _beliefs(app: RunApp, row: _Row, steps: Sequence[Step]) -> Array | None:
    """Return the belief at each step, ``[n, K]``; None without a classifier."""
    own = [step.belief[row.row] for step in steps if step.belief is not None]
    if len(own) == len(steps):
        return np.stack(own)
    if steps[0].x_t.shape[1:] != (SIDE, SIDE):
        return None
    return app.classifier.probabilities(np.stack([step.x0_hat[row.row] for step in steps]))


def _batch_rows(
    kept: Trajectory, name: str, numbers: Sequence[int], parent: int | None = None
) -> list[_Row]:
    """Return the samples of one lane; ``name`` has a place for the number of each."""
    return [
        _Row(name.format(number), kept.step, kept.indices, row, parent)
        for row, number in enumerate(numbers)
    ]


def _tree_rows(session: Session) -> list[_Row]:
    """Return the branches of a seed, each with the steps that are its own."""
    tree, rows = session.tree, list[_Row]()
    paths = tree.paths
    for path in paths:
        parent = _parent(path, tree)
        history = tree[path]
        first = history.first if parent is None else history.index_at(path[len(parent)][0])
        name = name_of(session.seed, path)
        place = None if parent is None else paths.index(parent)
        rows.append(_Row(name, history.step, history.kept(first), parent=place))
    return [row for row in rows if row.indices] if len(rows) == 1 else rows


def _parent(path: BranchPath, tree: Tree) -> BranchPath | None:
    """Return the nearest path above ``path`` that the tree has; None for a root."""
    above = (path[:length] for length in range(len(path) - 1, -1, -1))
    return next((shorter for shorter in above if shorter in tree.paths), None)
