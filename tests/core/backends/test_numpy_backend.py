"""The numpy backend equals PyTorch, whatever the batch and the threads, and needs neither."""

import subprocess
import sys

import numpy as np
import pytest

from diffviz.core.backends import numpy_denoiser
from diffviz.core.backends.numpy_denoiser import NumpyDenoiser
from diffviz.core.errors import DiffvizError
from diffviz.core.machine import blas
from diffviz.core.models import ARCHITECTURES
from diffviz.core.models.weights import load_weights
from diffviz.core.noise import BatchNoise
from diffviz.core.pictures import to_grey
from diffviz.core.sampling import SAMPLERS

from .examples import noisy, random_weights

TIMESTEPS = (1, 2, 30, 500, 1000)
BUNDLED = ("default", "reference")


def in_numpy(weights, threads=1):
    return NumpyDenoiser(weights.architecture, weights.tensors, threads)


def in_pytorch(weights):
    from diffviz.core.backends.pytorch import TorchDenoiser

    return TorchDenoiser(weights.model)


def largest_difference(weights, timesteps):
    ours, plain = in_numpy(weights), in_pytorch(weights)
    pictures = [(noisy(t, count), t) for t in timesteps for count in (1, 3, 8)]
    return max(float(np.abs(ours(*picture) - plain(*picture)).max()) for picture in pictures)


@pytest.mark.needs_torch
@pytest.mark.parametrize("name", BUNDLED)
def test_numpy_equals_pytorch(name):
    assert largest_difference(load_weights(name), TIMESTEPS) < 1e-4


@pytest.mark.needs_torch
@pytest.mark.parametrize("name", BUNDLED)
@pytest.mark.parametrize("timestep", [500, 1000])
def test_numpy_equals_pytorch_on_anything(name, timestep):
    weights = load_weights(name)
    x_t = 2 * np.random.default_rng(4).standard_normal((3, 28, 28), dtype=np.float32)
    expected = in_pytorch(weights)(x_t, timestep)
    np.testing.assert_allclose(in_numpy(weights)(x_t, timestep), expected, rtol=0, atol=1e-4)


@pytest.mark.needs_torch
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_numpy_equals_pytorch_where_no_weight_is_zero(architecture):
    weights = random_weights(architecture)
    # random weights of the default network amplify rounding a thousandfold at t = 1
    assert largest_difference(weights, (1, 2)) < 5e-4
    assert largest_difference(weights, (30, 500, 1000)) < 1e-4


def digits(network, seeds):
    noise = BatchNoise.from_seeds(seeds)
    *_, last = SAMPLERS["ddpm"](network, noise, num_inference_steps=20)
    return last.x_t


@pytest.mark.needs_torch
@pytest.mark.parametrize("name", BUNDLED)
def test_the_digits_are_pytorchs(name):
    weights = load_weights(name)
    ours = to_grey(digits(in_numpy(weights), [1, 2])).astype(int)
    expected = to_grey(digits(in_pytorch(weights), [1, 2])).astype(int)
    assert np.abs(ours - expected).max() <= 1


@pytest.mark.parametrize("name", BUNDLED)
def test_batch_and_threads_change_no_bit(name):
    weights = load_weights(name)
    expected = digits(in_numpy(weights), [1, 2, 3]).tobytes()
    for threads in (2, 5):
        assert digits(in_numpy(weights, threads), [1, 2, 3]).tobytes() == expected
    network = in_numpy(weights)
    apart = [digits(network, seeds) for seeds in ([1], [2, 3])]
    assert np.concatenate(apart).tobytes() == expected


def test_results_are_the_callers():
    denoiser, x_t = in_numpy(load_weights("default")), noisy(500, 2)
    before = x_t.copy()
    first = denoiser(x_t, 500)
    kept = first.copy()
    denoiser(noisy(30, 2), 30)
    np.testing.assert_array_equal(first, kept)
    np.testing.assert_array_equal(x_t, before)
    assert first.dtype == np.float32


def test_a_view_is_as_good():
    denoiser, x_t = in_numpy(load_weights("reference")), noisy(500, 4)
    turned = np.asfortranarray(x_t)[::2]
    np.testing.assert_array_equal(denoiser(turned, 500), denoiser(x_t[::2].copy(), 500))


@pytest.mark.parametrize("name", BUNDLED)
@pytest.mark.parametrize("threads", [1, 2])
def test_overflow_is_silent(name, threads):
    x_t = np.full((2, 28, 28), 3e38, np.float32)
    assert in_numpy(load_weights(name), threads)(x_t, 1).shape == x_t.shape


def test_only_fp32():
    weights = load_weights("reference")
    with pytest.raises(DiffvizError, match=r"numpy computes in fp32 only.*--precision bf16"):
        NumpyDenoiser(weights.architecture, weights.tensors, 1, "bf16")


def test_an_unknown_architecture():
    with pytest.raises(DiffvizError, match="doesn't know other-net"):
        NumpyDenoiser("other-net", {}, 1)


def test_every_architecture_is_there():
    assert numpy_denoiser.NETWORKS.keys() == ARCHITECTURES.keys()


def test_a_blas_that_keeps_its_threads(monkeypatch):
    monkeypatch.setattr(blas, "_control", lambda: None)
    weights, x_t = load_weights("reference"), noisy(500, 3)
    denoiser = in_numpy(weights, 4)
    assert denoiser(x_t, 500).tobytes() == in_numpy(weights)(x_t, 500).tobytes()
    assert denoiser._threads == 1, "else both would have some"


def test_sampling_with_numpy_loads_no_other():
    code = (
        "import sys; from diffviz.core.pipeline import Pipeline; "
        "list(Pipeline.load('reference', 'cpu', 1, backend='numpy').sample([7], 2)); "
        "sys.exit('torch' in sys.modules or 'openvino' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-P", "-c", code], check=False).returncode == 0
