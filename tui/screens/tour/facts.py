"""What answers the questions of the tour: the pictures on the screen, and measurements."""

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

import numpy as np

from ....core.array_types import Array
from ....core.errors import DiffvizError
from ....core.measure.phase_record import MeasuredPhases, best_phases, read_phases
from ....core.models.catalog import DEFAULT, read_card
from ....core.phases import Phase, phase_at
from ....core.sampling.trajectory import Trajectory
from ...worker.live_classifier import LiveClassifier
from .scenes import RUN

_EVERY = 5  # steps between two whose belief is looked at
_ACCEPTED = 0.9
"""The belief from which on the classifier accepts a digit, as the questions say."""


class Known(NamedTuple):
    """What is known while a scene plays."""

    classifier: LiveClassifier
    finished: Array | None
    """The finished pictures of the scene, ``[n, 28, 28]``; None before its end."""
    kind: str
    """The kind of the scene."""
    before: Trajectory | None
    """The steps of the last run."""
    phases: MeasuredPhases | None


def fact(name: str, known: Known) -> int | None:
    """Return the right answer; None while it isn't known.

    ``name`` is a name of the table below, or the number of the right answer itself.
    """
    return int(name) if name.isdigit() else _FACTS[name](known)


def digit_of(run: Trajectory, classifier: LiveClassifier) -> int | None:
    """Return the digit that a run has become; None while the classifier isn't loaded."""
    belief = classifier.probabilities(run.step(run.last).x0_hat)
    return None if belief is None else int(belief[0].argmax())


def measured_phases() -> MeasuredPhases | None:
    """Return the measured phases on the card of the tour's network; None if it has none."""
    with suppress(DiffvizError, OSError, ValueError, KeyError):
        for set_name in read_card(DEFAULT)["phases"]:
            measured = read_phases(DEFAULT, set_name, cached=False)
            return best_phases(measured, RUN.spec.sampler, RUN.spec.total)
    return None


def _digits(known: Known, images: Array | None) -> list[int]:
    belief = None if images is None else known.classifier.probabilities(images)
    return [] if belief is None else belief.argmax(axis=1).tolist()


def _digit(known: Known) -> int | None:
    """Return the digit that a run has become."""
    digits = _digits(known, known.finished) if known.kind == "run" else []
    return digits[0] if digits else None


def _decided(known: Known) -> int | None:
    """Return the phase, from 1, from which on the run looked like the digit it became."""
    digit, steps = _digit(known), known.before
    if digit is None or steps is None:
        return None
    t = 0
    for index in range(steps.last, steps.first - 1, -_EVERY):
        step = steps.step(index)
        if _digits(known, step.x0_hat) != [digit]:
            break
        t = step.t
    return _number(t)


def _same(known: Known) -> int | None:
    """Return how many branches or U-turns became the digit of the run that they left."""
    if known.kind not in ("branch", "u-turn") or known.before is None:
        return None
    digit, digits = digit_of(known.before, known.classifier), _digits(known, known.finished)
    return digits.count(digit) if digit is not None and digits else None


def _sevens(known: Known) -> int | None:
    """Return how many of several seeds became a 7."""
    digits = _digits(known, known.finished)
    return digits.count(7) if known.kind == "seeds" and digits else None


def _accepted(known: Known) -> int | None:
    """Return of how many of several seeds the classifier is sure."""
    if known.kind != "seeds" or known.finished is None:
        return None
    belief = known.classifier.probabilities(known.finished)
    return None if belief is None else int((belief.max(axis=1) >= _ACCEPTED).sum())


def _kinds(known: Known) -> int | None:
    """Return how many different digits a race ended on."""
    return len(set(_digits(known, known.finished))) or None if known.kind == "race" else None


def _agree(known: Known) -> int | None:
    """Return 1 if two networks ended on different digits, 2 if on the same."""
    digits = _digits(known, known.finished) if known.kind == "compare" else []
    return 1 + (len(set(digits)) == 1) if digits else None


def _measured(known: Known) -> int | None:
    """Return the phase, from 1, in which half of the decision was measured to be made."""
    if known.phases is None:
        return None
    return _number(round(known.phases.boundary("blob | lock-in").t.value))


def _number(t: int) -> int:
    return 1 + list(Phase).index(phase_at(int(np.clip(t, 0, 1000))))


_FACTS: dict[str, Callable[[Known], int | None]] = {
    "digit": _digit,
    "decided": _decided,
    "same": _same,
    "sevens": _sevens,
    "accepted": _accepted,
    "kinds": _kinds,
    "agree": _agree,
    "measured": _measured,
}
