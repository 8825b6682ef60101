"""The names and numbers of the lanes, in columns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...core.phases import Phase
from ..text import computing_time
from ..theme import DIM, FAINT, PHASE_COLOURS, TEXT, style
from .text_widget import Row, TextWidget, apart, fit, longest_that_fits, text

_WIDEST = 36  # columns; a number further from its label is hard to read


@dataclass(frozen=True, eq=False)
class LaneNumbers:
    """The numbers of one lane; None while they are unknown."""

    label: str
    total: int
    """Network evaluations of the whole process."""
    evaluations: int = 0
    seconds: float = 0.0
    """Computing time of the evaluations."""
    t: int | None = None
    phase: Phase | None = None
    belief: NDArray[np.float32] | None = None
    """P(digit), ``[10]``."""


class _Columns(TextWidget):
    """Rows with one cell for each lane."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lanes: Sequence[LaneNumbers] = ()
        self._column, self._gap = 14, 2

    def arrange_columns(self, column: int, gap: int) -> None:
        """Use columns of this width from now on."""
        self._column, self._gap = column, gap
        self.changed()

    def show(self, lanes: Sequence[LaneNumbers]) -> None:
        """Show these lanes."""
        self._lanes = lanes
        self.changed()

    def joined(self, cells: Iterable[Row]) -> Row:
        """Return one row of a cell for each lane."""
        row: Row = []
        for cell in cells:
            row += [*fit(cell, self._column), text(" " * self._gap)]
        return row


class LaneNames(_Columns):
    """The name of each lane."""

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the one row."""
        yield self.joined(
            [text(longest_that_fits(_names(lane.label), self._column), style(TEXT, bold=True))]
            for lane in self._lanes
        )


class LaneTable(_Columns):
    """The progress, computing time and belief of each lane."""

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return a bar and four numbers for each lane."""
        yield self.joined(self._bar(lane) for lane in self._lanes)
        # Separate the labels of the next lane from this one's values.
        column = min(_WIDEST, self._column if self._gap > 1 else self._column - 1)
        for labels, wordings in self._numbers():
            values = [longest_that_fits(wording, column) for wording in wordings]
            room = column - 1 - max(map(len, values), default=0)
            label = longest_that_fits([*labels, ""], room)  # the same in all columns
            yield self.joined(
                apart([text(label, style(DIM))], [text(value, style(TEXT))], column)
                for value in values
            )

    def _bar(self, lane: LaneNumbers) -> Row:
        colour = DIM if lane.phase is None else PHASE_COLOURS[lane.phase]
        done = round(lane.evaluations / lane.total * self._column)
        rest = text("━" * (self._column - done), style(FAINT))
        return [text("━" * done, style(colour)), rest]

    def _numbers(self) -> Iterable[tuple[Sequence[str], list[list[str]]]]:
        unknown = "–"
        lanes = self._lanes
        yield ["t"], [[unknown if lane.t is None else str(lane.t)] for lane in lanes]
        evaluations = [[f"{n.evaluations}/{n.total}", str(n.evaluations)] for n in lanes]
        yield ["network evaluations", "evaluations", "evals"], evaluations
        yield ["computing time", "time"], [[computing_time(lane.seconds)] for lane in lanes]
        beliefs = []
        for lane in lanes:
            if lane.belief is None:
                beliefs.append([unknown])
            else:
                beliefs.append([f"{int(lane.belief.argmax())} {float(lane.belief.max()):4.0%}"])
        yield ["P(digit | x0_hat)", "P(digit)", "belief"], beliefs


def _names(label: str) -> list[str]:
    return [label, label.replace("-Solver", "")]
