"""What a trajectory keeps where all steps would take too much memory."""

import numpy as np
import pytest

from diffviz.core.noise import NoiseStream
from diffviz.core.phases import phase_at
from diffviz.core.sampling.trajectory import Trajectory
from diffviz.core.step import Step

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
