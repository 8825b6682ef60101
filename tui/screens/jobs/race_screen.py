"""The race screen: the same starting noise with several samplers, weights, steps or guidances."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from textual.widget import Widget

from ....core.errors import printable
from ....core.names import SEEDS, SIDE, own_name, shown_name
from ....core.noise import BatchNoise
from ....core.pictures import to_pictures
from ....core.sampling import beginning
from ....core.sampling.samplers import evaluations
from ....core.step import Step
from ...keys import State
from ...run_options import RunOptions
from ...text import class_text
from ...theme import ACCENT, DIM, TEXT, style
from ...widgets.bars import Footer
from ...widgets.lane_table import LaneBeliefs, LaneNames, LaneNumbers, LaneTable
from ...widgets.mosaic import Mosaic
from ...widgets.split_line import SplitLine
from ...widgets.text_widget import Row, text
from ...widgets.timeline import Timeline
from ...worker.bridge import Bridge
from ...worker.events import WeightsLoaded
from ...worker.jobs import Job, Lane
from ...worker.live_classifier import LiveClassifier
from ..base_screen import small_mode
from ..paging import page_note
from .job_keys import RACE_KEYS
from .job_screen import JobScreen, without_beliefs
from .lane_chooser import DEFAULT_LANES, Entry, LaneChooser
from .mosaic_screen import looking_back
from .opened import Opened
from .race_lanes import Race, lanes_of
from .race_layout import RacePlan, plan_race


class RaceScreen(JobScreen):
    """Shows lanes of one seed side by side; dismissed with a lane to open, or None."""

    KEYS = RACE_KEYS

    def __init__(
        self,
        options: RunOptions,
        bridge: Bridge,
        classifier: LiveClassifier,
        seed: int,
        *,
        race: Race = Race.SAMPLERS,
    ) -> None:
        super().__init__(options, bridge, classifier)
        self.seed = seed
        self.race = race
        self.aligned = race.aligned
        """Whether all lanes stay at about the same timestep."""
        self.entries = DEFAULT_LANES
        """The lanes of a race of samplers."""
        self.selected = 0
        """The number of the selected lane; its page is shown."""
        self._lanes: list[LaneNumbers] = []
        self._x_t = self._x0 = np.zeros((0, SIDE, SIDE), np.float32)
        self._plan = RacePlan({})

    def widgets(self) -> Iterable[Widget]:
        """Make the widgets above the footer."""
        yield SplitLine(id="header")
        yield LaneNames(id="names")
        yield Mosaic(id="xt")
        yield Mosaic(id="x0")
        yield LaneTable(id="numbers")
        yield LaneBeliefs(id="beliefs")
        yield Timeline(id="timeline")
        yield SplitLine(id="verdict")

    def plan(self, width: int, height: int) -> RacePlan:
        """Return the plan for a terminal of this size."""
        lanes, names = len(self._lanes) or len(self.lanes()), self.belief_names
        plan = plan_race(width, height, lanes, small_mode(self.app), min(10, len(names)) or 10)
        return without_beliefs(plan, names)

    def lanes(self) -> list[Lane]:
        """Return the lanes of the race."""
        if self.race is Race.SAMPLERS:
            return lanes_of(self.entries, self.options, self.seed)
        return self.race.lanes(self.options, self.seed)

    def job(self) -> Job:
        """Return all lanes, aligned or not."""
        return Job(tuple(self.lanes()), aligned=self.aligned)

    def begin(self) -> None:
        """Show the same noise in every lane, and start."""
        lanes = self.lanes()
        counts = [evaluations(lane.spec, lane.given) for lane in lanes]
        self._lanes = [
            LaneNumbers(self._name_of(lane), n) for lane, n in zip(lanes, counts, strict=True)
        ]
        begun = beginning(BatchNoise.from_seeds(self.seed), self.options.given)
        self._x_t = np.repeat(begun, len(lanes), axis=0)
        self._x0 = np.full_like(self._x_t, -1.0)
        self.selected = min(self.selected, len(lanes) - 1)
        super().begin()
        self.fit(*self.app.size)

    def fit(self, width: int, height: int) -> None:
        """Choose the tiles and columns for this size."""
        self._plan = plan = self.plan(width, height)
        self.query_one("#xt", Mosaic).arrange_tiles(plan.xt)
        self.query_one("#x0", Mosaic).arrange_tiles(plan.x0)
        self.query_one("#names", LaneNames).arrange_columns(plan.column, plan.gap)
        self.query_one("#numbers", LaneTable).arrange_columns(plan.column, plan.gap)
        self.query_one("#beliefs", LaneBeliefs).arrange_columns(plan.column, plan.gap)
        self.rearrange()  # the number of lanes may have changed
        self._draw()
        self.show_status()

    def show_loaded(self, loaded: WeightsLoaded) -> None:
        """Name the weights with their set, which is known now."""
        super().show_loaded(loaded)
        named = zip(self._lanes, self.lanes(), strict=True)
        self._lanes = [replace(numbers, label=self._name_of(lane)) for numbers, lane in named]
        self._draw()

    def _name_of(self, lane: Lane) -> str:
        """Return what a lane is called: where weights are compared, they and their set."""
        return self._weights_of(lane) if self.race is Race.WEIGHTS else lane.label

    def _weights_of(self, lane: Lane) -> str:
        """Return the weights of a lane, and their set once it is known."""
        source = self.sources.get(lane.weights)
        return printable(shown_name(lane.weights)) if source is None else source.label

    def show_steps(self, slow: bool) -> None:
        """Show each lane at the cursor, and its belief if ``slow``."""
        steps = self.steps
        for index, step in enumerate(steps):
            if step is not None:
                if step.x_t.shape[1:] != self._x_t.shape[1:]:  # a model of your own
                    self._x_t = np.zeros((len(self._x_t), *step.x_t.shape[1:]), np.float32)
                    self._x0 = np.full_like(self._x_t, -1.0)
                self._x_t[index], self._x0[index] = step.x_t[0], step.x0_hat[0]
        beliefs = self._classified(steps) if slow else None
        for index, (step, done) in enumerate(zip(steps, self.cursor.counters(), strict=True)):
            if step is None:
                continue
            lane = replace(
                self._lanes[index],
                evaluations=done[0],
                seconds=done[1],
                t=step.t,
                phase=step.phase,
            )
            self._lanes[index] = lane if beliefs is None else replace(lane, belief=beliefs[index])
        t = self.cursor.t
        if t is not None:
            self.query_one("#timeline", Timeline).show(t, self.cursor.newest_t)
        self._draw()
        self.show_status()

    def _classified(self, steps: Sequence[Step | None]) -> np.ndarray | None:
        """Return the belief in each lane, ``[lanes, K]``; None without a classifier."""
        own = [None if step is None else step.belief for step in steps]
        first = next((belief for belief in own if belief is not None), None)
        if first is None:
            return self.classifier.probabilities(self._x0)
        return np.concatenate([np.zeros_like(first) if b is None else b for b in own])

    def show_error(self, message: str) -> None:
        """Show an error in place of the verdict."""
        self.query_one("#verdict", SplitLine).show_error(message)

    def show_status(self) -> None:
        """Fill the header and the line below the lanes."""
        self._show_header()
        following = self.race.following(self.options).name_of_lanes
        self.query_one("#footer", Footer).rename({"next_race": following})
        if self.state is not State.FAILED:
            self.query_one("#verdict", SplitLine).show(self._verdict(), [""])

    def on_mosaic_picked(self, message: Mosaic.Picked) -> None:
        """Select a lane with a click on a picture; open it with a double click."""
        place = message.index // 2 if self._plan.beside else message.index
        self._select(self._plan.page(self.selected).start + place)
        if message.twice:
            self.action_open()

    def without_effect(self) -> set[str]:
        """Offer no other weights for the pictures of a model of the user."""
        return {"next_race"} if own_name(self.options.weights) is not None else set()

    # Actions of keys.

    def action_select(self, by: int) -> None:
        """Select another lane; its page is shown."""
        self._select(self.selected + by)

    def action_page(self, by: int) -> None:
        """Show other lanes, where not all have room."""
        plan = self._plan
        if plan.pages > 1:
            page = (self.selected // plan.lanes + by) % plan.pages
            self._select(min(len(self._lanes) - 1, page * plan.lanes))

    def action_open(self) -> None:
        """Open the selected lane on the run screen, with its steps."""
        if self.kept:
            self.leave(Opened(self, self.selected, 0))

    def _select(self, lane: int) -> None:
        if 0 <= lane < len(self._lanes):
            self.selected = lane
            self._draw()
            self.show_status()

    def action_align(self) -> None:
        """Change whether lanes are aligned by timestep, and start again."""
        self.aligned = not self.aligned
        self.begin()

    def action_next_race(self) -> None:
        """Go on to a race of something else: samplers, weights, guidances."""
        if own_name(self.options.weights) is not None:
            return  # there are no other weights for its pictures
        self.race = self.race.following(self.options)
        self.aligned = self.race.aligned
        self.begin()

    def action_choose_lanes(self) -> None:
        """Ask which samplers and numbers of steps are raced, and start again with others."""

        def chosen(entries: tuple[Entry, ...] | None) -> None:
            if entries and (entries != self.entries or self.race is not Race.SAMPLERS):
                self.entries, self.race = entries, Race.SAMPLERS
                self.begin()

        self.app.push_screen(LaneChooser(self.entries), chosen)

    def action_next_seed(self) -> None:
        """Start the next seed."""
        self.seed = (self.seed + 1) % SEEDS
        self.begin()

    # Drawing.

    def _draw(self) -> None:
        page = self._plan.page(self.selected)
        rows = slice(page.start, page.stop)
        lanes, x_t, x0 = self._lanes[rows], self._x_t[rows], self._x0[rows]
        lane_names = self.query_one("#names", LaneNames)
        lane_names.show(lanes)
        lane_names.select(self.selected - page.start)
        names = self.belief_names
        self.query_one("#numbers", LaneTable).show(lanes, names)
        self.query_one("#beliefs", LaneBeliefs).show(lanes, names)
        if self._plan.beside:
            x_t = np.stack([x_t, x0], axis=1).reshape(-1, *x_t.shape[1:])
        self.query_one("#xt", Mosaic).show(to_pictures(x_t))
        self.query_one("#x0", Mosaic).show(to_pictures(x0))

    def _show_header(self) -> None:
        """Show seed and lanes, the weights or the sampler of all lanes, and their noise."""
        name = text("diffviz", style(ACCENT, bold=True))
        seed = text(f"   seed {self.seed}", style(TEXT))
        what = self.race.title
        rows = "x_t above, x0_hat below" if self._plan.x0 is not None else "x_t"
        rows = "x_t, and x0_hat at its right" if self._plan.beside else rows
        page = self.selected // max(1, self._plan.lanes)
        part, turn = (page_note(page, self._plan.pages, short) for short in (False, True))
        left = [
            [name, seed, text(f"   {what}{part}", style(DIM)), text(f"   {rows}", style(DIM))],
            [name, seed, text(f"   {what}{part}", style(DIM))],
            [name, seed, text(part, style(DIM))],
            [text(f"seed {self.seed}"), text(turn, style(DIM))],
        ]
        lanes = self.lanes()
        missing = {lane.weights for lane in lanes} - self.sources.keys()
        if not self.race.of_processes:
            process = self.process
            right = [f"{process}   loading weights", process] if missing else [process]
            noise = self.options.spec.describe_noise()
            self.query_one("#header", SplitLine).show(left, right, (process, noise), noise)
            return
        noise = next(filter(None, (lane.spec.describe_noise() for lane in lanes)), "")
        names = dict.fromkeys(printable(shown_name(lane.weights)) for lane in lanes)
        used = "loading weights" if missing else ", ".join(names)
        with_sets = ", ".join(dict.fromkeys(self._weights_of(lane) for lane in lanes))
        wordings = [used] if missing else [with_sets, used]
        right = [*(f"{words} · {noise}" for words in wordings), noise] if noise else wordings
        required = (used, noise) if self.race is Race.FEW_STEPS else (noise,)
        self.query_one("#header", SplitLine).show(left, right, required, noise)

    @property
    def process(self) -> str:
        """Return the process that all lanes share."""
        spec = self.options.spec
        if self.race is Race.GUIDANCES:  # it differs between the lanes
            return f"{spec.unlabelled().describe()}, label {spec.label}"
        return spec.describe()

    def _verdict(self) -> list[Row]:
        step = next((step for step in self.steps if step is not None), None)
        if not self.cursor.live and step is not None:
            longest = max(self.kept, key=lambda lane: lane.total)
            t = self.cursor.t
            return looking_back(longest.step_at(0 if t is None else t) or step, self.cursor)
        pace = "aligned by timestep" if self.aligned else "each at its own pace"
        if self.state is State.DONE:
            return [[text(line)] for line in self._agreement()]
        if self.state is State.PAUSED:
            return [[text(f"paused: space plays; {pace}")], [text("paused: space plays")]]
        given = self.options.given
        begun = "noise x_T" if given is None else f"x_{given.t}"
        noise = f"all begin with the {begun} of seed {self.seed}"
        return [
            [text(f"{noise}, {pace}", style(DIM))],
            [text(pace, style(DIM))],
        ]

    def _agreement(self) -> list[str]:
        """Return what the lanes ended on, longest wording first."""
        beliefs = [lane.belief for lane in self._lanes]
        ends = [int(belief.argmax()) for belief in beliefs if belief is not None]
        if len(ends) < len(self._lanes):
            return ["done", ""]
        names = self.belief_names
        listed = ", ".join(names[end] for end in ends[:-1]) + f" and {names[ends[-1]]}"
        kinds = len(set(ends))
        if kinds == 1:
            kind = class_text(ends[0], names)
            every = "both" if len(ends) == 2 else f"all {len(ends)}"
            return [f"done: {every} lanes end on {kind}", f"{every} end on {kind}"]
        end = f"done: the lanes end on {listed}"
        what = f"{self.noun}s"
        return [f"{end}: {kinds} different {what} from the same noise", end, listed]
