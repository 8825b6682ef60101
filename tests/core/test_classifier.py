"""The bundled classifier: what it promises without MNIST at hand."""

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from diffviz.core.classifier import FEATURES, Classifier
from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.errors import DiffvizError
from diffviz.core.models.arrays import read_arrays
from diffviz.core.models.catalog import bundled_names
from diffviz.core.pictures import from_grey

from ..weights_files import save_arrays

CARD = json.loads((files("diffviz.weights") / "classifier.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def classifier():
    return Classifier.load()


@pytest.mark.needs_torch
def test_numpy_computes_what_pytorch_does(classifier):
    import torch

    from diffviz.core.models.lenet import LeNetModule
    from diffviz.core.models.weight_files import load_strictly, read_tensors

    path = files("diffviz.weights") / "classifier.safetensors"
    module = LeNetModule().eval()
    load_strictly(module, read_tensors(Path(str(path))).tensors, Path(str(path)))
    x = np.random.default_rng(2).uniform(-1, 1, (70, 28, 28)).astype(np.float32)
    x[0] = -1.0
    with torch.inference_mode():
        features = module.features(torch.from_numpy(x)[:, None])
        probabilities = module.output(features).softmax(dim=1)
    got = classifier.features_and_probabilities(x)
    np.testing.assert_allclose(got[0], features, atol=1e-5)
    np.testing.assert_allclose(got[1], probabilities, atol=1e-6)


def test_threads_change_nothing(classifier):
    x = from_grey(synthetic_digits(100, seed=4)[0])
    shared = Classifier.load(threads=3).features_and_probabilities(x)
    for one, other in zip(classifier.features_and_probabilities(x), shared, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_card_has_the_documented_accuracy_and_size():
    assert CARD["scores"]["test_accuracy"] >= 0.992
    assert CARD["kind"] == "classifier"
    assert {"recipe", "seed", "data", "versions", "command"} <= CARD.keys()
    tensors = read_arrays(Path(str(files("diffviz.weights") / "classifier.safetensors"))).tensors
    assert CARD["parameters"] == sum(array.size for array in tensors.values())
    assert len((files("diffviz.weights") / "classifier.safetensors").read_bytes()) <= 300_000


def test_classifier_weights_cannot_be_sampled_from():
    assert "classifier" not in bundled_names()


def test_synthetic_digits_are_classified(classifier):
    images, labels = synthetic_digits(300, seed=11)
    probabilities = classifier.probabilities(from_grey(images))
    assert (probabilities.argmax(axis=1) == labels).mean() > 0.85
    assert probabilities.shape == (300, 10)
    assert probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, atol=1e-5)


@pytest.mark.parametrize("kind", ["normal", "uniform"])
def test_noise_is_classified_with_low_confidence(classifier, kind):
    rng = np.random.default_rng(0)
    noise = (
        rng.normal(size=(300, 28, 28)) if kind == "normal" else rng.uniform(-1, 1, (300, 28, 28))
    )
    best = classifier.probabilities(noise.astype(np.float32)).max(axis=1)
    assert (best > 0.9).mean() < 0.01
    assert best.mean() < 0.3


def test_the_average_of_two_digits_is_classified_with_low_confidence(classifier):
    images, labels = synthetic_digits(200, seed=3)
    x = from_grey(images)
    one, zero = x[labels == 1].mean(axis=0), x[labels == 0].mean(axis=0)
    belief = classifier.probabilities(((one + zero) / 2)[None])[0]
    assert belief.max() < 0.9


def test_values_beyond_black_and_white_are_clipped(classifier):
    x = np.random.default_rng(1).normal(0, 3, (4, 28, 28)).astype(np.float32)
    clipped = classifier.probabilities(x.clip(-1, 1))
    np.testing.assert_array_equal(classifier.probabilities(x), clipped)


def test_features_and_probabilities_come_from_one_pass(classifier, monkeypatch):
    monkeypatch.setattr("diffviz.core.classifier._CHUNK", 4)
    x = from_grey(synthetic_digits(10)[0])
    features, probabilities = classifier.features_and_probabilities(x)
    assert features.shape == (10, FEATURES)
    assert features.min() >= 0
    np.testing.assert_allclose(features, classifier.features(x), rtol=1e-5)
    alone = np.concatenate([classifier.probabilities(x[i : i + 1]) for i in range(10)])
    np.testing.assert_allclose(probabilities, alone, atol=1e-5)
    assert classifier.features_and_probabilities(x[:0])[0].shape == (0, FEATURES)


@pytest.mark.parametrize("shape", [(28, 28), (1, 1, 28, 28), (2, 32, 32)])
def test_other_shapes_are_refused(classifier, shape):
    with pytest.raises(ValueError, match=r"\[B, 28, 28\]"):
        classifier.probabilities(np.zeros(shape, np.float32))


def test_a_file_of_something_else_is_refused(tmp_path):
    path = tmp_path / "other.safetensors"
    save_arrays(path, {"a": np.zeros(1, np.float32)}, {"kind": "weights", "architecture": "unet"})
    with pytest.raises(DiffvizError, match="no digit classifier"):
        Classifier.load(path)
    metadata = {"kind": "classifier", "architecture": "lenet-84"}
    save_arrays(path, {"a": np.zeros(1, np.float32)}, metadata)
    with pytest.raises(DiffvizError, match="doesn't fit"):
        Classifier.load(path)
