"""What the live classifier computes, and when."""

import numpy as np

from diffviz.core.errors import DiffvizError
from diffviz.tui.worker.live_classifier import LiveClassifier


def test_probabilities_are_computed_once_a_picture(classifier):
    live = LiveClassifier(classifier)
    picture = np.full((1, 28, 28), -0.5, np.float32)
    assert classifier.asked == 0
    first = live.probabilities(picture, key=(1, 0))
    assert first is not None
    assert first.shape == (1, 10)
    assert first.argmax() == 2
    assert live.probabilities(picture, key=(1, 0)) is first
    assert classifier.asked == 1
    live.probabilities(picture, key=(1, 1))
    live.probabilities(picture)
    live.probabilities(picture)
    assert classifier.asked == 4


def test_the_cache_stays_bounded(classifier, monkeypatch):
    monkeypatch.setattr("diffviz.tui.worker.live_classifier._CACHED", 3)
    live = LiveClassifier(classifier)
    for key in range(10):
        live.probabilities(np.zeros((1, 28, 28), np.float32), key=key)
    assert classifier.asked == 10
    live.probabilities(np.zeros((1, 28, 28), np.float32), key=0)
    assert classifier.asked == 11, "the oldest are dropped"


def test_without_a_classifier_there_are_no_probabilities():
    def missing():
        raise DiffvizError("no classifier")

    live = LiveClassifier(missing)
    assert live.probabilities(np.zeros((1, 28, 28), np.float32)) is None
