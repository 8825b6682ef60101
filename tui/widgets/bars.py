"""Header, footer, titles, and the line that describes the current phase."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import Enum
from textwrap import wrap

from rich.style import Style

from ...core.phases import ABOUT_PHASES, Phase
from ..keys import Key, State
from ..theme import ACCENT, BACK, DIM, ERROR, LIVE, PHASE_COLOURS, TEXT, style
from ..worker.pipelines import Source
from .text_widget import (
    Row,
    TextWidget,
    apart,
    length,
    longest_that_fits,
    shortened,
    split,
    text,
)

SHORT_DESCRIPTIONS: dict[Phase, str] = {
    Phase.STATIC: "almost pure noise",
    Phase.BLOB: "a patch of ink gathers",
    Phase.LOCK_IN: "the digit gets settled here",
    Phase.REFINEMENT: "edges become clean",
}


_PLACES = {
    State.LOADING: ("loading", DIM),
    State.PLAYING: ("live", LIVE),
    State.PAUSED: ("paused", DIM),
    State.DONE: ("done", DIM),
    State.FAILED: ("stopped", ERROR),
}


_PLACE = len("▶ replay, t 1000")


class Header(TextWidget):
    """The app's name, the seed, the state, the weights, the sampler and the device."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._weights = ""
        self._process = self._noise = ""
        self._title = ""
        self._source: Source | None = None
        self._back_at: int | None = None
        self._state = State.LOADING

    def show(
        self, title: str, weights: str, process: str, noise: str, source: Source | None
    ) -> None:
        """Show the seed (``title``), the ``process`` and, once it is loaded, the network.

        ``noise``, a part of ``process`` or empty, is emphasised and shown at every width.
        """
        self._title, self._weights, self._process = title, weights, process
        self._noise, self._source = noise, source
        self.changed()

    def place(self, back_at: int | None, state: State) -> None:
        """Show the state, or that the screen shows an earlier step, at timestep ``back_at``."""
        self._back_at, self._state = back_at, state
        self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the one row."""
        name, place = text("diffviz", style(ACCENT, bold=True)), self._place()
        lefts = [[name, text(f"   {self._title}   "), *place], [text(f"{self._title}   "), *place]]
        required = self._process, self._noise
        return [split(lefts, self._used(), width, required, self._noise)]

    def _place(self) -> Row:
        if self._back_at is not None:
            where = "▶ replay" if self._state is State.REPLAY else "◀ back"
            shown, look = f"{where}, t {self._back_at:>4}", style(BACK, bold=True)
        else:
            word, colour = _PLACES[self._state]
            shown, look = f"● {word}", style(colour)
        return [text(f"{shown:<{_PLACE}}", look)]  # so that the right side stays as it is

    def _used(self) -> list[str]:
        """Return descriptions of weights, sampler and device, longest first."""
        s = self._source
        if s is None:
            loading = f"{self._weights}   loading"
            return [f"{self._process}   {loading}", loading, self._weights]
        weights = s.label
        params = f"{s.parameters:,} parameters"
        steps, n = self._process, s.threads
        threads = "" if n is None else f", {n} thread{'s' * (n != 1)}"
        number = f"{s.parameters:,}"
        if not s.parameters:  # of a function
            params = number = ""

        def joined(dot: str, *parts: str) -> str:
            return dot.join(filter(None, parts))

        return [
            joined("  ·  ", weights, s.architecture, params, steps, s.device + threads),
            joined("  ·  ", weights, params, steps, s.device + threads),
            joined(" · ", weights, params, steps, s.device),
            joined(" · ", weights, number, steps, s.device),
            " · ".join([weights, steps, s.device]),
            " · ".join([weights, steps]),
            weights,
            s.weights,
        ]


class Footer(TextWidget):
    """The keys of the current state; each can also be clicked."""

    def __init__(self, keys: Sequence[Key], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._keys = keys
        self._state: Enum | None = None
        self._hidden: Collection[str] = ()
        self._labels: Mapping[str, str] = {}

    def show(self, state: Enum | None, hidden: Collection[str] = ()) -> None:
        """Show the keys of the screen's ``state``, without the ``hidden`` actions."""
        self._state, self._hidden = state, hidden
        self.changed()

    def rename(self, labels: Mapping[str, str]) -> None:
        """Show these labels of actions in place of those in the key table."""
        self._labels = labels
        self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the one row: keys of this state at the left, back, help and quit at the right."""
        left, right = [], []
        recording = getattr(self.app, "live_recording", None)  # Textual's App, in tests, has none
        if recording and recording.path:
            stop = style(ERROR, bold=True) + Style.from_meta({"@click": "app.record"})
            left.append(
                [text("● ", stop), text(recording.path, stop), text(" r stops   ", style(DIM))]
            )
        for key in self._keys:
            label = self._labels.get(key.action) or key.label(self._state)
            if not label or key.action in self._hidden:
                continue
            action = key.action if key.action.startswith("app.") else f"screen.{key.action}"
            click = Style.from_meta({"@click": action})
            item = [
                text(key.shown, style(TEXT, bold=True) + click),
                text(f" {label}", style(DIM) + click),
                text("   "),
            ]
            (right if key.action in ("back", "help", "quit") else left).append(item)
        row = [segment for item in left for segment in item]
        last = [segment for item in right for segment in item][:-1]
        while left and length(row) + length(last) >= width:
            left.pop()  # the table lists the important ones first
            row = [segment for item in left for segment in item]
        return [apart(row, last, width)]


class Title(TextWidget):
    """The name of a picture and what it shows (longest wording first)."""

    def __init__(self, name: str, meanings: Sequence[str], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._name = name
        self._meanings = meanings

    def show(self, name: str, meanings: Sequence[str]) -> None:
        """Show another name and meaning."""
        self._name, self._meanings = name, meanings
        self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the one row."""
        meaning = longest_that_fits(self._meanings, width - len(self._name) - 2)
        return [[text(self._name, style(TEXT, bold=True)), text("  "), text(meaning, style(DIM))]]


class PhaseLine(TextWidget):
    """The current phase and its description, or a message."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._phase: Phase | None = None
        self._message = ""
        self._numbers: Sequence[str] = ()
        self._with_numbers = False
        self._colour = TEXT

    def show_phase(self, phase: Phase, numbers: Sequence[str]) -> None:
        """Show the description of ``phase``, or the ``numbers`` (longest wording first)."""
        self._phase, self._numbers = phase, numbers
        self.changed()

    def show_message(self, message: str, *, error: bool = False) -> None:
        """Show a message in place of the phase."""
        self._phase, self._message = None, message
        self._colour = ERROR if error else TEXT
        self.changed()

    def include_numbers(self, wanted: bool) -> None:
        """Show the numbers in place of the description, for layouts without a panel for them."""
        self._with_numbers = wanted
        self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the rows of the text, from the top, so that it stays where it is."""
        if self._phase is None:
            lines = wrap(self._message, width)
            if len(lines) > height:
                lines[height - 1 :] = [shortened(" ".join(lines[height - 1 :]), width)]
            return [[text(line, style(self._colour))] for line in lines]
        colour = PHASE_COLOURS[self._phase]
        head = [
            text("● ", style(colour)),
            text(self._phase.label, style(colour, bold=True)),
            text(f"  t {self._phase.span}", style(DIM)),
        ]
        room = width - length(head) - 3
        if self._with_numbers:
            return [[*head, text("   " + longest_that_fits([*self._numbers, ""], room))]]
        long, short = ABOUT_PHASES[self._phase], SHORT_DESCRIPTIONS[self._phase]
        return [[*head, text("   " + longest_that_fits([long, short, ""], room))]]


class TooSmall(TextWidget):
    """A message about the terminal size that is needed."""

    def __init__(self, needed: tuple[int, int], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._needed = needed

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the message, centred."""
        message = f"diffviz needs {self._needed[0]}x{self._needed[1]}, this is {width}x{height}"
        lines = wrap(message, max(1, width)) or [""]
        top = max(0, (height - len(lines)) // 2)
        return [[] for _ in range(top)] + [[text(line.center(width))] for line in lines]
