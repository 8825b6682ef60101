"""The settings of a process: which of them count, and how they are named."""

import numpy as np
import pytest

from diffviz.core.names import SAMPLER_INFO
from diffviz.core.noise import BatchNoise
from diffviz.core.sampling import SamplingSpec, find_sampler, visited_timesteps


def tenth(x_t: np.ndarray, timestep: int) -> np.ndarray:
    """Take a tenth of the picture for its noise."""
    return np.float32(0.1) * x_t


def last_picture(spec: SamplingSpec, child: int) -> np.ndarray:
    """Return x_0 of seed 1's ``child`` branched at the beginning, with a network that sees 0.1."""
    noise = BatchNoise.from_seeds([1])
    start = (0, noise.draw(0))
    streams = [stream.child(1000, child) for stream in noise.streams]
    sampler = find_sampler(spec.sampler)
    steps = sampler(
        tenth,
        BatchNoise(tuple(streams)),
        num_inference_steps=spec.total,
        eta=spec.eta,
        noise_scale=spec.noise,
        start=start,
    )
    *_, last = steps
    return last.x_t


SPECS = [SamplingSpec(name, 4, noise=noise) for name in SAMPLER_INFO for noise in (0.0, 1.0)]
SPECS += [SamplingSpec("ddim", 4, eta) for eta in (0.0, 0.5)]
SPECS += [SamplingSpec("sa-solver", 4, eta) for eta in (0.0, 0.5)]


@pytest.mark.parametrize("spec", SPECS)
def test_children_differ_where_the_spec_says_that_noise_is_injected(spec):
    same = np.array_equal(last_picture(spec, 1), last_picture(spec, 2))
    assert same == bool(spec.no_noise)
    assert spec.injects_noise or same


def test_a_description_names_what_counts():
    assert SamplingSpec().describe() == "ddpm 1000 steps"
    assert SamplingSpec(noise=0.25).describe() == "ddpm 1000 steps, noise 0.25"
    assert SamplingSpec("ddim").describe() == "ddim 50 steps, eta 0"
    assert SamplingSpec("ddim", noise=0.5).describe() == "ddim 50 steps, eta 0"
    assert SamplingSpec("ddim", 9, 1.0, 0.0).describe() == "ddim 9 steps, eta 1, noise 0"
    assert SamplingSpec("dpmpp-2m", noise=0.5).describe() == "dpmpp-2m 20 steps"
    assert SamplingSpec("sa-solver").describe() == "sa-solver 20 steps, eta 0.7"


def test_every_sampler_visits_the_timesteps_that_it_is_said_to():
    for name in SAMPLER_INFO:
        spec = SamplingSpec(name, 7)
        records = find_sampler(name)(tenth, BatchNoise.from_seeds([1]), num_inference_steps=7)
        assert [step.t for step in records] == [*visited_timesteps(spec), 0]


def test_one_step_is_no_plural():
    assert SamplingSpec("ddim", 1).describe() == "ddim 1 step, eta 0"
    assert SamplingSpec("ddim", 2).describe() == "ddim 2 steps, eta 0"
