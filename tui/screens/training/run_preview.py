"""What the list of runs shows of the selected run: its losses and some of its pictures."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Generic, NamedTuple, TypeVar

from ...widgets.plot import View
from ...widgets.series import Series
from .curves import ChartSettings, band_series, loss_series, view_of
from .filmstrip import Film, spread
from .log_history import Moment
from .loss_summary import LossSummary, summarise
from .run_source import RunSource

T = TypeVar("T")
_MOMENTS = 8


class Background(Generic[T]):
    """Runs one function at a time in a thread, for a disk may take seconds."""

    def __init__(self, done: Callable[[T], None]) -> None:
        """Make it; ``done`` receives each result, in the event loop."""
        self._done = done
        self.busy = False
        """Whether a function runs."""

    def start(self, work: Callable[[], T]) -> None:
        """Run ``work``, unless another one runs."""
        if self.busy:
            return
        self.busy = True
        loop = asyncio.get_running_loop()

        def run() -> None:
            result = work()
            with suppress(RuntimeError):  # the app has ended meanwhile
                loop.call_soon_threadsafe(self._finish, result)

        # Not a thread of the event loop: leaving would wait for it.
        Thread(target=run, name="diffviz-runs", daemon=True).start()

    def _finish(self, result: T) -> None:
        self.busy = False
        self._done(result)


class Curves(NamedTuple):
    """Two charts of a run, for terminals with room for both."""

    loss: list[Series]
    bands: list[Series]
    """The loss by timestep."""
    view: View
    """All of the run."""


@dataclass(frozen=True, eq=False)
class RunPreview:
    """A run in short."""

    path: Path
    losses: LossSummary | None
    """None while there are none."""
    curves: Curves | None
    """The charts of the training screen; None where losses by timestep aren't in the log."""
    moments: list[Moment]
    """Some of the times at which it sampled, the first and the last included."""
    film: Film
    """What it sampled then; it reads no file."""
    notices: list[str]
    """What can be done with it, longest wording first."""


class PreviewReader:
    """Reads previews; of a run that is read again, only what is new in its log."""

    def __init__(self) -> None:
        self._source: RunSource | None = None

    def read(self, run: Path) -> RunPreview:
        """Return the preview of a run; not to be called twice at the same time."""
        if self._source is None or self._source.path != run:
            self.close()
            self._source = RunSource(run)
        source = self._source
        source.read()
        moments = source.history.moments
        chosen = [moments[i] for i in spread([m.step for m in moments], _MOMENTS)]
        loaded = {moment.path: source.pictures(moment) for moment in chosen}
        known = [moment for moment in chosen if loaded[moment.path] is not None]
        film = Film(lambda moment: loaded[moment.path])
        history, curves = source.history, None
        if history.has_bands:
            loss = loss_series(history, ChartSettings(), (), published=False)
            view = view_of(ChartSettings(), history)
            curves = Curves(loss, band_series(history), view)
        return RunPreview(run, summarise(source), curves, known, film, source.notices)

    def close(self) -> None:
        """Close the log."""
        if self._source is not None:
            self._source.close()
            self._source = None
