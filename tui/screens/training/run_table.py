"""The table of the runs in a folder."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from rich.cells import cell_len
from rich.style import Style
from textual.events import Click

from ....core.errors import printable
from ....core.runs.run_state import RunSummary
from ...text import age
from ...theme import ACCENT, DIM, PANEL, TEXT, style
from ...widgets.clicked import Clicked
from ...widgets.text_widget import Row, TextWidget, shortened, text
from .readout import state_label

_NARROWEST_NAME, _WIDEST_NAME = 12, 40
_STATE = 13


class _Column(NamedTuple):
    """A column after the name and the state."""

    heading: str
    width: int
    value: Callable[[RunSummary], str]
    left: bool = False


class RunTable(TextWidget):
    """A row for each run; one is selected, some may be marked."""

    class Picked(Clicked):
        """A run was clicked."""

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
        first, last = self._window(height)
        longest = 4 + max(cell_len(printable(run.path.name)) for run in self._runs)
        columns = self._columns(width - _NARROWEST_NAME - _STATE)
        rest = sum(column.width + 2 for column in columns)
        name = max(_NARROWEST_NAME, min(_WIDEST_NAME, width - _STATE - rest, longest))
        heading = f"{'  run':<{name}}   {'state':<{_STATE - 3}}"
        heading += "".join(_cell(column.heading, column) for column in columns)
        rows: list[Row] = [[text(shortened(heading.rstrip(), width), style(DIM))]]
        return rows + [self._row(index, name, columns, width) for index in range(first, last)]

    def on_click(self, event: Click) -> None:
        """Post which run was clicked."""
        first, last = self._window(self.size.height)
        if 1 <= event.y <= last - first:
            self.post_message(self.Picked(first + event.y - 1, event.chain > 1))

    def _window(self, height: int) -> tuple[int, int]:
        """Return the first run that is shown, and the end of those that are."""
        room = max(1, height - 1)
        first = max(0, min(self._chosen - room // 2, len(self._runs) - room))
        return first, min(len(self._runs), first + room)

    def _columns(self, room: int) -> list[_Column]:
        """Return the columns that fit into ``room``, the most important first."""
        network = max(len("network"), *(len(_network(run)) for run in self._runs))
        columns = [
            _Column("loss", 7, lambda run: run.loss_text),
            _Column("epoch", 7, lambda run: run.epochs_text),
            _Column("last update", 11, lambda run: age(run.age_s)),
            _Column("network", network + 1, lambda run: f" {_network(run)}", left=True),
        ]
        fitting = []
        for column in columns:
            room -= column.width + 2
            if room < 0:
                break
            fitting.append(column)
        fitting[:2] = reversed(fitting[:2])
        return fitting

    def _row(self, index: int, name: int, columns: Sequence[_Column], width: int) -> Row:
        run = self._runs[index]
        chosen = index == self._chosen
        word, colour = state_label(run.state)
        mark = "◆ " if run.path in self._marked else "▸ " if chosen else "  "
        label = shortened(printable(run.path.name), name - 2)
        label += " " * (name - 2 - cell_len(label))
        rest = "".join(_cell(column.value(run), column) for column in columns)
        different = self._different[index]
        if different and columns and columns[-1].left:
            used = name + _STATE + len(rest)
            rest += "   " + shortened(different, width - used - 3)
        row = [
            text(mark + label, style(ACCENT if chosen else TEXT, bold=chosen)),
            text(f" ● {word:<{_STATE - 3}}", style(colour)),
            text(rest.rstrip(), style(TEXT if chosen else DIM)),
        ]
        if chosen:
            row = [text(s.text, (s.style or Style()) + Style(bgcolor=PANEL)) for s in row]
        return row


def _cell(content: str, column: _Column) -> str:
    return f"  {content:{'<' if column.left else '>'}{column.width}}"


def _network(run: RunSummary) -> str:
    return run.config.architecture if run.config else "–"
