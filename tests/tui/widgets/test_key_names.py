"""Arrow keys are written in letters where a terminal has only ASCII: "<" is another key."""

import pytest

from diffviz.tui.pixels.fallback import in_ascii
from diffviz.tui.widgets.key_names import named_arrows

from ..test_keys import SCREENS


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("← →", "left/right"),
        ("shift ← →", "shift left/right"),
        ("← → ↑ ↓", "arrows"),
        ("shift+→", "shift+right"),
        ("↑ ↓ T", "up/down T"),
        ("space plays, → one step, ← back", "space plays, right one step, left back"),
        ("< >", "< >"),
    ],
)
def test_arrows_are_written_in_letters(words, named):
    assert named_arrows(words) == named


def test_no_key_of_any_screen_is_written_as_another_one():
    for name, keys in SCREENS.items():
        for key in keys:
            assert named_arrows(key.shown).isascii(), (name, key.shown)


def test_marks_of_two_states_differ_in_ascii():
    assert in_ascii("●") != in_ascii("○"), "a lane that is chosen, and one that isn't"
