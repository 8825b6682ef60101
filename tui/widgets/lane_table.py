"""The names and numbers of the lanes, in columns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment

from ...core.phases import Phase
from ..text import DIGITS, computing_time, percent
from ..theme import ACCENT, DIM, FAINT, PHASE_COLOURS, TEXT, style
from .digit_bars import bar, likeliest
from .quantities import BELIEF
from .text_widget import Row, TextWidget, apart, fit, longest_that_fits, shortened, text

_TIME = 8  # cells of a time
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
    """P(class), ``[K]``."""


class LaneColumns(TextWidget):
    """Rows with one cell for each lane."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lanes: Sequence[LaneNumbers] = ()
        self._kinds: Sequence[str] = DIGITS
        self._column, self._gap = 14, 2

    def arrange_columns(self, column: int, gap: int) -> None:
        """Use columns of this width from now on."""
        self._column, self._gap = column, gap
        self.changed()

    def show(self, lanes: Sequence[LaneNumbers], classes: Sequence[str] = DIGITS) -> None:
        """Show these lanes, whose beliefs are in ``classes``."""
        self._lanes, self._kinds = lanes, classes
        self.changed()

    def joined(self, cells: Iterable[Row]) -> Row:
        """Return one row of a cell for each lane."""
        row: Row = []
        for cell in cells:
            row += [*fit(cell, self._column), text(" " * self._gap)]
        return row


class LaneNames(LaneColumns):
    """The name of each lane; one is selected."""

    def select(self, selected: int | None) -> None:
        """Select a lane."""
        self._selected = selected
        self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the one row."""
        yield self.joined(
            [self._lane_name(lane, place == self._selected)]
            for place, lane in enumerate(self._lanes)
        )

    def _lane_name(self, lane: LaneNumbers, selected: bool) -> Segment:
        mark = "▸ " if selected else ""
        name = longest_that_fits(_names(lane.label), self._column - len(mark))
        return text(mark + name, style(ACCENT if selected else TEXT, bold=True))

    _selected: int | None = None


class LaneBeliefs(LaneColumns):
    """The belief in each class, as bars below each lane."""

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return a row for each class; of many, for those that are likeliest in any lane."""
        known = [lane.belief for lane in self._lanes if lane.belief is not None]
        most = np.max(known, axis=0) if known else np.zeros(len(self._kinds))
        shown = likeliest(most.tolist(), height)
        names = max((len(self._kinds[place]) for place in shown), default=1)
        names = min(names, max(1, self._column // 3))
        room = self._column - names - 1 - len(" 100%") - 1
        for place in shown:
            yield self.joined(self._bar(lane, place, names, room) for lane in self._lanes)

    def _bar(self, lane: LaneNumbers, place: int, names: int, room: int) -> Row:
        name = f"{shortened(self._kinds[place], names):<{names}}"
        if lane.belief is None:
            return [text(name, style(DIM))]
        share, best = float(lane.belief[place]), place == int(lane.belief.argmax())
        return [
            text(f"{name} ", style(TEXT if best else DIM, bold=best)),
            *bar(share, room, TEXT if best else ACCENT),
            text(f" {percent(share)}", style(DIM)),
        ]


class LaneTable(LaneColumns):
    """The progress, computing time and belief of each lane."""

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return a bar and the numbers of each lane; no belief where there is no classifier."""
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
        # Padded, so that the label doesn't change its wording while they count.
        evaluations = [
            [f"{f'{n.evaluations}/{n.total}':>{2 * len(str(n.total)) + 1}}", str(n.evaluations)]
            for n in lanes
        ]
        yield ["network evaluations", "evaluations", "evals"], evaluations
        yield (
            ["computing time", "time"],
            [[f"{computing_time(lane.seconds):>{_TIME}}"] for lane in lanes],
        )
        if not self._kinds:
            return
        beliefs = []
        for lane in lanes:
            if lane.belief is None:
                beliefs.append([unknown])
            else:
                kind = self._kinds[int(lane.belief.argmax())]
                share = percent(float(lane.belief.max()))
                beliefs.append([f"{kind} {share}", f"{shortened(kind, 5)} {share}"])
        yield BELIEF, beliefs


def short_name(label: str) -> str:
    """Return the name of a lane without the settings that follow a comma."""
    return label.partition(",")[0]


def _names(label: str) -> list[str]:
    """Return wordings of a lane's name, longest first; what follows a comma goes first."""
    short = short_name(label)
    return [label, short, short.replace("-Solver", "")]
