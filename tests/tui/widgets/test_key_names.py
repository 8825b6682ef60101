"""Arrow keys are written in letters where a terminal has only ASCII: "<" is another key."""

import pytest

from diffviz.tui.pixels.fallback import in_ascii, named_arrows

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


@pytest.mark.parametrize(
    ("shown", "in_ascii_only"),
    [
        ("in /home/ada/runs/fir…", "in /home/ada/runs/f..."),
        ("a…", ".."),
        ("漢字…", "? ? -"),
        ("t = 500 … 101", "t = 500 - 101"),
    ],
)
def test_a_text_that_was_cut_off_does_not_end_like_a_sentence(shown, in_ascii_only):
    assert in_ascii(shown) == in_ascii_only


def test_two_lines_of_a_plot_in_one_row_are_two_lines_in_ascii():
    assert in_ascii("⠉⣉⣀⠒⡇") == "'=_-|"
