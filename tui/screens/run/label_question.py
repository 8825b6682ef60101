"""The question which digit to draw."""

from collections.abc import Sequence
from string import ascii_letters, digits

from ..._textual import key_of_character
from ..question import CANCEL, Answer, Question

_PER_ROW = 5
_ANY = Answer(("a",), "a", " any   ", "any")


def label_question(classes: Sequence[str], now: int | None) -> Question:
    """Return the question which of ``classes`` to draw; ``now`` is the one in use.

    Classes named by one character have it as their key; others are numbered by digits and letters.
    Every class can be clicked.
    """
    single = all(len(name) == 1 for name in classes)
    keys = list(classes) if single else _numbers(len(classes))
    other = _ANY._replace(keys=("minus",), shown="-") if "a" in keys else _ANY
    answers = [
        Answer(
            (key_of_character(key),) if key else (),
            f"{key or ' '} ",
            ("" if single else name) + (" ●  " if index == now else "   "),
            str(index),
        )
        for index, (key, name) in enumerate(zip(keys, classes, strict=True))
    ]
    cancel = CANCEL._replace(label=" no")
    leave = [] if "q" in keys else [Answer(("q",), "", "", "quit")]
    per_row = 10 if single and len(classes) > 10 else _PER_ROW if single else 3
    rows = [answers[i : i + per_row] for i in range(0, len(answers), per_row)]
    about = "the same seed and noise"
    return Question(
        "which digit?" if single else "which class?",
        (about,),
        (*answers, other, cancel, *leave),
        (*rows, (other, cancel)),
    )


def _numbers(count: int) -> list[str]:
    """Return a key for each of ``count`` classes, as far as there are keys."""
    keys = [key for key in digits + ascii_letters if key not in "aq"]
    return [*keys, *[""] * count][:count]
