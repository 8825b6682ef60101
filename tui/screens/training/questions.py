"""A question over the training screen: a title, what it means, and a key for each answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.style import Style
from textual.app import ComposeResult
from textual.events import Key as KeyPress
from textual.screen import ModalScreen

from ...theme import ACCENT, DIM, PANEL, TEXT, style
from ...widgets.text_widget import Row, TextWidget, length, text

_INSET = 3


@dataclass(frozen=True)
class Answer:
    """One answer: its keys as Textual names them, how they are written, and what it does."""

    keys: tuple[str, ...]
    shown: str
    says: str
    value: str


@dataclass(frozen=True)
class Question:
    """What is asked."""

    title: str
    about: Sequence[str]
    answers: Sequence[Answer]


_STAY = Answer(("escape",), "Esc", "back", "")

STOP = Question(
    "stop this training?",
    ("It saves a checkpoint first; --resume goes on from there.",),
    (Answer(("enter", "x"), "Enter", "stop", "stop"), _STAY),
)
LEAVE = Question(
    "does the training go on?",
    ("diffviz watch shows it again; it needs no terminal.",),
    (
        Answer(("enter", "g", "q"), "Enter", "leave, it goes on", "leave"),
        Answer(("x",), "x", "stop it with a checkpoint, and leave", "stop"),
        _STAY,
    ),
)


def more_epochs(now: int) -> Question:
    """Return the question how many epochs to add to ``now``."""
    answers = (Answer((str(n % 10),), str(n % 10), f"{n} more", str(n)) for n in (1, 2, 5, 10))
    return Question(
        f"train for more than {now} epochs?",
        ("A decaying learning rate decays to the new end.",),
        (*answers, _STAY),
    )


class QuestionBox(TextWidget):
    """The question on a panel; answers can be clicked."""

    def __init__(self, question: Question) -> None:
        super().__init__()
        self._question = question
        lines = [question.title, *question.about, *(f"{9 * ' '}{a.says}" for a in question.answers)]
        self.styles.width = max(map(len, lines)) + 2 * _INSET
        self.styles.height = len(question.about) + len(question.answers) + 5

    def rows(self, width: int, height: int) -> Iterable[Row]:
        """Return the title, what it is about, and the answers."""
        asked = self._question
        strong, dim = style(TEXT, bold=True, background=PANEL), style(DIM, background=PANEL)
        content: list[Row] = [[], [text(asked.title, style(ACCENT, bold=True, background=PANEL))]]
        content += [[text(line, dim)] for line in asked.about]
        content.append([])
        for answer in asked.answers:
            click = Style.from_meta({"@click": f"screen.answer('{answer.value}')"})
            content.append(
                [text(f"{answer.shown:<9}", strong + click), text(answer.says, dim + click)]
            )
        for row in [*content, [], []]:
            line = [text(" " * _INSET, dim), *row]
            yield [*line, text(" " * max(0, width - length(line)), dim)]


class QuestionScreen(ModalScreen[str]):
    """Dismissed with the value of the answer; empty for none."""

    AUTO_FOCUS = None
    ALLOW_SELECT = False
    DEFAULT_CSS = """
    QuestionScreen { align: center middle; overflow: hidden; }
    QuestionBox { max-width: 100%; max-height: 100%; }
    """

    def __init__(self, question: Question) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """Make the box."""
        yield QuestionBox(self._question)

    def on_key(self, event: KeyPress) -> None:
        """Answer with the key's value."""
        for answer in self._question.answers:
            if event.key in answer.keys:
                event.stop()
                self.action_answer(answer.value)

    def action_answer(self, value: str) -> None:
        """Answer."""
        if self.is_current:
            self.dismiss(value)
