"""The training screen: reads a run folder and sends commands to its training."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeGuard

from textual.events import Resize
from textual.widget import Widget

from ....core.records import Started
from ....core.runs.differences import differences
from ....core.runs.run_state import RunState
from ...text import short_number
from ...widgets.bars import Footer, Title
from ...widgets.mosaic import Mosaic
from ...widgets.numbers_panel import NumbersPanel
from ...widgets.plot import Plot
from ...widgets.split_line import SplitLine
from ...widgets.text_widget import text
from ..base_screen import PlannedScreen, small_mode
from ..paging import page_note
from ..question import Question, QuestionScreen
from . import readout
from .curves import ChartSettings, band_series, loss_series, view_of
from .film_tiles import MOST_MOMENTS
from .filmstrip import Film
from .questions import LEAVE, STOP, halving, more_epochs
from .run_commands import RunCommands
from .run_source import RunSource
from .training_keys import COMMAND_ACTIONS, TRAIN_KEYS
from .training_layout import TrainPlan, plan_train
from .training_panels import Epochs, Progress

if TYPE_CHECKING:
    from ...plain.detached import Detached

POLL_S = 0.4
_PUBLISHED = "reference-unet"
_OTHERS_EVERY = 5  # polls between two reads of the compared runs


def comparable(started: Started | None) -> TypeGuard[Started]:
    """Return whether the losses of a training compare with the published ones: both on MNIST."""
    return started is not None and started.dataset == "mnist"


class TrainScreen(PlannedScreen[None]):
    """Shows one run, compared with others."""

    KEYS = TRAIN_KEYS

    def __init__(
        self,
        source: RunSource,
        others: Sequence[RunSource] = (),
        earlier: Sequence[RunSource] = (),
        *,
        begun: "Detached | None" = None,
    ) -> None:
        """Make the screen of ``source``.

        Args:
            source: The run to show.
            others: Runs to compare from the beginning.
            earlier: Runs that the compare key adds.
            begun: The process that trains, if it was started for this screen: leaving asks
                whether it continues, and its failure to start ends the screen.
        """
        super().__init__()
        self.source = source
        self.others, self.earlier = tuple(others), tuple(earlier)
        self.begun = begun
        self.commands = RunCommands(source, begun)
        self.charts = ChartSettings()
        self.film = Film(source.pictures)
        self.page = 0
        self.published = False
        """Whether the write-up's losses are shown; initially, if its network is trained."""
        self.compared = self.others
        """The runs in the same chart."""
        self._polls = 0
        self._strip: object = None
        self._film_places: Sequence[int] = ()
        self._leaving = False
        """Whether the screen ends with the training."""

    def plan(self, width: int, height: int) -> TrainPlan:
        """Return the plan for a terminal of this size."""
        noises, bands, moments, epochs = self.contents
        mode = small_mode(self.app)
        return plan_train(width, height, self.page, noises, bands, mode, moments, epochs)

    @property
    def contents(self) -> tuple[int, bool, int, int]:
        """The layout's other inputs: digits in a preview, whether there are bands, the number of
        previews, and of epochs, also those that will be."""
        history = self.source.history
        moments = min(len(history.moments), MOST_MOMENTS)
        epochs = max(len(history.epochs), history.epochs_wanted)
        return self.film.noises(history.moments), history.has_bands, moments, epochs

    def widgets(self) -> Iterable[Widget]:
        """Make the widgets above the footer."""
        yield SplitLine(id="header")
        yield Progress(id="progress")
        yield Plot("loss", empty="no batch is done yet", id="loss")
        yield Plot("loss by timestep", empty="not in this run's log", id="bands")
        yield NumbersPanel(two_columns=True, id="numbers")
        yield Epochs(id="epochs")
        yield Title("", [""], id="film-title")
        yield Mosaic(id="film")
        yield SplitLine(id="status")

    def on_mount(self) -> None:
        """Show the run, and update it regularly."""
        self.poll()
        self.set_interval(POLL_S, self.poll)

    def on_unmount(self) -> None:
        """Close the logs."""
        for source in (self.source, *self.others, *self.earlier):
            source.close()

    def on_resize(self, event: Resize) -> None:
        """Fit the widgets to the terminal."""
        self.show()

    def poll(self) -> None:
        """Read the run folders again and show what has changed."""
        before, known = self.contents, self.source.history.started is not None
        changed = self.source.read()
        if self.begun is not None and self.begun.ended:
            if self._leaving:
                self.app.exit(return_code=0)
            elif self.source.history.started is None:
                self.app.exit(return_code=1)  # the caller prints why
        if not known and not self.others:
            started = self.source.history.started
            self.published = comparable(started) and started.architecture == _PUBLISHED
        if self._polls % _OTHERS_EVERY == 0:
            changed |= sum(other.read() for other in self.compared) > 0
        self._polls += 1
        if self.contents != before:  # the first pictures change the layout
            self.rearrange()
        if changed or self._polls == 1:
            self.show()
        elif self.source.state is RunState.STARTING:
            self.show_status()  # what the process says before it trains

    def rearrange(self) -> None:
        """Lay the widgets out again, and fill those that have become visible."""
        super().rearrange()
        self.call_after_refresh(self.show)

    def show(self) -> None:
        """Show everything as it is now."""
        source, history = self.source, self.source.history
        plan = self.plan(*self.app.size)
        note = page_note(self.page % plan.pages, plan.pages, short=self.app.size.width < 60)
        lefts, rights = readout.heading(source, self.charts.span, "loss" not in plan.regions)
        paged = [[*left, text(note)] for left in lefts] if note else lefts
        self.query_one("#header", SplitLine).show(paged, rights)
        self.query_one("#progress", Progress).show(*readout.progress(source))
        self.query_one("#numbers", NumbersPanel).show(readout.numbers(source))
        epochs = self.query_one("#epochs", Epochs)
        none = "no epochs: a loop of another program" if source.foreign else ""
        epochs.show(history.epochs, self.published, none)
        self.query_one("#footer", Footer).show(self.commands.state, self._hidden_keys)
        self.show_charts()
        self.show_film()
        self.show_status()

    @property
    def _hidden_keys(self) -> set[str]:
        """Actions without an effect: another program's loop takes no commands."""
        return set(COMMAND_ACTIONS) if self.source.foreign else set()

    def show_charts(self) -> None:
        """Show the loss and the bands in the current view."""
        history = self.source.history
        others = [(name, other.history) for name, other in self._names_of_compared()]
        view = view_of(self.charts, history, [other for _, other in others])
        lines = loss_series(history, self.charts, others, self.published)
        newest = readout.newest_loss(history, self.charts.span)
        note = "" if newest is None else short_number(newest)
        if self.charts.zoom:
            note += f"  zoom {2**self.charts.zoom}x"
        if self.source.every > 1:
            note += f"  1 of {self.source.every} older batches"
        self.query_one("#loss", Plot).show(lines, view, note)
        view = view_of(self.charts, history)
        self.query_one("#bands", Plot).show(band_series(history), view._replace(log=True))

    def _names_of_compared(self) -> Iterator[tuple[str, RunSource]]:
        """Yield the compared runs, named with what sets each apart from the one that is shown."""
        for other in self.compared:
            different = differences([self.source.settings, other.settings])[1]
            yield f"{other.name} ({different})" if different else other.name, other

    def show_film(self) -> None:
        """Show the filmstrip, with the chosen moment marked."""
        moments, tiles = self.source.history.moments, self.plan(*self.app.size).tiles
        if tiles is None or not moments:
            return
        shown = (tiles, len(moments), moments[-1], self.film.at(moments), self.film.first_noise)
        if shown == self._strip:
            return
        self._strip = shown
        strip = self.film.strip(moments, tiles)
        self._film_places = strip.places
        mosaic = self.query_one("#film", Mosaic)
        mosaic.arrange_tiles(strip.tiles)
        mosaic.show(strip.pictures, strip.labels)
        about = self.film.about(moments, self.source.foreign)
        self.query_one("#film-title", Title).show("what the same noise becomes", about)

    def show_status(self) -> None:
        """Fill the line above the footer."""
        self.query_one("#status", SplitLine).show(self.commands.status, [""])

    def on_mosaic_picked(self, message: Mosaic.Picked) -> None:
        """Choose the moment whose picture was clicked."""
        if self._film_places:
            place = self._film_places[message.index % len(self._film_places)]
            self.film.choose(place, self.source.history.moments)
            self.show()

    # Actions that change the view.

    def action_smooth(self) -> None:
        """Select the next smoothing."""
        self._set_charts(self.charts.with_next_span())

    def action_log(self) -> None:
        """Change between a linear and a logarithmic axis."""
        self._set_charts(replace(self.charts, log=not self.charts.log))

    def action_zoom(self, by: int) -> None:
        """Halve or double the range of the charts."""
        self._set_charts(self.charts.zoomed(by, self.source.history))

    def action_pan(self, by: int) -> None:
        """Show earlier (-1) or later batches."""
        self._set_charts(self.charts.panned(by, self.source.history))

    def _set_charts(self, charts: ChartSettings) -> None:
        self.charts = charts
        self.show()

    def action_overlay(self) -> None:
        """Compare with the published losses, then also with other runs, then with nothing."""
        published = comparable(self.source.history.started)
        shown = {run.path.absolute() for run in self.others}
        more = tuple(run for run in self.earlier if run.path.absolute() not in shown)
        states = [(False, self.others)]
        states += [(True, self.others)] * published
        states += [(published, (*self.others, *more))] * bool(more)
        if len(states) == 1:
            self.commands.say("nothing to compare: the published losses of reference are for MNIST")
        now = (self.published, self.compared)
        place = states.index(now) + 1 if now in states else 0
        self.published, self.compared = states[place % len(states)]
        for run in self.compared:
            run.read()
        self.show()

    def action_film(self, by: int) -> None:
        """Show an earlier or a later moment of the filmstrip."""
        self.film.move(by, self.source.history.moments)
        self.show()

    def action_film_end(self, end: int) -> None:
        """Show the first moment (0) or the newest (1)."""
        self.action_film(10**9 if end else -(10**9))

    def action_next_noise(self) -> None:
        """Show other noises."""
        tiles = self.plan(*self.app.size).tiles
        if tiles is not None:
            self.film.next_noise(tiles, self.source.history.moments)
            self.show()

    def action_page(self, by: int = 1) -> None:
        """Show other panels, where there isn't room for all."""
        self.page = (self.page + by) % self.plan(*self.app.size).pages
        self.rearrange()

    # Commands to the run.

    def send(self, command: str, effect: str, value: int | None = None) -> None:
        """Send a command to the run and show its status."""
        self.commands.send(command, effect, value)
        self.query_one("#footer", Footer).show(self.commands.state, self._hidden_keys)
        self.show_status()

    def action_pause(self) -> None:
        """Pause or resume the training."""
        if self.commands.state is RunState.PAUSED:
            self.send("resume", "going on")
        else:
            self.send("pause", "pausing after this batch")

    def action_checkpoint(self) -> None:
        """Save a checkpoint."""
        self.send("checkpoint", "saving a checkpoint after this batch")

    def action_halve(self) -> None:
        """Ask, then halve the learning rate."""

        def answered(answer: str | None) -> None:
            if answer:
                self.send("halve_lr", "halving the learning rate, from the next batch on")

        if self.source.listening:
            self._ask(halving(self.commands.learning_rate), answered)
        else:
            self.send("halve_lr", "")  # shows the error

    def action_extend(self) -> None:
        """Ask how many epochs to add."""

        def answered(answer: str | None) -> None:
            if answer:
                wanted = self.commands.epochs_wanted + int(answer)
                self.send("epochs", f"will stop after epoch {wanted}", wanted)

        if self.source.listening:
            self._ask(more_epochs(self.commands.epochs_wanted), answered)
        else:
            self.send("epochs", "")  # shows the error

    def action_stop(self) -> None:
        """Ask, then stop the training."""

        def answered(answer: str | None) -> None:
            if answer:
                self._stop()

        if self.commands.stopping:
            self.show_status()
        elif self.source.alive and not self.source.foreign:
            self._ask(STOP, answered)
        else:
            self.send("stop", "")

    def action_quit(self) -> None:
        """Exit; if the training was started here, ask whether it continues."""

        def answered(answer: str | None) -> None:
            if answer == "leave":
                self.app.exit(return_code=0)
            elif answer == "stop":
                self._stop()
                self._leaving = True

        if self.begun is None or self.begun.ended or self._leaving:
            super().action_quit()
        elif self.commands.stopping or not self.source.alive:
            self._leaving = True  # its process ends by itself
        else:
            self._ask(LEAVE, answered)

    def action_back(self) -> None:
        """Go back to the list of runs, where there is one."""
        if len(self.app.screen_stack) > 1:
            self.dismiss(None)

    def _stop(self) -> None:
        self.commands.stop()
        self.show_status()

    def _ask(self, question: Question, answered: Callable[[str | None], None]) -> None:
        self.app.push_screen(QuestionScreen(question), answered)
