"""Numbers and durations as text."""

import pytest

from diffviz.core.measure.metrics import Estimate
from diffviz.tui.plain.eval_table import interval
from diffviz.tui.text import (
    age,
    class_text,
    computing_time,
    counted,
    duration,
    percent,
    seeds_text,
    short_number,
    with_article,
)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.2203, "0.220"),
        (0, "0.000"),
        (1.0, "1.000"),
        (12.34, "12.34"),
        (123.4, "123.4"),
        (0.00042, "4.2e-04"),
        (123456, "1.2e+05"),
        (-0.5, "-0.500"),
        (float("nan"), "nan"),
    ],
)
def test_numbers_take_seven_characters_at_most(value, written):
    assert short_number(value) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "0.0 s"), (9.84, "9.8 s"), (99.9, "99.9 s"), (200, "3m 20s"), (3900, "1h 05m")],
)
def test_durations_are_written_short(seconds, written):
    assert duration(seconds) == written


def test_computing_times_are_in_milliseconds_below_ten_seconds():
    assert computing_time(0.0412) == "41 ms"
    assert computing_time(9.9) == "9,900 ms"
    assert computing_time(12.3) == "12.3 s"


def test_ages_have_one_unit():
    assert [age(s) for s in (3.7, 61, 7300, 90_000)] == ["3 s ago", "1m ago", "2h ago", "1d ago"]


def test_words_fit_their_numbers():
    assert [with_article(digit) for digit in (7, 8, 9)] == ["a 7", "an 8", "a 9"]
    assert class_text(8) == "an 8"
    assert class_text(8, [*"abcdefghi"]) == "i"
    assert [counted(n, "digit") for n in (1, 2, 1000)] == ["1 digit", "2 digits", "1,000 digits"]
    assert (seeds_text(29, 1), seeds_text(29, 32)) == ("seed 29", "seeds 29 to 60")


def test_a_probability_is_in_per_cent_and_an_interval_can_be_negative():
    assert [percent(p) for p in (0.004, 0.54, 1.0)] == ["  0%", " 54%", "100%"]
    assert interval(Estimate(-0.09, -0.12, 0.03), 2) == "-0.09 (-0.12 to 0.03)"
