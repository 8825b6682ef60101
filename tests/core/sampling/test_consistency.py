"""Multistep consistency sampling, against the equations computed by hand."""

import math

import numpy as np
import pytest

from diffviz.core.noise import BatchNoise
from diffviz.core.sampling import SAMPLERS, SamplingSpec, visited_timesteps
from diffviz.core.schedule import Schedule

ALPHA_BARS = np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))


def expected_digit(t):
    """Return the x0_hat that the network below has at ``t``: grey, another at each timestep."""
    return 1.0 - t / 1000


def denoise(x_t, timestep):
    """Return the eps that leads to :func:`expected_digit`."""
    a = ALPHA_BARS[timestep - 1]
    return ((x_t - math.sqrt(a) * expected_digit(timestep)) / math.sqrt(1 - a)).astype(np.float32)


def halve(x_t, timestep):
    return 0.5 * x_t


def run(steps, **how):
    noise = BatchNoise.from_seeds([3, 4])
    return list(SAMPLERS["consistency"](denoise, noise, num_inference_steps=steps, **how)), noise


@pytest.mark.parametrize(
    ("steps", "timesteps"),
    [(1, [1000]), (2, [1000, 500]), (3, [1000, 667, 333]), (4, [1000, 750, 500, 250])],
)
def test_timesteps_are_equal_parts_of_the_way(steps, timesteps):
    assert visited_timesteps(SamplingSpec("consistency", steps)) == timesteps


def test_a_thousand_steps_visit_every_timestep():
    assert visited_timesteps(SamplingSpec("consistency", 1000)) == list(range(1000, 0, -1))


def test_it_takes_four_steps_unless_told_otherwise():
    assert SamplingSpec("consistency").total == 4


def test_one_step_is_the_x0_hat_of_the_noise():
    (first, last), noise = run(1)
    assert (first.t, last.t) == (1000, 0)
    np.testing.assert_array_equal(first.x_t, noise.draw(0))
    np.testing.assert_array_equal(last.x_t, first.x0_hat)
    np.testing.assert_array_equal(
        first.x0_hat, Schedule().predict_x0(first.x_t, denoise(first.x_t, 1000), 1000)
    )


@pytest.mark.parametrize("scale", [1.0, 0.5, 0.0])
def test_each_digit_is_noised_afresh_to_the_next_timestep(scale):
    steps, noise = run(4, noise_scale=scale)
    for index, t, s in ((1, 1000, 750), (2, 750, 500), (3, 500, 250)):
        a = ALPHA_BARS[s - 1]
        wanted = math.sqrt(a) * expected_digit(t) + scale * math.sqrt(1 - a) * noise.draw(index)
        np.testing.assert_allclose(steps[index].x_t, wanted, atol=2e-4)
    np.testing.assert_array_equal(steps[4].x_t, steps[3].x0_hat)


def test_a_branch_at_750_goes_on_with_other_noise():
    steps, noise = run(4)
    start = (1, steps[1].x_t)
    again, _ = run(4, start=start)
    np.testing.assert_array_equal(again[-1].x_t, steps[-1].x_t)
    children = BatchNoise([stream.child(750, 1) for stream in noise.streams])
    *_, last = SAMPLERS["consistency"](halve, children, start=start)
    *_, same = SAMPLERS["consistency"](halve, noise, start=start)
    assert np.abs(last.x_t - same.x_t).mean() > 0.1
