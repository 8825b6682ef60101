"""The classifier's belief along a run: for a strip over time, and when the digit was decided."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from ...core.array_types import Array
from ..worker.live_classifier import LiveClassifier
from .step_history import StepHistory

_AT_ONCE = 16  # pictures a frame: two milliseconds


class Verdict(NamedTuple):
    """What a finished digit is."""

    digit: int
    probability: float
    """The belief in it at t = 0."""
    decided: int | None
    """The first timestep from which it stays the most likely digit; None while that is unknown."""


class Beliefs:
    """P(class | x0_hat) of the steps of one history, by index, computed a few at a time."""

    def __init__(self, classifier: LiveClassifier) -> None:
        self._classifier = classifier
        self._generation = -1
        self._known: dict[int, Array] = {}
        self._first_sure: int | None = None

    def follow(self, generation: int) -> None:
        """Begin anew if ``generation``, the session's, says that an index means another picture."""
        if generation != self._generation:
            self._generation = generation
            self._known = {}
            self._first_sure = None

    def at(self, index: int) -> Array | None:
        """Return the belief ``[K]`` at step ``index``; None while it isn't computed."""
        return self._known.get(index)

    def note(self, index: int, probabilities: Array | None) -> None:
        """Note the belief ``[1, K]`` at step ``index`` that was computed for a panel."""
        if probabilities is not None:
            self._known[index] = probabilities[0]

    def compute(self, history: StepHistory, indices: Iterable[int]) -> bool:
        """Compute some of the missing beliefs at ``indices``; return whether any were missing."""
        missing: list[int] = []
        for index in indices:
            if index not in self._known and index not in missing and history.has(index):
                missing.append(index)
                if len(missing) == _AT_ONCE:
                    break
        if not missing:
            return False
        steps = [history.step(index) for index in missing]
        own = [step.belief[0] for step in steps if step.belief is not None]
        if len(own) == len(steps):  # a model of the user has brought them
            self._known.update(zip(missing, own, strict=True))
            return True
        images = np.concatenate([step.x0_hat for step in steps])
        probabilities = self._classifier.probabilities(images)
        if probabilities is None:
            return False
        self._known.update(zip(missing, probabilities, strict=True))
        return True

    def verdict(self, history: StepHistory) -> Verdict | None:
        """Return what the finished digit is; None before the end, or without a classifier.

        Each call goes some steps further back in search of the step that decided.
        """
        last = history.last
        if last < 0 or history.step(last).t > 0:
            return None
        self.compute(history, (last,))
        final = self._known.get(last)
        if final is None:
            return None
        digit = int(final.argmax())
        if self._first_sure is None:
            self._search(history, digit)
        sure = self._first_sure
        t = None if sure is None else history.step(sure).t
        return Verdict(digit, float(final[digit]), t)

    def _search(self, history: StepHistory, digit: int) -> None:
        """Go back over the steps at which ``digit`` is the most likely; compute some more."""
        index, first = history.last, history.first
        while index > first and (before := self._known.get(index - 1)) is not None:
            if int(before.argmax()) != digit:
                break
            index -= 1
        if index == first or index - 1 in self._known:
            self._first_sure = index
        elif not self.compute(history, range(index - 1, max(first - 1, index - 1 - _AT_ONCE), -1)):
            self._first_sure = None
