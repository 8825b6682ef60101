import pytest

from diffviz.tui.keys import SPEEDS, faster, slower
from diffviz.tui.worker.meter import Meter, Pacer


def run_steps(pacer: Pacer, speed: float, cost: float, count: int, now: float = 0.0) -> float:
    """Take steps that cost ``cost`` seconds each, waiting as told; return the time at the end."""
    for _ in range(count):
        now += pacer.delay(now, speed)
        pacer.stepped(now, speed)
        now += cost
    return now


def test_pacer_keeps_the_speed():
    assert run_steps(Pacer(), 50, 0.004, 101) == pytest.approx(2.0 + 0.004)


def test_pacer_never_waits_when_steps_are_too_slow():
    assert run_steps(Pacer(), 50, 0.1, 20) == pytest.approx(2.0)


def test_pacer_without_a_limit_never_waits():
    pacer = Pacer()
    for now in (0.0, 0.0, 5.0):
        assert pacer.delay(now, None) == 0.0
        pacer.stepped(now, None)


def test_pacer_does_not_rush_after_a_long_step():
    pacer = Pacer()
    run_steps(pacer, 10, 0.0, 5)
    now = run_steps(pacer, 10, 3.0, 1, now=0.5)
    before = now
    now = run_steps(pacer, 10, 0.0, 30, now=now)
    assert now - before > 2.5


def test_pacer_follows_a_raised_speed_at_once():
    pacer = Pacer()
    pacer.stepped(0.0, 1)
    assert pacer.delay(0.0, 1) == pytest.approx(1.0)
    assert pacer.delay(0.0, 100) == pytest.approx(0.01)


def test_pacer_starts_at_once_after_a_restart():
    pacer = Pacer()
    pacer.stepped(0.0, 1)
    pacer.restart()
    assert pacer.delay(0.1, 1) == 0.0


def test_meter_leaves_pauses_out():
    meter = Meter()
    meter.resume(10.0)
    for i in range(1, 11):
        meter.stepped(10.0 + i / 10)
    assert meter.rate == pytest.approx(10.0)
    assert meter.elapsed == pytest.approx(1.0)
    meter.resume(100.0)
    assert meter.rate is None
    meter.stepped(100.5)
    meter.stepped(101.0)
    assert meter.elapsed == pytest.approx(2.0)
    assert meter.rate == pytest.approx(2.0)


def test_meter_forgets_old_steps():
    meter = Meter()
    meter.resume(0.0)
    now = 0.0
    for _ in range(10):
        now += 1.0
        meter.stepped(now)
    for _ in range(100):
        now += 0.1
        meter.stepped(now)
    assert meter.rate == pytest.approx(10.0)


def test_speeds_go_up_to_as_fast_as_possible_and_back():
    speed: float | None = SPEEDS[0]
    seen = [speed]
    while (speed := faster(speed)) is not None:
        seen.append(speed)
    assert tuple(seen) == SPEEDS
    assert faster(None) is None
    assert faster(100.5) == 200
    assert slower(100.5, None) == 100
    assert slower(1, None) == 1
    assert slower(None, 412.3) == 200
    assert slower(None, None) == SPEEDS[-1]
