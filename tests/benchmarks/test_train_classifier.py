"""The script that trains the bundled classifier, on drawn digits."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import torch

from diffviz.core.data import ImageData
from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.noise import philox

pytestmark = pytest.mark.needs_torch

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "train_classifier.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("train_classifier", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def data():
    images, labels = synthetic_digits(260)
    return ImageData("drawn", images, labels, "md5")


@pytest.mark.slow
def test_training_repeats_itself_to_the_bit(script, data, capsys):
    first, again, other = (script.train(data, 1, seed).state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["output.weight"], other["output.weight"])
    assert "epoch 1/1  loss" in capsys.readouterr().out


def test_a_batch_holds_digits_averages_and_noise(script, data):
    x, target = script.train_batch(data, torch.arange(script.BATCH), 0, 1)
    n = script.BATCH + script.MIXED + script.NOISE
    assert x.shape == (n, 1, 28, 28)
    assert -1 <= x.min() < x.max() <= 1
    np.testing.assert_allclose(target.sum(1), 1.0, atol=1e-5)
    one_hot, mixed, noise = target.split([script.BATCH, script.MIXED, script.NOISE])
    assert one_hot.argmax(1).tolist() == data.labels[: script.BATCH].tolist()
    assert (mixed.max(1).values < 1).float().mean() > 0.5
    assert (noise == 0.1).all()


def test_augmentation_moves_ink_a_little(script, data):
    images = torch.from_numpy(data.images[:64]).float().div(255).unsqueeze(1)
    moved = script.augment(images, philox(0, "test", 0))
    assert not torch.equal(moved, images)
    grid = torch.arange(28.0)
    gaps = []
    for picture in (images, moved):
        ink = picture.sum(dim=(2, 3))
        rows = (picture.sum(3) * grid).sum(2) / ink
        gaps.append(rows)
    assert (gaps[0] - gaps[1]).abs().max() < 4
    assert 0.7 < float(moved.sum() / images.sum()) < 1.4
