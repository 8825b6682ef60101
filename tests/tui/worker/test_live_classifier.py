"""What the classifier believes, asked by the screen."""

import numpy as np

from diffviz.core.errors import DiffvizError
from diffviz.tui.worker.live_classifier import Belief


def test_a_belief_is_worked_out_once_a_picture(judge):
    belief = Belief(judge)
    picture = np.full((1, 28, 28), -0.5, np.float32)
    assert belief.probabilities(picture, key=(1, 0)) is None, "nothing is loaded yet"
    belief.load()
    asked = judge.asked
    first = belief.probabilities(picture, key=(1, 0))
    assert first is not None
    assert first.shape == (1, 10)
    assert first.argmax() == 2
    assert belief.probabilities(picture, key=(1, 0)) is first
    assert judge.asked == asked + 1
    belief.probabilities(picture, key=(1, 1))
    belief.probabilities(picture)
    belief.probabilities(picture)
    assert judge.asked == asked + 4


def test_what_is_kept_stays_bounded(judge, monkeypatch):
    monkeypatch.setattr("diffviz.tui.worker.live_classifier._KEPT", 3)
    belief = Belief(judge)
    belief.load()
    for key in range(10):
        belief.probabilities(np.zeros((1, 28, 28), np.float32), key=key)
    assert len(belief._kept) <= 3


def test_without_a_classifier_there_is_no_belief():
    def missing():
        raise DiffvizError("no classifier")

    belief = Belief(missing)
    belief.load()
    assert belief.probabilities(np.zeros((1, 28, 28), np.float32)) is None
