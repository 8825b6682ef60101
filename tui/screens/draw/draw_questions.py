"""What the canvas asks before it makes U-turns."""

from ....core.names import BRANCH_CHILDREN
from ..question import Question, how_many

_TIMES = 8  # by default


def turns_question(t: int, masked: bool) -> Question:
    """Return the question how many times to go to ``t`` and back, or to fill in a mask."""
    if masked:
        title = f"Fill in the mask from t = {t}"
        about = ("Fill it in several times, with different", "noise. How many times?")
    else:
        title = f"U-turn to t = {t}"
        about = ("Add noise up to this t and go back, with", "different noise. How many times?")
    return how_many(title, about, BRANCH_CHILDREN, _TIMES, "enter")
