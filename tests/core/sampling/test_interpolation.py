"""The arc between two noises, and pictures back to their noise."""

import numpy as np
import pytest

from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.noise import BatchNoise, NoiseStream
from diffviz.core.pictures import from_grey, to_grey
from diffviz.core.pipeline import Pipeline
from diffviz.core.sampling import SAMPLERS
from diffviz.core.sampling.interpolation import invert_ddim, spherical
from diffviz.core.schedule import Schedule

A, B = NoiseStream(7).draw(0), NoiseStream(12).draw(0)


def test_the_ends_of_the_arc_are_exact():
    assert spherical(A, B, 0.0).tobytes() == A.tobytes()
    assert spherical(A, B, 1.0).tobytes() == B.tobytes()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_noise_between_two_noises_is_as_strong_as_they_are(share):
    between = spherical(A, B, share)
    assert between.dtype == np.float32
    assert abs(float(between.std()) - 1) < 0.05
    assert abs(float(((1 - share) * A + share * B).std()) - 1) > 0.08  # a straight line


def test_the_angle_grows_evenly():
    def angle(x, y):
        return np.arccos((x * y).sum() / np.linalg.norm(x) / np.linalg.norm(y))

    whole = angle(A, B)
    for share in (0.25, 0.5, 0.75):
        assert abs(angle(A, spherical(A, B, share)) / whole - share) < 0.02


def test_between_equal_images_there_is_nothing_else():
    np.testing.assert_allclose(spherical(A, A, 0.3), A, atol=1e-5)


@pytest.fixture(scope="module")
def pipeline():
    return Pipeline.load(threads=1)


def there_and_back(pipeline, digits, steps, refinements):
    records = list(invert_ddim(pipeline.denoiser, from_grey(digits), steps, refinements))
    x_T = records[-1].x_t
    *_, last = pipeline.sample([0, 1], steps, sampler="ddim", start=(0, x_T))
    error = np.abs(to_grey(last.x_t).astype(int) - digits.astype(int)).mean()
    return records, float(error)


def test_a_digit_comes_back_from_its_noise(pipeline):
    digits, _ = synthetic_digits(2, seed=4)
    records, error = there_and_back(pipeline, digits, 100, 3)
    assert error < 3
    assert [r.t for r in records] == [0, *pipeline_timesteps(100)]
    assert [r.index for r in records] == list(range(101))
    np.testing.assert_array_equal(to_grey(records[0].x_t), digits)


def pipeline_timesteps(steps):
    return np.rint(np.linspace(1, 1000, steps)).astype(int).tolist()


def gaussian(x_t, timestep):
    """Return E[eps | x_t] for pixels distributed as N(0, 0.9^2)."""
    alpha_bar = Schedule().alpha_bar(timestep)
    eps = (1 - alpha_bar) ** 0.5 * x_t / (alpha_bar * 0.81 + 1 - alpha_bar)
    return eps.astype(np.float32)


def test_every_further_evaluation_of_a_step_leaves_less_error():
    picture, errors = 0.5 * A[None], []
    for refinements in (1, 2, 4):
        *_, noise = invert_ddim(gaussian, picture, 20, refinements)
        stream = BatchNoise.from_seeds([0])
        *_, back = SAMPLERS["ddim"](gaussian, stream, num_inference_steps=20, start=(0, noise.x_t))
        errors.append(float(np.abs(back.x_t - picture).mean()))
    assert errors[1] < errors[0] / 5
    assert errors[2] < errors[1] / 10


def test_an_inversion_needs_an_evaluation_a_step():
    with pytest.raises(ValueError, match="at least 1"):
        list(invert_ddim(gaussian, A[None], 10, 0))
