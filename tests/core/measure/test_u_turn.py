"""How often a class stays on the way to x_t and back, with a network that is an exact answer."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from diffviz.core.measure.metrics import Estimate
from diffviz.core.measure.phase_measurement import PhaseProgress
from diffviz.core.measure.u_turn import (
    BranchCurve,
    UTurns,
    half_of,
    measure_u_turns,
    outside,
    u_turn_timesteps,
    wilson,
)
from diffviz.core.noise import BatchNoise
from diffviz.core.sampling import SAMPLERS, SamplingSpec
from diffviz.core.schedule import Schedule

SCHEDULE = Schedule()
DARK, BRIGHT = np.full((2, 28, 28), -0.5, np.float32)
BRIGHT = -DARK


class TwoPictures:
    """A pipeline whose data are a dark and a bright picture: its score is exact."""

    weights = SimpleNamespace(name="two", set="raw")

    def __init__(self):
        self.seeds = []

    def denoise(self, x_t, timestep):
        """Return E[eps | x_t] for data of the two pictures."""
        alpha_bar = SCHEDULE.alpha_bar(timestep)
        lean = np.tanh(x_t.sum(axis=(1, 2)) * 0.5 * alpha_bar**0.5 / (1 - alpha_bar))
        x_0 = (0.5 * lean)[:, None, None]
        return ((x_t - alpha_bar**0.5 * x_0) / (1 - alpha_bar) ** 0.5).astype(np.float32)

    def sample(self, streams, num_inference_steps, *, sampler, eta, noise_scale, given):
        self.seeds += [stream.seed for stream in streams]
        noise = BatchNoise.from_seeds(streams)
        return SAMPLERS[sampler](
            self.denoise, noise, num_inference_steps=num_inference_steps, eta=eta, given=given
        )


class Brightness:
    """Takes dark pictures for 0, bright ones for 1."""

    def probabilities(self, images):
        bright = images.mean(axis=(1, 2)) > 0
        return np.eye(10, dtype=np.float32)[bright.astype(int)]


def measure(images, **options):
    how = {"spec": SamplingSpec("ddpm", 25), "timesteps": [1000, 500, 1]} | options
    pipeline: Any = TwoPictures()
    *progress, turns = measure_u_turns(pipeline, Brightness(), images, "a", **how)
    assert isinstance(turns, UTurns)
    assert all(isinstance(p, PhaseProgress) and p.done <= p.total for p in progress)
    return turns, pipeline


def test_a_class_stays_from_little_noise_and_is_chance_from_all():
    turns, _ = measure(np.stack([DARK, BRIGHT] * 20), repeats=2)
    first, _, last = turns.stays
    assert last.value == 1.0
    assert first.low < 0.5 < first.high
    assert turns.was[:2] == (20, 20)
    assert all(sum(row) == 80 for row in turns.became)
    assert 0 <= turns.half.low <= turns.half.value <= turns.half.high <= 1000


def test_each_way_back_has_a_seed_of_its_own():
    _, pipeline = measure(np.stack([DARK, BRIGHT]), repeats=3, first_seed=10, timesteps=[1])
    assert pipeline.seeds == list(range(10, 16))


def test_the_interval_counts_pictures_and_not_their_ways_back():
    one, _ = measure(DARK[None], repeats=40, timesteps=[1])
    many, _ = measure(np.stack([DARK] * 4), repeats=10, timesteps=[1])
    assert one.stays[0].low > 0.9 > many.stays[0].low


def test_the_interval_of_a_share_is_wilsons():
    found = wilson(0.5, 100)
    assert (round(found.low, 4), round(found.high, 4)) == (0.4038, 0.5962)
    certain = wilson(1.0, 10)
    assert (round(certain.low, 4), round(certain.high, 9)) == (0.7225, 1.0)


def test_the_half_is_read_off_between_timesteps():
    curve = [Estimate(v, v - 0.1, v + 0.1) for v in (0.1, 0.3, 0.7, 1.0)]
    half = half_of([1000, 600, 400, 1], curve)
    assert round(half.value) == 500
    assert half.low < half.value < half.high


def test_timesteps_are_even_and_curves_that_differ_are_found():
    assert u_turn_timesteps(3) == [1000, 500, 1]
    assert len(set(u_turn_timesteps(21))) == 21
    turns, _ = measure(np.stack([DARK, BRIGHT] * 20))
    low = tuple(Estimate(0.0, 0.0, 0.1) for _ in range(3))
    branches = BranchCurve((turns.stays[0], turns.stays[1], low[2]), turns.half, "test")
    assert outside(turns, branches) == [1]


def test_nothing_to_measure_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        measure(np.zeros((0, 28, 28), np.float32))
