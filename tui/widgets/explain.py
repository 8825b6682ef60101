"""The explanation of the current step: a panel, or the content of an overlay."""

from collections.abc import Iterable
from itertools import chain, islice, repeat
from textwrap import wrap

from ...core.names import CONSISTENCY
from ...core.phases import Phase
from ...core.step import Step
from ..theme import ACCENT, BACKGROUND, DIM, PHASE_COLOURS, TEXT, style
from .explain_texts import (
    CONSISTENCY_TEXT,
    FORWARD,
    PHASE_TEXTS,
    PICTURE_TEXTS,
    SAMPLER_EQUATIONS,
    SHORT_CONSISTENCY_TEXT,
    SHORT_PHASE_TEXTS,
    SHORT_PICTURE_TEXTS,
    WORDS,
    equation_lines,
    quantities,
)
from .maths import equation
from .text_widget import Row, TextWidget, length, longest_that_fits, text


class Explain(TextWidget):
    """A text about the phase, then equations, as many as there are rows for."""

    def __init__(
        self,
        *,
        background: str = BACKGROUND,
        inset: int = 0,
        noun: str = "digit",
        id: str | None = None,
    ) -> None:
        """Make an empty text about samples that are called ``noun``."""
        super().__init__(id=id)
        self._digits = digits = noun == "digit"
        self._texts = PHASE_TEXTS if digits else PICTURE_TEXTS
        self._short_texts = SHORT_PHASE_TEXTS if digits else SHORT_PICTURE_TEXTS
        self._background = background
        self._inset = inset
        self._step: Step | None = None
        self._sampler = "ddpm"

    def show(self, step: Step | None, sampler: str) -> None:
        """Explain ``step`` of ``sampler``."""
        self._step, self._sampler = step, sampler
        self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the explanation, padded to the width."""
        inset = " " * self._inset
        below = 1 if self._inset else 0  # a blank row, where a box has its border
        content = self._content(max(1, width - 2 * self._inset), height - below)
        # Blank rows have the panel's background too.
        for row in islice(chain(content, repeat([])), height):
            line = [self._text(inset), *row]
            yield [*line, self._text(" " * max(0, width - length(line)))]

    def _text(self, content: str, colour: str = TEXT, bold: bool = False):
        return text(content, style(colour, bold=bold, background=self._background))

    def _content(self, width: int, height: int) -> Iterable[Row]:
        rows = self._phase_rows(width, height)
        yield from rows
        left = height - len(rows) - 1  # a blank row separates the next panel
        for line in WORDS:
            parts = self._equation(line, width)
            left -= len(parts)
            if left >= 0:  # a cut sentence isn't shown
                yield from parts

    def _phase_rows(self, width: int, height: int) -> list[Row]:
        """Return the text about the phase, as long as fits, and all equations."""
        step = self._step
        phase = Phase.STATIC if step is None else step.phase
        air: list[Row] = [[]] if self._inset else []
        equations = [*FORWARD, *SAMPLER_EQUATIONS.get(self._sampler, ())]
        numbers = [] if step is None else [quantities(step.t, step.alpha_bar)]
        rows: list[Row] = []
        long, short = self._texts[phase], self._short_texts[phase]
        if self._digits and self._sampler == CONSISTENCY:
            long, short = CONSISTENCY_TEXT, SHORT_CONSISTENCY_TEXT
        for words, lines in (
            (long, [*equations, *numbers]),
            (short, [*equations, *numbers]),
            (short, equations),
            ("", equations),
        ):
            told = [[self._text(part)] for part in wrap(words, width)]
            below = [row for line in lines for row in self._equation(line, width)]
            rows = [*air, self._title(phase, width), *told, *air, *below]
            if len(rows) <= height:
                break
        return rows

    def _equation(self, line: str, width: int) -> list[Row]:
        return [[self._text(part, DIM)] for part in equation_lines(equation(line, self), width)]

    def _title(self, phase: Phase, width: int) -> Row:
        span = longest_that_fits(
            [f"  t {phase.span}", ""], width - len("explained: " + phase.label)
        )
        return [
            self._text("explained: ", ACCENT, bold=True),
            self._text(phase.label, PHASE_COLOURS[phase], bold=True),
            self._text(span, DIM),
        ]
