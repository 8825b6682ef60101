"""What the tour says: a verdict, a sentence or two, or a question with its answers."""

from collections.abc import Iterable
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
            for line in wrap(f"{guide.score}. docs/learn.md has more to try; q leaves.", width):
                yield [text(line)]
            return
        ask = guide.question
        verdict = guide.verdict
        for line in wrap(verdict, width):
            yield [text(line, style(LIVE))]
        if ask is not None and not self._playing:
            room = height - len(wrap(verdict, width)) - 1 - len(ask.answers or "n")
            for line in wrap(guide.beat.text, width)[: max(0, room)]:
                yield [text(line, style(DIM))]
            yield [text(ask.question, style(ACCENT, bold=True))]
            for number, answer in enumerate(ask.answers, 1):
                yield [text(f"{number} ", style(TEXT, bold=True)), text(answer)]
            if not ask.answers:
                yield [text("Type a digit, 0 to 9.", style(DIM))]
            return
        if guide.asked is not None and not verdict:
            said = guide.asked.answers[guide.answer - 1] if guide.asked.answers else guide.answer  # type: ignore[operator]
            yield [text(f"Your guess: {said}. Enter shows what happens.", style(LIVE))]
        for line in wrap(guide.beat.text, width):
            yield [text(line)]
