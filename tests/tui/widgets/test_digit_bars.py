"""The ten bars on one line."""

import pytest

from diffviz.tui.widgets.digit_bars import DigitBars


@pytest.mark.parametrize("width", range(30, 120))
@pytest.mark.parametrize("counts", [[1, 1, 6, 4, 0, 2, 6, 0, 2, 19], [3] * 8 + [4, 4]])
def test_numbers_on_one_line_do_not_touch_the_next_digit(width, counts):
    bars = DigitBars(["digits"])
    bars.show([n / 32 for n in counts], [f"{n:2d}" for n in counts], None)
    (row,) = bars.rows(width, 1)
    line = "".join(segment.text for segment in row)
    assert len(line.rstrip()) <= width
    words = line.replace("digits", "").replace(": ", ":").split()
    if ":" in line:
        told = {int(word[0]): int(word[2:]) for word in words}
        assert all(told[digit] == counts[digit] for digit in told)
        left = [n for digit, n in enumerate(counts) if digit not in told]
        assert max(left, default=0) <= min(told.values())


@pytest.mark.parametrize("width", [28, 38, 58, 118])
def test_one_line_without_numbers_says_that_there_are_none(width):
    bars = DigitBars(["the classifier sees", "seen"])
    bars.show([0.0] * 10, [""] * 10, None)
    (row,) = bars.rows(width, 1)
    line = "".join(segment.text for segment in row)
    assert line == "the classifier sees   –"


def test_a_lone_number_on_one_line_says_what_it_is():
    bars = DigitBars(["the classifier sees", "seen"])
    bars.show([1.0] + [0.0] * 9, ["100%"] + ["  0%"] * 9, 0)
    for width, line in ((28, "the classifier sees  0:100%"), (15, "seen  0:100%"), (8, "0:100%")):
        (row,) = bars.rows(width, 1)
        assert "".join(segment.text for segment in row) == line
