"""What the live classifier computes, and when."""

import numpy as np

from diffviz.core.errors import DiffvizError
from diffviz.tui.worker.live_classifier import LiveClassifier


def test_probabilities_are_computed_once_a_picture(judge):
    classifier = LiveClassifier(judge)
    picture = np.full((1, 28, 28), -0.5, np.float32)
    assert judge.asked == 0
    first = classifier.probabilities(picture, key=(1, 0))
    assert first is not None
    assert first.shape == (1, 10)
    assert first.argmax() == 2
    assert classifier.probabilities(picture, key=(1, 0)) is first
    assert judge.asked == 1
    classifier.probabilities(picture, key=(1, 1))
    classifier.probabilities(picture)
    classifier.probabilities(picture)
    assert judge.asked == 4


def test_the_cache_stays_bounded(judge, monkeypatch):
    monkeypatch.setattr("diffviz.tui.worker.live_classifier._CACHED", 3)
    classifier = LiveClassifier(judge)
    for key in range(10):
        classifier.probabilities(np.zeros((1, 28, 28), np.float32), key=key)
    assert len(classifier._cache) <= 3


def test_without_a_classifier_there_are_no_probabilities():
    def missing():
        raise DiffvizError("no classifier")

    classifier = LiveClassifier(missing)
    assert classifier.probabilities(np.zeros((1, 28, 28), np.float32)) is None
