"""What every consumer of a sampler relies on: the records, their order, and early closing."""

import dataclasses
from itertools import pairwise

import numpy as np
import pytest

from diffviz.core.errors import DiffvizError
from diffviz.core.noise import BatchNoise
from diffviz.core.phases import Phase, phase_at
from diffviz.core.pictures import to_grey
from diffviz.core.sampling import SAMPLERS, find_sampler


class Network:
    """A denoiser that remembers the timesteps it was asked for."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, x_t, timestep):
        self.asked.append(timestep)
        return 0.5 * x_t


def sample(network, steps=None, seeds=(7,)):
    return SAMPLERS["ddpm"](network, BatchNoise.from_seeds(seeds), num_inference_steps=steps)


def test_a_thousand_evaluations_give_a_thousand_and_one_records():
    network = Network()
    records = list(sample(network))
    assert [r.t for r in records] == list(range(1000, -1, -1))
    assert [r.index for r in records] == list(range(1001))
    assert {r.total for r in records} == {1000}
    assert network.asked == list(range(1000, 0, -1))
    assert records[0].x_t.tobytes() == BatchNoise.from_seeds([7]).draw(0).tobytes()
    last = records[-1]
    assert last.alpha_bar == 1.0
    np.testing.assert_array_equal(last.x0_hat, last.x_t)
    assert not last.eps.any()
    # the last update adds no noise, so x_0 is the estimate it came from
    np.testing.assert_allclose(last.x_t, records[-2].x0_hat, rtol=1e-5, atol=1e-6)


@pytest.fixture(params=SAMPLERS)
def sampler(request):
    return find_sampler(request.param)


@pytest.mark.parametrize("steps", [1, 2, 7, 50])
def test_fewer_steps_give_one_record_more_than_steps(sampler, steps):
    network, noise = Network(), BatchNoise.from_seeds([1, 2])
    records = list(sampler(network, noise, num_inference_steps=steps))
    assert len(records) == steps + 1
    timesteps = [r.t for r in records]
    assert network.asked == timesteps[:-1]
    assert timesteps[0] == 1000
    assert timesteps[-1] == 0
    assert all(a > b for a, b in pairwise(timesteps))
    if steps > 1:  # how far from the end the last evaluation lies
        last = {"sa-solver": round(500 / steps), "consistency": round(1000 / steps)}
        assert timesteps[-2] == last.get(sampler.info.name, 1)
    assert [r.index for r in records] == list(range(steps + 1))
    assert {r.total for r in records} == {steps}
    # draw 0 starts every sampler
    np.testing.assert_array_equal(records[0].x_t, noise.draw(0))
    np.testing.assert_array_equal(records[-1].x0_hat, records[-1].x_t)
    for record in records:
        for image in (record.x_t, record.x0_hat, record.eps):
            assert image.shape == (2, 28, 28)
            assert image.dtype == np.float32


def test_seed_7_is_the_same_alone_and_in_a_batch(sampler):
    *_, alone = sampler(Network(), BatchNoise.from_seeds([7]), num_inference_steps=10)
    *_, group = sampler(Network(), BatchNoise.from_seeds([6, 7, 8]), num_inference_steps=10)
    np.testing.assert_allclose(alone.x_t[0], group.x_t[1], rtol=1e-6, atol=1e-6)
    assert not np.allclose(group.x_t[0], group.x_t[1], atol=0.1)


@pytest.mark.parametrize("steps", [0, -5, 1001])
def test_impossible_numbers_of_steps_are_refused(sampler, steps):
    with pytest.raises(ValueError, match="from 1 to 1000"):
        next(sampler(Network(), BatchNoise.from_seeds([7]), num_inference_steps=steps))


def test_nothing_is_computed_before_the_first_next(sampler):
    network = Network()
    steps = sampler(network, BatchNoise.from_seeds([7]), num_inference_steps=10)
    assert network.asked == []
    next(steps)
    assert network.asked == [1000]


def test_unknown_sampler_names_the_known_ones():
    with pytest.raises(DiffvizError, match="ddpm"):
        find_sampler("euler")


def test_closing_early_ends_the_work():
    network = Network()
    steps = sample(network)
    for _ in range(3):
        next(steps)
    steps.close()  # type: ignore[attr-defined]
    assert list(steps) == []
    assert network.asked == [1000, 999, 998]


def test_records_are_frozen_and_not_reused():
    records = list(sample(Network(), 3))
    with pytest.raises(dataclasses.FrozenInstanceError):
        records[0].t = 5  # type: ignore[misc]
    for first, second in pairwise(records):
        assert not np.shares_memory(first.x_t, second.x_t)
        assert not np.shares_memory(first.eps, second.eps)
        assert not np.shares_memory(first.x0_hat, second.x0_hat)


@pytest.mark.parametrize("poison", [np.nan, np.inf])
def test_a_network_that_diverges_raises_one_error(poison):
    with (
        np.errstate(all="ignore"),
        pytest.raises(DiffvizError, match="NaN or infinite"),
    ):
        list(sample(lambda x_t, _t: np.full_like(x_t, poison), 5))


def test_phases_change_exactly_at_600_400_and_100():
    expected = {
        Phase.STATIC: range(601, 1001),
        Phase.BLOB: range(401, 601),
        Phase.LOCK_IN: range(101, 401),
        Phase.REFINEMENT: range(101),
    }
    for phase, timesteps in expected.items():
        assert {phase_at(t) for t in timesteps} == {phase}
    assert [p.label for p in Phase] == ["static", "blob", "lock-in", "refinement"]
    assert all(r.phase is phase_at(r.t) for r in sample(Network(), 100))
    for outside in (-1, 1001):
        with pytest.raises(ValueError, match="0 to 1000"):
            phase_at(outside)


def test_grey_levels_are_rounded_and_clipped():
    values = np.array([-5, -1, -1 + 1.01 / 255, 0, 0.5, 1, 7], np.float32)
    grey = to_grey(values)
    assert grey.dtype == np.uint8
    # clipped, rounded to nearest (half to even), never rescaled
    assert grey.tolist() == [0, 0, 1, 128, 191, 255, 255]
    halves = np.array([[0.0, 0.25], [-0.25, 0.1]], np.float32)
    assert to_grey(halves).tolist() == [[128, 159], [96, 140]]
