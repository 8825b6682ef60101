"""The questions of the training screen."""

from ..question import CANCEL, Answer, Question

STOP = Question(
    "Stop this training?",
    ("It saves a checkpoint first; --resume goes on from there.",),
    (Answer(("enter", "S"), "Enter", "stop", "stop"), CANCEL),
)
LEAVE = Question(
    "Leave it running?",
    ("It trains on without a terminal; diffviz watch shows it again.",),
    (
        Answer(("enter", "g", "q"), "Enter", "leave it running", "leave"),
        Answer(("S",), "S", "stop it with a checkpoint, and leave", "stop"),
        CANCEL,
    ),
)


def halving(rate: float | None) -> Question:
    """Return the question whether to halve the learning ``rate`` (None if unknown)."""
    now = "" if rate is None else f" from {rate:.3g} to {rate / 2:.3g}"
    return Question(
        f"Halve the learning rate{now}?",
        ("No key raises it again.",),
        (Answer(("enter", "h"), "Enter", "halve it", "halve"), CANCEL),
    )


def more_epochs(now: int) -> Question:
    """Return the question how many epochs to add to ``now``."""
    answers = (Answer((str(n % 10),), str(n % 10), f"{n} more", str(n)) for n in (1, 2, 5, 10))
    return Question(
        f"Train for more than {now} epochs?",
        ("A decaying learning rate decays to the new end.",),
        (*answers, CANCEL),
    )
