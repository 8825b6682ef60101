"""The list of runs in a folder, to choose the ones to watch, with a preview of the selected one."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from textual.events import Resize
from textual.widget import Widget

from ....core.errors import DiffvizError, printable
from ....core.runs.differences import differences, differing, settings_of, worded
from ....core.runs.run_reader import RunReader
from ....core.runs.run_state import RunSummary, list_runs
from ...text import counted
from ...theme import ACCENT, TEXT, style
from ...widgets.bars import Title
from ...widgets.mosaic import Mosaic
from ...widgets.numbers_panel import NumbersPanel
from ...widgets.plot import Plot
from ...widgets.split_line import SplitLine
from ...widgets.text_widget import text
from ..base_screen import PlannedScreen, small_mode
from .run_list_layout import ListPlan, plan_list
from .run_preview import Background, PreviewReader, RunPreview
from .run_source import RunSource
from .run_table import RunTable
from .training_keys import LIST_KEYS
from .training_screen import TrainScreen

POLL_S = 1.0
_MOST_PREVIEWS = 50


class RunListScreen(PlannedScreen[None]):
    """Chooses runs to watch, among those in a folder."""

    KEYS = LIST_KEYS

    def __init__(self, folder: Path, read: Callable[[], list[RunSummary]] | None = None) -> None:
        """Make the list of the runs in ``folder``, which ``read`` returns."""
        super().__init__()
        self.folder = folder
        self._read = read or RunReader(folder).read
        self._list = Background(self._show_read)
        self._previewing = Background(self._show_preview)
        self._reader = PreviewReader()
        self._previews: dict[Path, RunPreview] = {}
        self._was_read = False
        self._problem = ""
        """Why the folder can't be read."""
        self._planned: object = None
        self.runs: list[RunSummary] = []
        self.marked: frozenset[Path] = frozenset()
        self.chosen: Path | None = None
        self._settings: dict[Path, dict[str, Any]] = {}

    def plan(self, width: int, height: int) -> ListPlan:
        """Return the plan for a terminal of this size."""
        return plan_list(width, height, *self._contents, small=small_mode(self.app))

    @property
    def _contents(self) -> tuple[int, int, int, bool, bool]:
        """The layout's other inputs: the number of runs, and of the selected one the digits in a
        preview, the previews, and whether there are a line of losses and losses by timestep."""
        preview = self.preview
        if preview is None:
            return len(self.runs), 0, 0, False, False
        line = preview.losses is not None and len(preview.losses.losses) > 1
        noises = preview.film.noises(preview.moments)
        return len(self.runs), noises, len(preview.moments), line, preview.curves is not None

    @property
    def preview(self) -> RunPreview | None:
        """The preview of the selected run; None while it isn't read."""
        return self._previews.get(self.runs[self._index()].path) if self.runs else None

    @property
    def reading(self) -> bool:
        """Whether the folder or a run is being read."""
        return self._list.busy or self._previewing.busy

    def widgets(self) -> Iterable[Widget]:
        """Make the widgets above the footer."""
        yield SplitLine(id="header")
        yield RunTable(id="runs")
        yield Title("", [""], id="preview-title")
        yield Plot("loss", empty="no batch is done yet", id="preview-loss")
        yield Plot("loss by timestep", empty="not in this run's log", id="preview-bands")
        yield Mosaic(id="preview-pictures")
        yield NumbersPanel(two_columns=True, id="preview-settings")
        yield SplitLine(id="status")

    def on_mount(self) -> None:
        """Show the runs, and read the folder again from time to time."""
        self.poll()
        self.set_interval(POLL_S, self.poll)

    def on_unmount(self) -> None:
        """Close the log, unless it is being read."""
        if not self._previewing.busy:
            self._reader.close()

    def on_resize(self, event: Resize) -> None:
        """Fit the widgets to the terminal."""
        self.show()

    def poll(self) -> None:
        """Read which runs are in the folder."""
        if self.is_current:
            self._list.start(self._read_or_say_why)
        if not self._was_read:
            self.show()

    def _read_or_say_why(self) -> list[RunSummary] | str:
        try:
            return self._read()
        except DiffvizError as error:
            return str(error)

    def _show_read(self, found: list[RunSummary] | str) -> None:
        self._was_read = True
        if not self.is_attached:
            return
        self._problem = found if isinstance(found, str) else ""
        if isinstance(found, str):
            self.show()
            return
        before = {run.path: (run.step, run.state) for run in self.runs}
        for run in found:
            if before.get(run.path) != (run.step, run.state) and run.path != self.chosen:
                self._previews.pop(run.path, None)
        self.runs = found
        if self.is_current:
            self._read_preview()
            self.show()

    def _read_preview(self) -> None:
        """Read the selected run."""
        if self.runs:
            run = self.runs[self._index()]
            if not run.problem:
                self._previewing.start(partial(self._reader.read, run.path))

    def _show_preview(self, preview: RunPreview) -> None:
        while len(self._previews) >= _MOST_PREVIEWS:
            self._previews.pop(next(iter(self._previews)))
        self._previews[preview.path] = preview
        if not (self.is_attached and self.is_current and self.runs):
            return
        if self.preview is None:  # another run was selected meanwhile
            self._read_preview()
        self.show()

    def show(self) -> None:
        """Show the runs and the preview."""
        if self._contents != self._planned:
            self._planned = self._contents
            self.rearrange()
        name = text("diffviz", style(ACCENT, bold=True))
        runs = text(f"   {counted(len(self.runs), 'run')}")
        self.query_one("#header", SplitLine).show([[name, runs]], [f"in {self.folder}", ""])
        empty = (
            ("reading ...",)
            if not self._was_read
            else (
                "diffviz train starts a run; --runs-dir names another folder",
                f"none in {self.folder}",
            )
        )
        table = self.query_one("#runs", RunTable)
        table.show(self.runs, self._index(), self.marked, empty, self._differences())
        marked = len(self.marked)
        hint = f"{marked} marked: Enter shows them in one chart" if marked else ""
        status = self.query_one("#status", SplitLine)
        if self._problem:
            status.show_error(self._problem)
        else:
            status.show([[text(hint, style(TEXT))]], [""])
        if self.runs:
            self._show_selected(self.runs[self._index()])

    def _show_selected(self, run: RunSummary) -> None:
        """Show the preview of a run, as far as it is read."""
        preview = self.preview
        about = [run.problem] if run.problem else ["reading ..."]
        if preview is not None:
            about = [*preview.notices, ""]
        self.query_one("#preview-title", Title).show(printable(run.path.name), about)
        plot = self.query_one("#preview-loss", Plot)
        losses = preview.losses if preview is not None else None
        curves = preview.curves if preview is not None else None
        plan = self.plan(*self.app.size)
        if curves is not None and "preview-bands" in plan.regions:
            plot.show(curves.loss, curves.view)
            self.query_one("#preview-bands", Plot).show(
                curves.bands, curves.view._replace(log=True)
            )
        elif losses is None:
            plot.show_values((), "epochs")
        else:
            plot.show_values(losses.losses, "epochs", first=losses.first, last=losses.last)
        mosaic, tiles = self.query_one("#preview-pictures", Mosaic), plan.tiles
        if tiles is not None and preview is not None and preview.moments:
            strip = preview.film.strip(preview.moments, tiles)
            mosaic.arrange_tiles(strip.tiles)
            mosaic.show(strip.pictures, strip.labels)
        told = worded(self._settings.get(run.path, {}))
        different = differing([self._settings[other.path] for other in self.runs])
        pairs = [(word, value) for _, word, value in told]
        strong = {word for name, word, _ in told if name in different}
        self.query_one("#preview-settings", NumbersPanel).show(pairs, strong)

    def _differences(self) -> list[str]:
        """Return what sets each run apart from the others, its network left out."""
        for run in self.runs:
            if run.path not in self._settings:
                self._settings[run.path] = settings_of(run.path)
        told = [self._settings[run.path] for run in self.runs]
        return differences([{k: v for k, v in s.items() if k != "architecture"} for s in told])

    def on_run_table_picked(self, message: RunTable.Picked) -> None:
        """Select the run that is clicked; a second click watches it."""
        self.action_move(message.index - self._index())
        if message.twice:
            self.action_open()

    # Actions of keys.

    def action_move(self, by: int) -> None:
        """Choose another run."""
        if self.runs:
            index = min(max(0, self._index() + by), len(self.runs) - 1)
            self.chosen = self.runs[index].path
            if self.preview is None:
                self._read_preview()
            self.show()

    def action_mark(self) -> None:
        """Mark or unmark the run."""
        if self.runs:
            self.marked ^= {self.runs[self._index()].path}
            self.action_move(1)
            self.show()

    def action_open(self) -> None:
        """Watch the selected run, compared with the marked ones."""
        if not self.runs:
            return
        selected = self.runs[self._index()]
        if selected.problem:
            self.query_one("#status", SplitLine).show_error(selected.problem)
            return
        chosen = selected.path
        others = [RunSource(run.path) for run in self.runs if run.path in self.marked - {chosen}]
        self.app.push_screen(TrainScreen(RunSource(chosen), others, _earlier(chosen, self.runs)))

    def _index(self) -> int:
        """Return the index of the selected run; the list may have changed."""
        paths = [run.path for run in self.runs]
        return paths.index(self.chosen) if self.chosen in paths else 0


_MOST_EARLIER = 4


def earlier_runs(run: Path) -> list[RunSource]:
    """Return the newest other runs in the same folder with the same data set."""
    run = run.absolute()
    try:
        runs = list_runs(run.parent)
    except DiffvizError:
        return []
    return _earlier(run, runs)


def _earlier(run: Path, runs: Sequence[RunSummary]) -> list[RunSource]:
    readable = [(found.path, found.config.dataset) for found in runs if found.config]
    data = next((dataset for path, dataset in readable if path.name == run.name), None)
    same = [path for path, dataset in readable if path.name != run.name and data in (None, dataset)]
    return [RunSource(path) for path in same[:_MOST_EARLIER]]
