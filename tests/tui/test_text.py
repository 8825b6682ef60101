"""Numbers and durations as text."""

import pytest

from diffviz.tui.text import age, computing_time, duration, short_number


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
