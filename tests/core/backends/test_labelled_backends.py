"""Networks with labels: every backend computes the same, and each image by its own label."""

import numpy as np
import pytest
import torch

from diffviz.core.backends import open_backend
from diffviz.core.backends.pytorch import TorchDenoiser
from diffviz.core.models import build, multiply_adds, parameter_count
from diffviz.core.models.shapes import tensor_shapes
from diffviz.core.models.weight_files import shapes_of
from diffviz.core.models.weights import load_weights
from diffviz.core.names import MAX_CLASSES, NO_LABEL

from .examples import noisy, random_weights

pytestmark = pytest.mark.needs_torch

BACKENDS = ("openvino", "numpy")
MIXED = np.array([3, NO_LABEL, 7])


@pytest.fixture(scope="module")
def weights(labelled_file):
    return load_weights(str(labelled_file))


def opened(weights, backend):
    if backend == "openvino":
        pytest.importorskip("openvino")
    return open_backend(weights, "cpu", 1, backend=backend)


def test_ten_labels_keep_the_budget():
    model = build("film-unet", 10)
    assert parameter_count(model) == 317_504 + 11 * 64 <= 324_705
    assert multiply_adds(model) == multiply_adds(build("film-unet")) <= 39_687_168


@pytest.mark.parametrize("classes", [2, 10, MAX_CLASSES])
def test_shapes_match_the_module(classes):
    assert tensor_shapes("film-unet", classes) == shapes_of(build("film-unet", classes))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("labels", [MIXED, np.array([7, 7, 7]), None])
def test_backends_equal_pytorch(weights, backend, labels):
    ours, plain = opened(weights, backend), TorchDenoiser(weights.model)
    for timestep in (30, 400, 1000):
        x_t = noisy(timestep, 3)
        expected = plain(x_t, timestep, labels)
        np.testing.assert_allclose(ours(x_t, timestep, labels), expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("backend", BACKENDS)
def test_backends_equal_pytorch_where_no_weight_is_zero(backend):
    weights = random_weights("film-unet", "abcde")
    ours, plain = opened(weights, backend), TorchDenoiser(weights.model)
    labels = np.array([4, 0, NO_LABEL])
    for timestep in (30, 500, 1000):
        x_t = noisy(timestep, 3)
        expected = plain(x_t, timestep, labels)
        np.testing.assert_allclose(ours(x_t, timestep, labels), expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("backend", ["pytorch", *BACKENDS])
def test_each_image_has_its_own_label(weights, backend):
    denoiser, x_t = opened(weights, backend), noisy(500, 3)
    together = denoiser(x_t, 500, MIXED)
    for i, label in enumerate(MIXED):
        alone = denoiser(x_t[i : i + 1], 500, np.array([label]))
        np.testing.assert_allclose(together[i : i + 1], alone, rtol=0, atol=1e-5)
    plain = denoiser(x_t, 500)
    np.testing.assert_allclose(together[1], plain[1], rtol=0, atol=1e-5)
    for i in (0, 2):
        assert np.abs(together[i] - plain[i]).max() > 1e-3
    np.testing.assert_allclose(denoiser(x_t, 500, np.full(3, NO_LABEL)), plain, atol=1e-5)


@pytest.mark.parametrize("backend", ["pytorch", *BACKENDS])
def test_a_network_without_labels_ignores_them(backend):
    denoiser, x_t = opened(load_weights("film-15"), backend), noisy(500, 3)
    np.testing.assert_array_equal(denoiser(x_t, 500, MIXED), denoiser(x_t, 500))


def test_labels_of_a_recorded_pass_are_those_of_the_call(weights, monkeypatch):
    """What a GPU does, with the CPU in its place."""
    plain, recorded = TorchDenoiser(weights.model), TorchDenoiser(weights.model)

    def record(forward, x, t, labels):
        result = torch.empty(len(x), 28, 28)
        return lambda: result.copy_(forward(x, t, labels)), result

    monkeypatch.setattr(recorded, "_record", record)
    x_t = noisy(500, 3)
    for labels in (MIXED, None, MIXED[::-1].copy()):
        np.testing.assert_array_equal(recorded(x_t, 500, labels), plain(x_t, 500, labels))
