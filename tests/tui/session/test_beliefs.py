"""The belief along a run, and the step from which the final digit stays the most likely."""

import numpy as np
import pytest

from diffviz.core.noise import NoiseStream
from diffviz.core.phases import phase_at
from diffviz.core.sampling.trajectory import Trajectory
from diffviz.core.step import Step
from diffviz.tui.session.beliefs import Beliefs, Verdict
from diffviz.tui.session.step_history import Segment, StepHistory
from diffviz.tui.worker.live_classifier import LiveClassifier


class Named:
    """Believes in the digit that a picture's first pixel names."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self) -> "Named":
        return self

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        self.asked.append(len(images))
        belief = np.full((len(images), 10), 0.01, np.float32)
        belief[np.arange(len(images)), images[:, 0, 0].astype(int)] = 0.91
        return belief


def history_of(digits: list[int], total: int | None = None) -> StepHistory:
    """Return a run whose x0_hat look like ``digits``; it is done if it has all its steps."""
    trajectory = Trajectory()
    total = len(digits) - 1 if total is None else total
    for index, digit in enumerate(digits):
        t = round(1000 * (1 - index / total))
        x0_hat = np.full((1, 28, 28), digit, np.float32)
        zeros = np.zeros_like(x0_hat)
        trajectory.append(Step(index, total, t, 0.5, phase_at(t), zeros, x0_hat, zeros))
    return StepHistory((Segment(0, trajectory, NoiseStream(7)),))


def verdict_of(beliefs: Beliefs, history: StepHistory) -> Verdict | None:
    verdict = None
    for _ in range(100):
        verdict = beliefs.verdict(history)
        if verdict is not None and verdict.decided is not None:
            break
    return verdict


@pytest.mark.parametrize(
    ("digits", "decided"),
    [
        ([3, 3, 3, 3, 3], 1000),
        ([3, 9, 3, 9, 9], 250),
        ([3, 9, 3, 4, 9], 0),
        ([4] * 60 + [9] * 41, 400),
    ],
)
def test_a_digit_is_decided_where_it_is_the_most_likely_for_good(digits, decided):
    verdict = verdict_of(Beliefs(LiveClassifier(Named())), history_of(digits))  # type: ignore[arg-type]
    assert verdict is not None
    assert verdict == (digits[-1], pytest.approx(0.91), decided)


def test_no_more_is_computed_than_the_verdict_needs_and_a_few_at_a_time():
    classifier = Named()
    beliefs = Beliefs(LiveClassifier(classifier))  # type: ignore[arg-type]
    verdict_of(beliefs, history_of([4] * 900 + [9] * 101))
    assert max(classifier.asked) <= 16
    assert sum(classifier.asked) < 101 + 2 * 16


def test_there_is_no_verdict_before_the_end_or_without_a_classifier():
    beliefs = Beliefs(LiveClassifier(Named()))  # type: ignore[arg-type]
    assert beliefs.verdict(history_of([1, 2, 3], total=10)) is None

    def missing():
        raise OSError

    assert Beliefs(LiveClassifier(missing)).verdict(history_of([1, 2, 3])) is None


def test_another_generation_begins_anew():
    beliefs = Beliefs(LiveClassifier(Named()))  # type: ignore[arg-type]
    beliefs.follow(1)
    first = verdict_of(beliefs, history_of([3, 3]))
    beliefs.follow(2)
    second = verdict_of(beliefs, history_of([3, 5]))
    assert first is not None
    assert second is not None
    assert (first.digit, second.digit) == (3, 5)
