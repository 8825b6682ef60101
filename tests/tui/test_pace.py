"""Paces: seconds for the whole way or steps a second, even or slow where it is decided."""

import argparse
from unittest.mock import Mock

import pytest

from diffviz.core.names import NUM_TIMESTEPS
from diffviz.tui.cli.flags import speed
from diffviz.tui.keys import LENGTHS, SPEEDS, Pace
from diffviz.tui.session.pacing import Pacing, relative_speed, replay_speed, visible


@pytest.mark.parametrize(
    ("text", "pace"),
    [
        ("10s", Pace(length=10)),
        ("2.5 S", Pace(length=2.5)),
        ("100", Pace(100)),
        ("0.5", Pace(0.5)),
        ("MAX", Pace()),
    ],
)
def test_speed_is_seconds_steps_or_max(text, pace):
    assert speed(text) == pace


@pytest.mark.parametrize("text", ["", "s", "0s", "-1s", "nans", "infs", "10m", "fast", "0"])
def test_other_speeds_are_refused_with_examples(text):
    with pytest.raises(argparse.ArgumentTypeError, match=r"10s.*above 0, or 'max'"):
        speed(text)


def test_a_run_of_few_steps_is_slow_enough_to_be_seen():
    for steps in (1, 2, 4):
        assert visible(100.0, steps) == pytest.approx(1 / 0.8)
        assert visible(0.4, steps) == 0.4, "slower stays"
        assert visible(None, steps) is None, "asked for"
        assert replay_speed(None, steps) == pytest.approx(1 / 0.8)
    assert visible(100.0, 5) == 100
    assert replay_speed(None, 5) == 600


@pytest.mark.parametrize(("steps", "seconds"), [(1, 2), (2, 4), (4, 8), (5, 10), (1000, 10)])
def test_a_step_of_few_takes_no_longer_than_one_of_five(steps, seconds):
    pacing = Pacing(Mock(), Pace(length=10), uneven=False)
    rate = pacing.rate(None, steps)
    assert rate is not None
    assert steps / rate == pytest.approx(seconds)
    assert pacing.of(steps).short == f"{seconds} s"


def test_a_length_takes_as_long_with_any_number_of_steps():
    for steps in (1, 20, 1000):
        rate = Pace(length=10).per_second(steps)
        assert rate is not None
        assert steps / rate == pytest.approx(10)
    assert Pace(100).per_second(20) == 100
    assert Pace().per_second(20) is None


def test_lengths_and_speeds_have_ladders_of_their_own():
    pace, seen = Pace(length=10), []
    while pace != Pace():
        pace = pace.faster()
        seen.append(pace.length)
    assert seen == [5, 2, 1, None]
    assert Pace().slower(1e9, 1000, in_seconds=True) == Pace(length=LENGTHS[0])
    assert Pace().slower(100.0, 1000, in_seconds=True) == Pace(length=20)
    assert Pace().slower(450.0, 1000, in_seconds=False) == Pace(200)
    assert Pace(length=LENGTHS[-1]).slower(None, 1000, in_seconds=True).length == LENGTHS[-1]
    assert Pace(SPEEDS[-1]).faster() == Pace()


def test_an_uneven_run_takes_as_long_as_an_even_one():
    times = sum(1 / relative_speed(t) for t in range(NUM_TIMESTEPS, 0, -1))
    assert times == pytest.approx(NUM_TIMESTEPS)
    assert relative_speed(400) < 1 < min(relative_speed(900), relative_speed(50))
