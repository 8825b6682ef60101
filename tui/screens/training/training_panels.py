"""The text panels of the training screen: progress, numbers, the epochs."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from ....core.recipes import PUBLISHED_LOSSES
from ...text import duration
from ...theme import ACCENT, BACK, DIM, FAINT, LIVE, PHASE_COLOURS, TEXT, style
from ...widgets.text_widget import Row, TextWidget, length, longest_that_fits, text
from .log_history import EpochRow

GROUPS: tuple[tuple[int, str], ...] = (
    (3, "rapid learning"),
    (6, "refinement"),
    (10, "fine-tuning"),
    (15, "convergence"),
)
"""The write-up's groups of epochs: the last epoch of each, and its name."""
_WIDEST_GROUP = max(len(name) for _, name in GROUPS)

_SPARKS = "▁▂▃▄▅▆▇█"


class Progress(TextWidget):
    """The progress of training as text and a bar."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._words: Sequence[str] = [""]
        self._rest: Sequence[str] = [""]
        self._share = 0.0

    def show(self, words: Sequence[str], rest: Sequence[str], share: float) -> None:
        """Show ``words``, a bar filled by ``share`` (0 to 1), and ``rest``; longest first."""
        self._words, self._rest, self._share = words, rest, min(1.0, max(0.0, share))
        self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the one row."""
        words = longest_that_fits(self._words, width)
        rest = longest_that_fits([*self._rest, ""], max(0, width - len(words) - 16))
        room = width - len(words) - len(rest) - 2 * 2
        if room < 8:
            return [[text(words)]]
        filled = round(self._share * room)
        return [
            [
                text(words + "  "),
                text("━" * filled, style(ACCENT)),
                text("━" * (room - filled), style(FAINT)),
                text("  " + rest, style(DIM)),
            ]
        ]


class Epochs(TextWidget):
    """A row for each epoch, the newest at the bottom, in the write-up's groups."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._epochs: Sequence[EpochRow] = ()
        self._published = False
        self._empty = ""

    def show(self, epochs: Sequence[EpochRow], published: bool, empty: str = "") -> None:
        """Show ``epochs``; with ``published`` also the write-up's losses.

        ``empty`` says why there will be none; empty where the first isn't done yet.
        """
        self._epochs, self._published, self._empty = epochs, published, empty
        self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the headings and as many of the newest epochs as fit."""
        columns = _columns(
            width, self._published, any(e.distance is not None for e in self._epochs)
        )
        heading = "  ".join(f"{name:>{size}}" for name, size, _ in columns)
        if len(heading) + 2 + _WIDEST_GROUP + 2 <= width:
            heading += "  stage"
        yield [text(heading, style(DIM))]
        if not self._epochs:
            yield [text(self._empty or "no epoch is done yet", style(DIM))]
            return
        first = max(0, len(self._epochs) - (height - 1))
        for index in range(first, len(self._epochs)):
            before = self._epochs[index - 1] if index else None
            yield self._row(self._epochs[index], before, columns, width, index == first)

    def _row(
        self, row: EpochRow, before: EpochRow | None, columns: list, width: int, top: bool
    ) -> Row:
        cells: Row = []
        for name, size, value in columns:
            content = f"{value(row, before):>{size}}"
            cell_style = style(DIM)
            if name == "loss":
                cell_style = style(TEXT, bold=True)
            elif name == "change" and before is not None:
                cell_style = style(LIVE if row.loss < before.loss else BACK)
            cells += [text(content, cell_style), text("  ")]
        group, colour, opens = group_of(row.epoch)
        if length(cells) + len(group) + 2 <= width:
            cells += [text("▌", style(colour)), text(f" {group}" * (opens or top), style(colour))]
        return cells


def group_of(epoch: int) -> tuple[str, str, bool]:
    """Return an epoch's group, its colour, and whether it is the first of the group."""
    begins = 1
    for (last, name), colour in zip(GROUPS, PHASE_COLOURS.values(), strict=True):
        if epoch <= last or last == GROUPS[-1][0]:
            return name, colour, epoch == begins
        begins = last + 1
    raise AssertionError


def _columns(width: int, published: bool, distance: bool) -> list:
    wanted = [
        ("epoch", 5, lambda e, _: str(e.epoch)),
        ("loss", 6, lambda e, _: f"{e.loss:.4f}"),
        ("change", 7, _change),
        ("time", 7, lambda e, _: duration(e.seconds)),
        ("img/s", 6, lambda e, _: f"{e.images_per_s:,.0f}"),
    ]
    if distance:
        wanted.insert(
            3, ("FLD", 6, lambda e, _: "–" if e.distance is None else f"{e.distance:.1f}")
        )
    if published:
        wanted.insert(2, ("publ.", 6, _published))
    while sum(size + 2 for _, size, _ in wanted) - 2 > width and len(wanted) > 2:
        wanted.pop()
    return wanted


def _change(epoch: EpochRow, before: EpochRow | None) -> str:
    if before is None or not before.loss:
        return "–"
    return f"{epoch.loss / before.loss - 1:+.1%}"


def _published(epoch: EpochRow, _before: EpochRow | None) -> str:
    known = epoch.epoch <= len(PUBLISHED_LOSSES)
    return f"{PUBLISHED_LOSSES[epoch.epoch - 1]:.4f}" if known else "–"


def sparkline(values: Sequence[float] | NDArray[np.float64], width: int) -> str:
    """Return ``values`` as at most ``width`` bars of one row, lowest to highest."""
    numbers = np.asarray(values, dtype=np.float64)
    numbers = numbers[np.isfinite(numbers)]
    if not len(numbers) or width < 1:
        return ""
    means = [float(part.mean()) for part in np.array_split(numbers, min(width, len(numbers)))]
    low, high = min(means), max(means)
    span = (high - low) or 1.0
    return "".join(_SPARKS[round((value - low) / span * (len(_SPARKS) - 1))] for value in means)
