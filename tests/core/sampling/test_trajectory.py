"""What a trajectory keeps where all steps would take too much memory."""

from dataclasses import replace

import numpy as np
import pytest

from diffviz.core.files.scratch import Scratch
from diffviz.core.noise import NoiseStream
from diffviz.core.phases import phase_at
from diffviz.core.sampling.trajectory import Trajectory
from diffviz.core.step import Conditioning, Step

SHAPE = (2, 3, 16, 16)
PAIR = 2 * 4 * 2 * 3 * 16 * 16  # bytes of x_t and x0_hat of a step
TOTAL = 300


def step_at(index: int, first: int = 0) -> Step:
    t = TOTAL - index
    image = np.full(SHAPE, index, np.float32)
    a = 1.0 - t / 1000 if t else 1.0
    return Step(index, TOTAL, t, a, phase_at(t), image, -image, image * 0)


@pytest.mark.parametrize("first", [0, 7])
def test_memory_is_bounded_and_steps_are_spread_evenly(first):
    trajectory = Trajectory(first, max_bytes=50 * PAIR)
    for index in range(first, TOTAL + 1):
        trajectory.append(step_at(index))
        assert trajectory.bytes <= 50 * PAIR
        assert trajectory.last == index
        assert trajectory.step(index).x_t[0, 0, 0, 0] == index  # the newest is always there
    assert trajectory.stride == 8
    for index in range(first, TOTAL):
        step = trajectory.step(index)
        assert step.index == first + (index - first) // 8 * 8
        assert step.x_t[1, 2, 3, 4] == step.index == TOTAL - step.t
    assert trajectory.step(TOTAL).index == TOTAL
    for outside in (first - 1, TOTAL + 1):
        with pytest.raises(IndexError):
            trajectory.step(outside)


def test_what_is_kept_can_be_looked_up_branched_and_taken_alone():
    trajectory = Trajectory(max_bytes=50 * PAIR)
    for index in range(TOTAL + 1):
        trajectory.append(step_at(index))
    found = trajectory.index_at(201)  # not kept: the first one after it is
    assert trajectory.step(found).t <= 201 < trajectory.step(found - 1).t + 8
    (index, x_t), noise = trajectory.branch(99, NoiseStream(3), 2, row=1)
    assert index == trajectory.step(99).index == 96
    assert (x_t == 96).all()
    assert len(noise.streams) == 2
    alone = trajectory.sample(1)
    assert alone.step(99).x_t.shape == (1, 3, 16, 16)
    assert (alone.last, alone.step(99).index, alone.stride) == (TOTAL, 96, 8)
    assert alone.evaluations(0, TOTAL) == trajectory.evaluations(0, TOTAL) == TOTAL


def test_digits_are_all_kept():
    trajectory = Trajectory()
    image = np.zeros((9, 28, 28), np.float32)
    for index in range(1001):
        t = 1000 - index
        trajectory.append(Step(index, 1000, t, 0.5, phase_at(t), image, image, image))
    assert trajectory.stride == 1
    assert len(trajectory) == 1001


def random_step(index: int, rows: int, guided: bool = False) -> Step:
    """Return a step of noise, of the same shape as those of digits."""
    draw = np.random.default_rng(index).standard_normal((3, rows, 28, 28)).astype(np.float32)
    told = Conditioning(tuple(range(rows)), 2.0, draw[2]) if guided and index < TOTAL else None
    t = TOTAL - index
    a = 1.0 - t / 1000 if t else 1.0
    return Step(index, TOTAL, t, a, phase_at(t), draw[0], draw[1], draw[0] * 0, told)


def in_memory(trajectory: Trajectory) -> int:
    return sum(step.x_t.nbytes + step.x0_hat.nbytes for step in trajectory._steps)


def same(one: Step, other: Step) -> bool:
    """Return whether all numbers of two steps are the same."""
    pairs = [(one.x_t, other.x_t), (one.x0_hat, other.x0_hat), (one.eps, other.eps)]
    told = [step.conditioning for step in (one, other)]
    if told[0] is not None and told[1] is not None:
        assert told[0].labels == told[1].labels
        assert told[0].x0_null is not None
        assert told[1].x0_null is not None
        pairs.append((told[0].x0_null, told[1].x0_null))
    where = (one.index, one.t) == (other.index, other.t)
    return where and all(np.array_equal(a, b) for a, b in pairs)


@pytest.mark.parametrize(("half", "guided"), [(True, False), (False, True)])
@pytest.mark.parametrize("room", [10**9, 20 * 2 * 4 * 2 * 784])
def test_steps_on_the_disk_are_those_that_memory_would_keep(half, guided, room):
    last = 50
    kept = Trajectory(half=half, max_bytes=room)
    moved = Trajectory(half=half, max_bytes=room, on_disk=True)
    for index in range(last + 1):
        for trajectory in (kept, moved):
            trajectory.append(random_step(index, 2, guided))
        assert same(moved.step(index // 2), kept.step(index // 2))
    assert in_memory(moved) == 2 * moved._steps[-1].x_t.nbytes, "those of the newest step"
    assert (moved.bytes, moved.stride) == (kept.bytes, kept.stride)
    for index in range(last + 1):
        assert same(moved.step(index), kept.step(index))
    for row in range(2):
        one, other = (trajectory.sample(row) for trajectory in (moved, kept))
        assert all(same(one.step(index), other.step(index)) for index in one.indices)
    (at, x_t), noise = moved.branch(23, NoiseStream(3), 2, row=1)
    (other_at, other_x_t), _ = kept.branch(23, NoiseStream(3), 2, row=1)
    assert at == other_at
    assert np.array_equal(x_t, other_x_t)
    dropped, newest = moved._steps[1], moved.step(last)
    moved.thin()
    assert moved._whole(dropped) is None, "its place may have another step by now"
    assert moved.step(dropped.index).index == 0
    assert same(moved.step(last), newest)
    assert len(noise.streams) == 2


@pytest.mark.parametrize("failing", ["__init__", "put"])
def test_without_room_on_the_disk_steps_stay_in_memory(monkeypatch, failing):
    trajectory = Trajectory(on_disk=True)

    def full(*_):
        raise OSError("No space left on device")

    for index in range(9):
        if index == (5 if failing == "put" else 0):
            monkeypatch.setattr(Scratch, failing, full)
        trajectory.append(random_step(index, 2))
    for index in range(9):
        found, wanted = trajectory.step(index), random_step(index, 2)
        assert same(found, replace(wanted, eps=found.eps))
    assert in_memory(trajectory) == (5 if failing == "put" else 9) * 2 * 2 * 784 * 4
