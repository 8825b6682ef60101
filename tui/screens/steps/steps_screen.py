"""The screen of a sampling loop that runs elsewhere: its newest step, and all before it."""

import math
from collections.abc import Iterable

from textual.widget import Widget

from ....core.writers.step_file import StepPictures
from ...keys import faster, slower
from ...terminal.frame_budget import FrameBudget
from ...terminal.link import frame_due
from ...theme import ACCENT, BACK, DIM, LIVE, TEXT, style
from ...widgets.bars import Footer, Title
from ...widgets.canvas import Canvas
from ...widgets.mosaic import Mosaic
from ...widgets.plot import Plot
from ...widgets.split_line import SplitLine
from ...widgets.text_widget import text
from ..base_screen import PlannedScreen
from .film import Film
from .step_source import StepFacts, StepSource, number_text
from .steps_bar import StepsBar
from .steps_keys import STEPS_KEYS, StepsState
from .steps_layout import StepsPlan, plan_steps

FRAMES_PER_S = 30
_POLL_EVERY = 3  # frames between two looks for new steps
_FILM_EVERY = 15  # frames between two changes of the small pictures
_SPEED = 20.0
_MOST_POINTS = 400


class StepsScreen(PlannedScreen[None]):
    """Shows the step at a cursor; without one, the newest."""

    KEYS = STEPS_KEYS

    def __init__(self, source: StepSource) -> None:
        super().__init__()
        self.source = source
        self.cursor: int | None = None
        """Index of the step that is shown; None for the newest."""
        self.replaying = False
        self.speed = _SPEED
        self._position = 0.0
        self._frames = 0
        self._budget = FrameBudget()
        self._shown: object = None
        self._shape: tuple[tuple[int, int], bool] = ((28, 28), True)
        self._film = Film(source)
        self._filmed: object = None

    def plan(self, width: int, height: int) -> StepsPlan:
        """Return the plan for a terminal of this size."""
        return plan_steps(width, height, *self._shape)

    def widgets(self) -> Iterable[Widget]:
        """Make the widgets above the footer."""
        yield SplitLine(id="header")
        yield Title("x_t", ["the noisy picture", "noisy"], id="xt-title")
        yield Canvas(id="xt")
        yield Title("x0_hat", ["the expected picture", "expected"], id="x0-title")
        yield Canvas(id="x0")
        yield Plot("how far x0_hat moves", "x0_hat moves", empty="no two estimates yet", id="moved")
        yield Mosaic(id="film")
        yield StepsBar(id="bar")
        yield SplitLine(id="facts")
        yield SplitLine(id="status")

    def on_mount(self) -> None:
        """Show what there is, and look for more."""
        self._look()
        self.show()
        self.set_interval(1 / FRAMES_PER_S, self.pull)

    def on_unmount(self) -> None:
        """Free the source."""
        self.source.close()

    def on_resize(self) -> None:
        """Fill what has become visible."""
        self._shown = self._filmed = None

    @property
    def state(self) -> StepsState:
        """What the screen shows."""
        if self.cursor is None:
            return StepsState.LIVE
        return StepsState.REPLAY if self.replaying else StepsState.BACK

    @property
    def index(self) -> int:
        """Index of the step that is shown; -1 while there is none."""
        last = len(self.source.facts) - 1
        return last if self.cursor is None else min(self.cursor, last)

    def pull(self) -> None:
        """Show the newest step, or the next one of a replay."""
        self._frames += 1
        if self._frames % _POLL_EVERY == 0:
            self._look()
        if self.replaying and self.cursor is not None:
            self._position += self.speed / FRAMES_PER_S
            self.cursor = int(self._position)
            if self.cursor >= len(self.source.facts) - 1:
                self.action_live()
        if self._budget.allows_frame() and frame_due(self.app):
            self.show()
            if self._frames % _FILM_EVERY == 0 or self._filmed is None:
                self._show_film()

    def show(self) -> None:
        """Show the step at the cursor, if it isn't on the screen already."""
        index, facts = self.index, self.source.facts
        wanted = (index, len(facts), self.state, self.source.problem, self.source.ended)
        if wanted == self._shown:
            return
        self._shown = wanted
        step = self.source.read(index) if index >= 0 else None
        if step is not None and self._fit(step):
            return
        self._show_pictures(step)
        self._show_texts(step)
        self._film.select(self.query_one("#film", Mosaic), index)
        self._budget.frame_started(self)

    def _look(self) -> None:
        if self.source.poll():
            self._shown = None
            if self.index < 0:
                self.cursor, self.replaying = None, False

    def _fit(self, step: StepPictures) -> bool:
        """Lay out the screen for pictures like those of ``step``; return whether it was not."""
        shape = (step.x_t.shape[:2], step.x0_hat is not None)
        if step.x0_hat is None and self._shape[1] and self._shape[0] == shape[0]:
            return False  # one step without an estimate
        if shape == self._shape:
            return False
        self._shape = ((shape[0][0], shape[0][1]), shape[1])
        self.rearrange()
        self._shown = None
        self.call_after_refresh(self.show)
        return True

    def _show_pictures(self, step: StepPictures | None) -> None:
        x_t, x0 = self.query_one("#xt", Canvas), self.query_one("#x0", Canvas)
        if step is None:
            x_t.show(None, "" if self.source.facts else "waiting for steps ...")
            x0.show(None)
            return
        x_t.show(step.x_t)
        x0.show(step.x0_hat, "" if step.x0_hat is not None else "no estimate here")

    def _show_film(self) -> None:
        """Show steps of this sampling in small pictures, where there is room."""
        film, (first, last) = self.query_one("#film", Mosaic), self._sampling(self.index)
        tiles = self.plan(*self.size).film
        wanted = (tiles, first, last, len(self.source.facts))
        if tiles is None or last < first or wanted == self._filmed:
            return
        self._filmed = wanted
        film.arrange_tiles(tiles)
        self._film.show(film, tiles, first, last)
        self._film.select(film, self.index)

    def _show_texts(self, step: StepPictures | None) -> None:
        facts, index = self.source.facts, self.index
        first, last = self._sampling(index)
        bar = self.query_one("#bar", StepsBar)
        bar.show(max(0, index - first), max(0, last - first + 1))
        self._show_header(facts[index].sampling if facts else 0)
        right = ""
        if step is not None:
            height, width = step.x_t.shape[:2]
            right = f"{width} x {height}{' RGB' if step.x_t.ndim == 3 else ' grey'}"
        lefts = [""]
        if facts:
            place = f"step {index - first + 1} of {last - first + 1}"
            here = f"t {number_text(facts[index].t)}   {place}"
            lefts = [here]
            if math.isfinite(facts[index].moved):
                moved = f"moved {facts[index].moved:.1f}"
                lefts = [f"{here}   x0_hat {moved} levels", f"{here}   {moved}", here]
        self.query_one("#facts", SplitLine).show([[text(left)] for left in lefts], [right])
        self._show_chart(facts[first : last + 1], index - first)
        status = self.query_one("#status", SplitLine)
        if self.source.problem:
            status.show_error(self.source.problem)
        elif step is not None and not step.finite:
            status.show_error("some pixels are NaN or infinite: they are shown black or white")
        elif facts and step is None:
            status.show_error("this step can't be read: its record is damaged")
        else:
            status.show([[]], [""])
        self.query_one("#footer", Footer).show(self.state, self._hidden)

    @property
    def _hidden(self) -> set[str]:
        one = len({fact.sampling for fact in self.source.facts[:1] + self.source.facts[-1:]}) < 2
        return {"sampling(-1)"} if one else set()

    def _show_header(self, sampling: int) -> None:
        words, colour = {
            StepsState.LIVE: ("● newest step", LIVE),
            StepsState.BACK: ("○ an earlier step", BACK),
            StepsState.REPLAY: ("▶ replay", BACK),
        }[self.state]
        if self.state is StepsState.LIVE and self.source.ended:
            words, colour = "● the last step", DIM
        name = text("diffviz", style(ACCENT, bold=True))
        last = self.source.facts[-1].sampling if self.source.facts else 0
        which = f"   sampling {sampling} of {last}" if last > 1 else ""
        title = text(f"   {self.source.name}{which}   ", style(TEXT))
        self.query_one("#header", SplitLine).show([[name, title, text(words, style(colour))]], [""])

    def _show_chart(self, facts: list[StepFacts], place: int) -> None:
        plot = self.query_one("#moved", Plot)
        every = max(1, -(-len(facts) // _MOST_POINTS))
        values = [fact.moved for fact in facts[1::every]]
        whole, done = _way(facts[1:]), _way(facts[1 : place + 1])
        note = f"{done / whole:.0%} of its way" if whole else ""
        shown = values if whole else []
        plot.show_values(shown, "step", first=2, last=max(3, len(facts)), note=note)
        if len(shown) > 1:
            plot.mark(max(0, place - 1) / (len(facts) - 2), note)

    def _sampling(self, index: int) -> tuple[int, int]:
        """Return the first and the last step of the sampling that ``index`` belongs to."""
        facts = self.source.facts
        if not facts:
            return 0, -1
        number, first, last = facts[index].sampling, index, index
        while first > 0 and facts[first - 1].sampling == number:
            first -= 1
        while last + 1 < len(facts) and facts[last + 1].sampling == number:
            last += 1
        return first, last

    # Actions.

    def on_steps_bar_scrubbed(self, message: StepsBar.Scrubbed) -> None:
        """Move to the step under the mouse."""
        first, last = self._sampling(self.index)
        self._seek(first + round(message.share * (last - first)))

    def on_mosaic_picked(self, message: Mosaic.Picked) -> None:
        """Move to the step of a small picture that was clicked."""
        if message.index < len(self._film.indices):
            self._seek(self._film.indices[message.index])

    def _seek(self, index: int) -> None:
        self.replaying = False
        last = len(self.source.facts) - 1
        self.cursor = None if index >= last else max(0, index)
        self.show()

    def action_move(self, by: int) -> None:
        """Move by some steps; past the newest one, follow it."""
        self._seek(self.index + by)

    def action_first(self) -> None:
        """Move to the first step of this sampling."""
        self._seek(self._sampling(self.index)[0])

    def action_live(self) -> None:
        """Follow the newest step."""
        self.cursor, self.replaying = None, False
        self.show()

    def action_sampling(self, by: int) -> None:
        """Move to the sampling before or after this one: its last step."""
        first, last = self._sampling(self.index)
        beyond = min(last + 1, len(self.source.facts) - 1)
        self._seek(first - 1 if by < 0 else self._sampling(beyond)[1])

    def action_play(self) -> None:
        """Replay from the cursor, or from the beginning of the sampling; or stop that."""
        if self.replaying:
            self.replaying = False
        elif self.source.facts:
            start = self._sampling(self.index)[0] if self.cursor is None else self.cursor
            self.cursor, self._position, self.replaying = start, float(start), True
        self.show()

    def action_speed(self, up: bool) -> None:
        """Replay faster or slower."""
        self.speed = (faster(self.speed) or self.speed) if up else slower(self.speed, None)
        status = f"replay at {self.speed:g} steps a second"
        self.query_one("#status", SplitLine).show([[text(status, style(TEXT))]], [""])

    def action_back(self) -> None:
        """Go back to the screen below, where there is one."""
        if len(self.app.screen_stack) > 1:
            self.dismiss(None)


def _way(facts: list[StepFacts]) -> float:
    """Return how far x0_hat has moved in these steps, in levels."""
    return sum(fact.moved for fact in facts if math.isfinite(fact.moved))
