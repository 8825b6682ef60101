"""What the tour says: a verdict, a sentence or two, or a question with its answers."""

from collections.abc import Iterable, Sequence
from textwrap import wrap

from ...theme import ACCENT, DIM, LIVE, TEXT, style
from ...widgets.text_widget import Row, TextWidget, text
from .guide import Guide


class TourText(TextWidget):
    """Shows where a guide is."""

    def __init__(self, guide: Guide, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._guide = guide
        self._playing = True

    def show(self, playing: bool) -> None:
        """Show the guide as it is now; a question comes when nothing plays any more."""
        self._playing = playing
        self.changed()

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the rows."""
        guide = self._guide
        if guide.over:
            yield [text("The end of the tour. ", style(ACCENT, bold=True))]
            for line in wrap(f"{guide.score} docs/learn.md has more to try; q leaves.", width):
                yield [text(line)]
            return
        ask = guide.question
        verdict = guide.verdict
        for line in wrap(verdict, width):
            yield [text(line, style(LIVE))]
        if ask is not None and not self._playing:
            room = height - len(wrap(verdict, width)) - 1
            lines = wrap(guide.beat.text, width)
            answers = _answers(ask.answers, width, room - len(lines))
            for line in lines[: max(0, room - max(1, len(answers)))]:
                yield [text(line, style(DIM))]
            yield [text(ask.question, style(ACCENT, bold=True))]
            yield from answers
            if not ask.answers:
                yield [text("Type a digit, 0 to 9.", style(DIM))]
            return
        if guide.asked is not None and not verdict:
            said = guide.asked.answers[guide.answer - 1] if guide.asked.answers else guide.answer  # type: ignore[operator]
            shows = "" if self._playing else " Enter shows what happens."
            yield [text(f"Your guess: {said}.{shows}", style(LIVE))]
        for line in wrap(guide.beat.text, width):
            yield [text(line)]


def _answers(answers: Sequence[str], width: int, height: int) -> list[Row]:
    """Return answers with their numbers, one a row; where there are more than rows, two a row."""
    shown = [(f"{number} ", answer) for number, answer in enumerate(answers, 1)]
    if len(shown) <= height:
        return [[text(number, style(TEXT, bold=True)), text(answer)] for number, answer in shown]
    rows: list[Row] = []
    for first in range(0, len(shown), 2):
        rows.append([])
        for number, answer in shown[first : first + 2]:
            rows[-1] += [text(number, style(TEXT, bold=True)), text(answer.ljust(width // 2 - 2))]
    return rows
