"""The header of the run screen: what is sampled, how, and whether it is live."""

from collections.abc import Iterable, Sequence

from ..keys import State
from ..theme import ACCENT, BACK, DIM, ERROR, LIVE, style
from ..worker.pipelines import Source
from .text_widget import DOT, Row, TextWidget, split, text

_PLACES = {
    State.LOADING: ("loading", DIM),
    State.PLAYING: ("live", LIVE),
    State.PAUSED: ("paused", DIM),
    State.DONE: ("done", DIM),
    State.FAILED: ("stopped", ERROR),
}
_PLACE = len("▶ replay, t 1000")


class Header(TextWidget):
    """The app's name, the seed, the state, the weights, the sampler and the device.

    Where there is little room the device and the network go first, then the app's name; what the
    process is called becomes shorter before the weights are left out.
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._weights = ""
        self._process = self._brief = ""
        self._special: Sequence[str] = ()
        self._titles: Sequence[str] = [""]
        self._source: Source | None = None
        self._back_at: int | None = None
        self._state = State.LOADING

    def show(
        self,
        titles: Sequence[str],
        weights: str,
        process: str,
        brief: str,
        special: Sequence[str],
        source: Source | None,
    ) -> None:
        """Show what is sampled.

        Args:
            titles: The seed, and the branches from it, longest wording first.
            weights: Their name, shown until they are loaded.
            process: The process.
            brief: The process in fewer words.
            special: The parts of both about noise and label, longest first: the longest one that
                is there is emphasised, and one is shown at every width.
            source: The network; None before it is loaded.
        """
        self._titles, self._weights = titles, weights
        self._process, self._brief, self._special = process, brief, special
        self._source = source
        self.changed()

    def place(self, back_at: int | None, state: State) -> None:
        """Show the state, or that the screen shows an earlier step, at timestep ``back_at``."""
        self._back_at, self._state = back_at, state
        self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the one row."""
        name, place = text("diffviz", style(ACCENT, bold=True)), self._place()
        lefts = [
            [name, text(f"   {self._titles[0]}   "), *place],
            *([text(title + " " * gap), *place] for title in self._titles for gap in (3, 1)),
        ]
        required = [
            self._joined(DOT, self._weights_label(), self._process),
            self._joined(DOT, self._weights_label(), self._brief),
            self._process,
            self._brief,
            *self._special,
        ]
        return [split(lefts, self._used(), width, required, self._special)]

    def _place(self) -> Row:
        if self._back_at is not None:
            where = "▶ replay" if self._state is State.REPLAY else "◀ back"
            shown, look = f"{where}, t {self._back_at:>4}", style(BACK, bold=True)
        else:
            word, colour = _PLACES[self._state]
            shown, look = f"● {word}", style(colour)
        return [text(f"{shown:<{_PLACE}}", look)]  # so that the right side stays as it is

    def _weights_label(self) -> str:
        return self._weights if self._source is None else self._source.label

    def _used(self) -> list[str]:
        """Return descriptions of weights, sampler and device, longest first."""
        s, steps, joined = self._source, self._process, self._joined
        if s is None:
            return [joined(DOT, self._weights, steps), self._weights]
        weights, n = s.label, s.threads
        threads = "" if n is None else f", {n} thread{'s' * (n != 1)}"
        number = f"{s.parameters:,}" * bool(s.parameters)  # none of a function
        params = number and f"{number} parameters"
        return [
            joined(f" {DOT} ", weights, s.architecture, params, steps, s.device + threads),
            joined(f" {DOT} ", weights, params, steps, s.device + threads),
            joined(DOT, weights, params, steps, s.device),
            joined(DOT, weights, steps, s.device),
            joined(DOT, weights, steps),
            joined(DOT, weights, self._brief),
            weights,
            s.weights,
        ]

    @staticmethod
    def _joined(dot: str, *parts: str) -> str:
        return dot.join(filter(None, parts))
