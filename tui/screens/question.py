"""A modal question: a title, an explanation, and a key for each answer."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.style import Style
from textual.app import ComposeResult
from textual.events import Key as KeyPress

from ..theme import ACCENT, DIM, PANEL, TEXT, style
from ..widgets.text_widget import Row, TextWidget, length, text
from .overlay import Overlay


class Answer(NamedTuple):
    """One answer."""

    keys: tuple[str, ...]
    """Textual's names of its keys."""
    shown: str
    """How the key is written on the screen."""
    label: str
    value: str


class Question(NamedTuple):
    """A question and its answers."""

    title: str
    about: Sequence[str]
    answers: Sequence[Answer]
    compact: Sequence[Sequence[Answer]] = ()
    """The answers as they are shown, several on a row; empty: one on a row."""


CANCEL = Answer(("escape",), "Esc", "back", "")
_LEAVE = Answer(("q",), "", "", "quit")


def how_many(
    title: str, about: Sequence[str], numbers: Sequence[int], default: int, key: str
) -> Question:
    """Return a question for one of ``numbers``; Enter, or ``key`` that asked it, is ``default``.

    ``q`` answers ``quit``.
    """
    choices = [Answer((str(n),), f" {n} ", "", str(n)) for n in numbers]
    usual = Answer(("enter", key), "Enter", f" {default}     ", str(default))
    cancel = CANCEL._replace(label=" cancel")
    answers = (*choices, usual, cancel, _LEAVE)
    return Question(title, about, answers, (choices, (usual, cancel)))


class QuestionBox(TextWidget):
    """The question on a panel; answers can be clicked."""

    def __init__(self, question: Question) -> None:
        super().__init__()
        self._question = question
        one_a_row = [(a._replace(shown=f"{a.shown:<9}"),) for a in question.answers]
        self._answers = question.compact or one_a_row
        self._inset = 2 if question.compact else 3
        answers = ["".join(a.shown + a.label for a in row) for row in self._answers]
        lines = [question.title, *question.about, *answers]
        self.styles.width = self._inset + max(map(len, lines)) + 3
        self.styles.height = len(question.about) + len(self._answers) + self._inset + 2

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the title, the explanation and the answers."""
        question = self._question
        strong, dim = style(TEXT, bold=True, background=PANEL), style(DIM, background=PANEL)
        content: list[Row] = [
            [],
            [text(question.title, style(ACCENT, bold=True, background=PANEL))],
        ]
        content += [[text(line, dim)] for line in question.about]
        content.append([])
        for answers in self._answers:
            row: Row = []
            for answer in answers:
                click = Style.from_meta({"@click": f"screen.answer('{answer.value}')"})
                row.append(text(answer.shown, strong + click))
                row += [text(answer.label, dim + click)] if answer.label else []
            content.append(row)
        for row in [*content, *[[]] * (self._inset - 1)]:
            line = [text(" " * self._inset, dim), *row]
            yield [*line, text(" " * max(0, width - length(line)), dim)]


class QuestionScreen(Overlay[str]):
    """Shows a question; dismissed with the value of the answer, empty if cancelled."""

    def __init__(self, question: Question) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """Make the box."""
        yield QuestionBox(self._question)

    def on_click(self) -> None:
        """Cancel on a click that isn't on an answer."""
        self.action_answer(CANCEL.value)

    def on_key(self, event: KeyPress) -> None:
        """Dismiss with the answer that has this key."""
        for answer in self._question.answers:
            if event.key in answer.keys:
                event.stop()
                self.action_answer(answer.value)

    def action_answer(self, value: str) -> None:
        """Dismiss with an answer."""
        if self.is_current:
            self.dismiss(value)
