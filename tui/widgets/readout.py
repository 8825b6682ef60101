"""The numbers of the run: a panel of label and value, and the same on one line."""

from collections.abc import Iterable
from typing import NamedTuple

from ..text import alpha_bar_text, duration, snr_text
from ..theme import DIM, TEXT, style
from .text_widget import Row, TextWidget, apart, text


class Numbers(NamedTuple):
    """What is known about the current run. None is not known (yet)."""

    steps: int
    speed: float | None
    """The speed asked for, in steps per second; None is as fast as possible."""
    t: int
    alpha_bar: float
    noise: float = 1.0
    """Scale of the injected noise, 0 to 1."""
    step: int = 0
    rate: float | None = None
    eta: float | None = None


class Readout(TextWidget):
    """One number a row, labels left and values right, so that nothing jumps."""

    def __init__(self, numbers: Numbers, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._numbers = numbers

    def show(self, numbers: Numbers) -> None:
        """Show ``numbers``."""
        self._numbers = numbers
        self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return a row for each number, the most wanted ones where there is little room."""
        numbers = labelled(self._numbers)
        dropped = _LEAST[: max(0, len(numbers) - height)]
        numbers = [(label, value) for label, value in numbers if label not in dropped]
        for label, value in numbers:
            if label == _THIS_RUN and height > len(numbers):
                yield []
            right = [text(value, style(TEXT))]
            yield apart([text(label, style(DIM))], right, width)


class ReadoutLine(Readout):
    """The most important numbers on one line."""

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return one row with as many numbers as fit."""
        row: Row = []
        room = width
        values = dict(labelled(self._numbers))
        for label in ("t", "alpha_bar", "SNR", "steps/s", "eta"):
            value = values[label]
            cells = len(label) + 1 + max(len(value), _WIDTHS[label])
            if cells > room:
                break
            row += [text(label + " ", style(DIM)), text(value.rjust(_WIDTHS[label]) + "   ")]
            room -= cells + 3
        yield row


_THIS_RUN = "noise"  # the numbers before are about the process, the others about this run of it
_LEAST = ("sigma", "eta", "step", "alpha_bar", "speed")
"""What goes first where there is little room."""
_WIDTHS = {"t": 4, "SNR": 8, "alpha_bar": 7, "steps/s": 6, "eta": 6}


def labelled(numbers: Numbers) -> list[tuple[str, str]]:
    """Return labels and values as text, in the order of the panel."""
    n = numbers
    unknown = "–"
    return [
        ("t", str(n.t)),
        ("alpha_bar", alpha_bar_text(n.alpha_bar)),
        ("SNR", snr_text(n.alpha_bar)),
        ("sigma", f"{(1.0 - n.alpha_bar) ** 0.5:.4f}"),
        ("step", f"{n.step}/{n.steps}"),
        ("noise", f"{n.noise:.1f}"),
        ("speed", "max" if n.speed is None else f"{n.speed:g} /s"),
        ("steps/s", unknown if n.rate is None else f"{n.rate:.1f}"),
        ("eta", unknown if n.eta is None else duration(n.eta)),
    ]
