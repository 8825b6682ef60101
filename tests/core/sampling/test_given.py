"""Processes that start from a picture, and those that fill in a part of one."""

import numpy as np
import pytest

from diffviz.core.errors import DiffvizError
from diffviz.core.names import MASK_STEPS
from diffviz.core.noise import BatchNoise
from diffviz.core.pictures import to_grey
from diffviz.core.sampling import SAMPLERS, Given, SamplingSpec, record_timesteps
from diffviz.core.sampling.inpainting import plan_inpainting
from diffviz.core.sampling.samplers import evaluations
from diffviz.core.schedule import Schedule

SCHEDULE = Schedule()
PICTURE = np.full((28, 28), -1.0, np.float32)
PICTURE[:, ::5] = 1.0
LOWER = np.zeros((28, 28), np.bool_)
LOWER[14:] = True


def black(x_t, timestep):
    """Return the eps of a network that expects a black picture everywhere."""
    alpha_bar = SCHEDULE.alpha_bar(timestep)
    return ((x_t + alpha_bar**0.5) / (1 - alpha_bar) ** 0.5).astype(np.float32)


def sample(name, seeds, given, steps=20, **more):
    noise = BatchNoise.from_seeds(seeds)
    return list(SAMPLERS[name](black, noise, num_inference_steps=steps, given=given, **more))


@pytest.fixture(params=SAMPLERS)
def name(request):
    return request.param


@pytest.mark.parametrize("t", [1, 37, 500, 1000])
def test_the_picture_gets_the_noise_of_exactly_the_timestep_asked_for(name, t):
    first, *_ = records = sample(name, [7, 8], Given(PICTURE, t))
    eps = BatchNoise.from_seeds([7, 8]).draw(0)
    np.testing.assert_array_equal(first.x_t, SCHEDULE.add_noise(PICTURE, eps, t))
    assert first.t == t
    timesteps = [record.t for record in records]
    assert timesteps == sorted(timesteps, reverse=True)
    assert timesteps[-1] == 0
    assert [r.index for r in records] == list(range(first.index, 21))
    spec = SamplingSpec(name, 20)
    assert len(records) - 1 == evaluations(spec, Given(PICTURE, t)) <= 20


def test_another_seed_is_another_way_back_and_the_batch_changes_nothing(name):
    *_, alone = sample(name, [8], Given(PICTURE, 500))
    *_, both = sample(name, [7, 8], Given(PICTURE, 500))
    first, *_ = sample(name, [7, 8], Given(PICTURE, 500))
    np.testing.assert_allclose(alone.x_t[0], both.x_t[1], atol=1e-6)
    assert not np.allclose(first.x_t[0], first.x_t[1], atol=0.1)


def test_each_sample_may_have_its_own_picture():
    pictures = np.stack([PICTURE, -PICTURE])
    first, *_ = sample("ddpm", [7, 8], Given(pictures, 10))
    assert np.corrcoef(first.x_t[0].ravel(), PICTURE.ravel())[0, 1] > 0.99
    assert np.corrcoef(first.x_t[1].ravel(), -PICTURE.ravel())[0, 1] > 0.99


def test_held_pixels_are_those_of_the_picture_at_the_end(name):
    *_, last = sample(name, [1, 2], Given(PICTURE, hidden=LOWER))
    for filled in to_grey(last.x_t):
        np.testing.assert_array_equal(filled[~LOWER], to_grey(PICTURE)[~LOWER])
        assert filled[LOWER].max() <= 1  # as black as the network expects it


def test_held_pixels_have_the_noise_of_every_timestep_on_the_way():
    for record in sample("ddpm", [1, 2, 3, 4], Given(PICTURE, hidden=LOWER), steps=40):
        held = record.x_t[:, ~LOWER]
        expected = record.alpha_bar**0.5 * np.broadcast_to(PICTURE, (4, 28, 28))[:, ~LOWER]
        assert abs(float((held - expected).std()) - (1 - record.alpha_bar) ** 0.5) < 0.05, record.t


def test_the_process_jumps_back_and_says_so_in_its_records(name):
    given = Given(PICTURE, hidden=LOWER, resamplings=3, jump=2)
    records = sample(name, [1], given, steps=7)
    assert [r.index for r in records] == list(range(len(records)))
    assert {r.total for r in records} == {len(records) - 1}
    assert len(records) - 1 == evaluations(SamplingSpec(name, 7), given)
    rises = [i for i in range(1, len(records)) if records[i].t > records[i - 1].t]
    assert len(rises) == 3 * 2  # at 1, 3 and 5 steps before the end, twice each


def test_the_plan_of_one_step_jumps_is_algorithm_1():
    plan = plan_inpainting([3, 2, 1], 2, 1)
    assert [(e.t, e.t_next, e.back_to) for e in plan] == [
        (3, 2, 3), (3, 2, None), (2, 1, 2), (2, 1, None), (1, 0, None),
    ]  # fmt: skip


def test_without_resampling_each_timestep_is_visited_once():
    assert [e.t for e in plan_inpainting([9, 5, 1], 1, 1)] == [9, 5, 1]
    assert [e.t for e in plan_inpainting([9, 5, 1], 10, 5)] == [9, 5, 1]  # no room for a jump


@pytest.mark.parametrize("hidden", [None, LOWER])
def test_a_process_may_be_taken_up_at_any_record(hidden):
    given = Given(PICTURE, 700, hidden)
    records = sample("ddpm", [5], given)
    middle = records[len(records) // 2]
    rest = sample("ddpm", [5], given, start=(middle.index, middle.x_t))
    assert rest[0].index == middle.index
    np.testing.assert_allclose(rest[-1].x_t, records[-1].x_t, atol=1e-6)


@pytest.mark.parametrize(
    "given",
    [
        Given(PICTURE, 0),
        Given(PICTURE, 1001),
        Given(PICTURE[:20]),
        Given(PICTURE, hidden=LOWER[:20]),
        Given(PICTURE, hidden=LOWER, jump=0),
        Given(PICTURE, hidden=LOWER, resamplings=0),
    ],
)
def test_what_does_not_fit_is_refused(given):
    with pytest.raises(DiffvizError):
        sample("ddpm", [1], given)


@pytest.mark.parametrize("given", [None, Given(PICTURE, 437), Given(PICTURE, 900, LOWER, 3, 2)])
def test_the_records_are_at_the_timesteps_that_are_told(name, given):
    records = sample(name, [7], given)
    first, timesteps = record_timesteps(SamplingSpec(name, 20), given)
    assert [record.index for record in records] == list(range(first, first + len(timesteps)))
    assert [record.t for record in records] == timesteps


def test_the_default_for_masks_takes_few_steps_unless_they_are_named():
    mask = Given(PICTURE, 1000, LOWER)
    assert mask.with_steps(SamplingSpec("ddpm")).total == MASK_STEPS
    assert mask.with_steps(SamplingSpec("ddpm", 300)).total == 300
    assert mask.with_steps(SamplingSpec("sa-solver")).total == 20
    assert Given(PICTURE, 500).with_steps(SamplingSpec("ddpm")).total == 1000
