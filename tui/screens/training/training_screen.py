"""The training screen: a reader of a run folder that can send it commands."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Resize

from ...text import short_number
from ...widgets.bars import Footer, Title, TooSmall
from ...widgets.mosaic import Mosaic
from ...widgets.split_line import SplitLine
from ..planned import PlannedScreen, Regions, bindings, small_mode
from . import readout
from .curves import Looking, band_series, loss_series, view_of
from .filmstrip import Film
from .plot import Plot
from .run_source import RunSource
from .training_actions import TrainActions
from .training_keys import TRAIN_KEYS
from .training_layout import MIN_HEIGHT, MIN_WIDTH, TrainPlan, plan_train
from .training_panels import Epochs, Numbers, Progress

if TYPE_CHECKING:
    from ...plain.detached import Detached

POLL_S = 0.4
_PUBLISHED = "reference-unet"
_OTHERS_EVERY = 5  # polls between two looks at the runs that are only compared with


class TrainScreen(TrainActions, PlannedScreen[None]):
    """Shows one run, and others beside it."""

    KEYS = TRAIN_KEYS
    BINDINGS: ClassVar[list[BindingType]] = bindings(TRAIN_KEYS)

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
            others: Runs to show beside it from the beginning.
            earlier: Runs that the compare key adds.
            begun: The process that trains, where it was begun for this screen: leaving asks
                what becomes of it, and its failure to begin ends the screen.
        """
        super().__init__()
        self.source = source
        self.others, self.earlier = tuple(others), tuple(earlier)
        self.begun = begun
        self.looking = Looking()
        self.film = Film(source.pictures)
        self.page = 0
        self.published = False
        """Whether the write-up's losses are shown; at first, where its network is trained."""
        self.compared = self.others
        """The runs drawn beside this one."""
        self._polls = 0
        self._strip: object = None

    def regions(self, width: int, height: int) -> Regions:
        """Return where the widgets are."""
        return self.plan(width, height).regions

    def plan(self, width: int, height: int) -> TrainPlan:
        """Return the layout for this size."""
        noises, bands = self.contents
        return plan_train(width, height, self.page, noises, bands, small_mode(self.app))

    @property
    def contents(self) -> tuple[int, bool]:
        """What decides the layout beside the size: digits in a preview, and whether bands."""
        return self.film.noises(self.source.history.moments), self.source.history.has_bands

    def compose(self) -> ComposeResult:
        """Make every widget; the layout decides which are shown."""
        yield SplitLine(id="header")
        yield Progress(id="progress")
        yield Plot("loss", empty="no batch is done yet", id="loss")
        yield Plot("loss by timestep", empty="not in this run's log", id="bands")
        yield Numbers(id="numbers")
        yield Epochs(id="epochs")
        yield Title("", [""], id="film-title")
        yield Mosaic(id="film")
        yield SplitLine(id="status")
        yield Footer(TRAIN_KEYS, id="footer")
        yield TooSmall((MIN_WIDTH, MIN_HEIGHT), id="too-small")

    def on_mount(self) -> None:
        """Show what there is, then follow it."""
        self.poll()
        self.set_interval(POLL_S, self.poll)

    def on_unmount(self) -> None:
        """Let go of the logs."""
        for source in (self.source, *self.others, *self.earlier):
            source.close()

    def on_resize(self, event: Resize) -> None:
        """Fit the widgets to the terminal."""
        self.show()

    def poll(self) -> None:
        """Read what is new in the run folders and show it."""
        before, known = self.contents, bool(self.source.history.started)
        news = self.source.read()
        if self.begun is not None and self.begun.ended:
            if self._leaving:
                self.app.exit(return_code=0)
            elif not self.source.history.started:
                self.app.exit(return_code=1)  # whoever began it says why
        if not known and not self.others:
            self.published = self.source.history.started.get("architecture") == _PUBLISHED
        if self._polls % _OTHERS_EVERY == 0:
            news |= sum(other.read() for other in self.compared) > 0
        self._polls += 1
        if self.contents != before:  # the first pictures make room for themselves
            self.arrange_again()
        if news or self._polls == 1:
            self.show()

    def arrange_again(self) -> None:
        """Lay the screen out anew."""
        # Asked of a child: that also clears what the screen remembers of its arrangement.
        self.query_one("#header").refresh(layout=True)
        self.call_after_refresh(self.show)

    def show(self) -> None:
        """Show everything as it is now."""
        source, history = self.source, self.source.history
        self.query_one("#header", SplitLine).show(*readout.heading(source, self.looking.span))
        self.query_one("#progress", Progress).show(*readout.progress(source))
        self.query_one("#numbers", Numbers).show(readout.numbers(source, self.looking.span))
        self.query_one("#epochs", Epochs).show(history.epochs, self.published)
        self.query_one("#footer", Footer).show(readout.key_state(source.state))
        self.show_charts()
        self.show_film()
        self.tell()

    def show_charts(self) -> None:
        """Show the loss and the bands in the part of the run that is looked at."""
        history = self.source.history
        others = [(other.name, other.history) for other in self.compared]
        view = view_of(self.looking, history, [other for _, other in others])
        lines = loss_series(history, self.looking, others, self.published)
        newest = readout.newest_loss(history, self.looking.span)
        note = "" if newest is None else short_number(newest)
        if self.looking.zoom:
            note += f"  zoom {2**self.looking.zoom}x"
        if self.source.every > 1:
            note += f"  1 of {self.source.every} older batches"
        self.query_one("#loss", Plot).show(lines, view, note)
        own = view_of(self.looking, history)
        self.query_one("#bands", Plot).show(band_series(history), replace(own, log=True))

    def show_film(self) -> None:
        """Show the filmstrip as far as the moment looked at."""
        moments, tiles = self.source.history.moments, self.plan(*self.app.size).tiles
        if tiles is None or not moments:
            return
        shown = (tiles, len(moments), moments[-1], self.film.at(moments), self.film.first_noise)
        if shown == self._strip:
            return
        self._strip = shown
        strip = self.film.strip(moments, tiles)
        mosaic = self.query_one("#film", Mosaic)
        mosaic.arrange_tiles(strip.tiles)
        mosaic.show(strip.pictures, strip.labels)
        self.query_one("#film-title", Title).show("same noise, learning", self.film.about(moments))

    def tell(self) -> None:
        """Fill the line above the footer."""
        self.query_one("#status", SplitLine).show(self.status(), [""])
