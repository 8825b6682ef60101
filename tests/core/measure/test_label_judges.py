"""Judges of labels: a classifier that learns from samples, and the diffusion model as one."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from diffviz.core.data.datasets import ImageData
from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.measure import accuracy_score as accuracy
from diffviz.core.measure.diffusion_classifier import (
    DiffusionClassified,
    classify_by_diffusion,
    timesteps_of,
)
from diffviz.core.measure.evaluate import Progress
from diffviz.core.measure.report import AccuracyScore
from diffviz.core.schedule import Schedule


def data(n, seed):
    images, labels = synthetic_digits(n, seed)
    return ImageData("synthetic", images, labels, str(seed))


def last(records) -> Any:
    *_, result = records
    return result


@pytest.mark.slow
def test_a_classifier_learns_from_samples_what_their_labels_say(monkeypatch):
    pytest.importorskip("torch")
    monkeypatch.setattr(accuracy, "UPDATES", 40)
    train, test, samples = data(300, 0), data(200, 1), data(400, 2)
    good = last(accuracy.accuracy_score(samples.images, samples.labels, train, test))
    assert isinstance(good, AccuracyScore)
    assert good.n == 300, "as many as there are real ones"
    assert good.samples.value > 0.6
    assert good.real.value > 0.6
    wrong = (samples.labels + 1) % 10
    misled = last(accuracy.accuracy_score(samples.images, wrong, train, test))
    assert misled.samples.value < 0.1
    assert misled.real == good.real


class _Network:
    """Expects the picture of the label it is given: the true x_0 of one image a class."""

    def __init__(self, pictures):
        self.pictures = pictures
        self.calls = 0

    def __call__(self, x_t, timestep, labels):
        self.calls += 1
        alpha_bar = Schedule().alpha_bar(timestep)
        expected = self.pictures[labels]
        return ((x_t - alpha_bar**0.5 * expected) / (1 - alpha_bar) ** 0.5).astype(np.float32)


def pipeline_of(network) -> Any:
    names = ("zero", "one", "two")
    weights = SimpleNamespace(name="toy", set="raw", architecture="toy-net", classes=names)
    return SimpleNamespace(weights=weights, denoiser=network)


def test_the_label_that_explains_a_picture_best_is_its_own():
    greys = np.random.default_rng(0).integers(0, 256, (3, 28, 28), np.uint8)
    network = _Network(greys.astype(np.float32) / 127.5 - 1)
    labels = np.array([2, 0, 1, 1, 2])
    timesteps = timesteps_of(4)
    assert timesteps == [875, 625, 375, 125]
    records = list(
        classify_by_diffusion(pipeline_of(network), greys[labels], labels, timesteps, batch=2)
    )
    result = records[-1]
    assert isinstance(result, DiffusionClassified)
    assert result.accuracy.value == 1
    assert [share.value for share in result.by_timestep] == [1] * 4
    assert result.confusion == ((1, 0, 0), (0, 2, 0), (0, 0, 2))
    assert network.calls == 3 * 4 * 3, "a call a batch, timestep and class"
    progress = records[-2]
    assert isinstance(progress, Progress)
    assert progress.done == progress.total == 5 * 4 * 3
    assert result.to_json()["schema"] == "diffviz-diffusion-classifier/1"


def test_a_network_that_mixes_labels_up_is_found_out():
    greys = np.random.default_rng(0).integers(0, 256, (3, 28, 28), np.uint8)
    mixed = _Network(greys[[1, 2, 0]].astype(np.float32) / 127.5 - 1)
    labels = np.array([0, 1, 2])
    result = last(classify_by_diffusion(pipeline_of(mixed), greys, labels, [500]))
    assert result.accuracy.value == 0
    assert result.confusion == ((0, 0, 1), (1, 0, 0), (0, 1, 0))
