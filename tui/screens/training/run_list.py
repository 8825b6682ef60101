"""The list of runs in a folder, to choose the ones to watch."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

from rich.cells import cell_len
from rich.style import Style
from textual.widget import Widget

from ....core.errors import DiffvizError, printable
from ....core.runs.differences import differences, settings_of
from ....core.runs.run_reader import RunReader
from ....core.runs.run_state import RunSummary, list_runs
from ...text import age
from ...theme import ACCENT, DIM, PANEL, TEXT, style
from ...widgets.split_line import SplitLine
from ...widgets.text_widget import Row, TextWidget, shortened, text
from ..base_screen import Plan, PlannedScreen
from .readout import state_label
from .run_source import RunSource
from .training_keys import LIST_KEYS
from .training_layout import MIN_HEIGHT, MIN_WIDTH, plan_list
from .training_screen import TrainScreen

POLL_S = 1.0


_NARROWEST_NAME = 12
_OTHER_COLUMNS = 44
"""Width of state, epoch, loss and age, with the gaps before them."""


class RunTable(TextWidget):
    """A row for each run; one is selected, some may be marked."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._runs: Sequence[RunSummary] = ()
        self._chosen = 0
        self._marked: frozenset[Path] = frozenset()
        self._empty: Sequence[str] = ()
        self._different: Sequence[str] = ()

    def show(
        self,
        runs: Sequence[RunSummary],
        chosen: int,
        marked: frozenset[Path],
        empty: Sequence[str],
        different: Sequence[str],
    ) -> None:
        """Show ``runs`` and what is ``different`` in each; ``empty`` where there are none."""
        self._runs, self._chosen, self._marked, self._empty = runs, chosen, marked, empty
        self._different = different
        self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the headings and as many runs as fit, including the selected one."""
        if not self._runs:
            return [[], *([text(line, style(DIM))] for line in self._empty)]
        room = max(1, height - 1)
        first = max(0, min(self._chosen - room // 2, len(self._runs) - room))
        network = max(len("   network"), *(3 + len(_network(r)) for r in self._runs))
        if width < _NARROWEST_NAME + _OTHER_COLUMNS + network:
            network = 0  # hide the column
        longest = max(cell_len(printable(r.path.name)) for r in self._runs) + 4
        name = max(_NARROWEST_NAME, min(40, width - _OTHER_COLUMNS - network, longest))
        rows: list[Row] = [[text(_heading(name, network > 0), style(DIM))]]
        last = min(len(self._runs), first + room)
        return rows + [self._row(index, name, network > 0) for index in range(first, last)]

    def _row(self, index: int, name: int, network: bool) -> Row:
        run = self._runs[index]
        chosen = index == self._chosen
        back = PANEL if chosen else None
        word, colour = state_label(run.state)
        mark = "◆ " if run.path in self._marked else "▸ " if chosen else "  "
        label = shortened(printable(run.path.name), name - 2)
        label += " " * (name - 2 - cell_len(label))
        row_style = style(ACCENT if chosen else TEXT, bold=chosen)
        rest = f"{run.epochs_text:>9}  {run.loss_text:>7}  {age(run.age_s):>11}"
        if network:
            rest += f"   {_network(run)}   {self._different[index]}".rstrip()
        row = [
            text(mark + label, row_style),
            text(f" ● {word:<10}", style(colour)),
            text(rest, style(TEXT if chosen else DIM)),
        ]
        if back is not None:
            row = [text(s.text, (s.style or Style()) + Style(bgcolor=back)) for s in row]
        return row


def _network(run: RunSummary) -> str:
    return run.config.architecture if run.config else "–"


def _heading(name: int, network: bool) -> str:
    columns = f"{'  run':<{name}}   {'state':<10}{'epoch':>9}  {'loss':>7}  {'last update':>11}"
    return columns + "   network" * network


class RunListScreen(PlannedScreen[None]):
    """Chooses runs to watch, among those in a folder."""

    KEYS = LIST_KEYS
    MIN_SIZE = (MIN_WIDTH, MIN_HEIGHT)

    def __init__(self, folder: Path, read: Callable[[], list[RunSummary]] | None = None) -> None:
        """Make the list of the runs in ``folder``, which ``read`` returns."""
        super().__init__()
        self.folder = folder
        self._read = read or RunReader(folder).read
        self._reading = False
        self._was_read = False
        self.runs: list[RunSummary] = []
        self.marked: frozenset[Path] = frozenset()
        self.chosen: Path | None = None
        self._settings: dict[Path, dict[str, Any]] = {}

    def plan(self, width: int, height: int) -> Plan:
        """Return the plan for a terminal of this size."""
        return plan_list(width, height)

    def widgets(self) -> Iterable[Widget]:
        """Make the widgets above the footer."""
        yield SplitLine(id="header")
        yield RunTable(id="runs")
        yield SplitLine(id="status")

    def on_mount(self) -> None:
        """Show the runs, and read the folder again from time to time."""
        self.poll()
        self.set_interval(POLL_S, self.poll)

    def poll(self) -> None:
        """Read which runs are in the folder, in a thread: a disk may take seconds."""
        if self.is_current and not self._reading:
            self._reading = True
            loop = asyncio.get_running_loop()
            # Not a thread of the event loop: leaving would wait for it.
            Thread(target=self._read_in_thread, args=(loop,), daemon=True).start()
        if not self._was_read:
            self.show()

    def _read_in_thread(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            found: list[RunSummary] | str = self._read()
        except DiffvizError as error:
            found = str(error)
        with suppress(RuntimeError):  # the app has ended meanwhile
            loop.call_soon_threadsafe(self._show_read, found)

    def _show_read(self, found: list[RunSummary] | str) -> None:
        self._reading, self._was_read = False, True
        if not self.is_mounted:
            return
        if isinstance(found, str):
            self.query_one("#status", SplitLine).show_error(found)
            return
        self.runs = found
        if self.is_current:
            self.show()

    def show(self) -> None:
        """Show the runs."""
        name = text("diffviz", style(ACCENT, bold=True))
        runs = text(f"   {len(self.runs)} run{'s' * (len(self.runs) != 1)}")
        self.query_one("#header", SplitLine).show([[name, runs]], [f"in {self.folder}", ""])
        empty = (
            ("reading …",)
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
        self.query_one("#status", SplitLine).show([[text(hint, style(TEXT))]], [""])

    def _differences(self) -> list[str]:
        """Return what sets each run apart from the others, its network left out."""
        for run in self.runs:
            if run.path not in self._settings:
                self._settings[run.path] = settings_of(run.path)
        told = [self._settings[run.path] for run in self.runs]
        return differences([{k: v for k, v in s.items() if k != "architecture"} for s in told])

    # Actions of keys.

    def action_move(self, by: int) -> None:
        """Choose another run."""
        if self.runs:
            index = min(max(0, self._index() + by), len(self.runs) - 1)
            self.chosen = self.runs[index].path
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
