"""A sampling and a training in words: few lines, each about something that has happened.

For screen readers, logs and whoever listens: whole sentences, no columns, no escape sequences.
"""

from collections.abc import Sequence

import numpy as np

from ...core.array_types import Array
from ...core.phases import Phase, about_phase
from ...core.records import EpochDone, Failed, Finished, Score, Started, TrainEvent
from ...core.step import Step
from ..text import DIGITS, class_text, counted, duration, percent

MAX_LINES = 25
"""Of a sampling, and of a training that isn't resumed."""
_BELIEFS = 12  # changes of the belief that are told
_EPOCHS = 15  # that are told, of a training with more
_SURE = 0.5
_LASTS = 50  # a belief is told when it has lasted for one in so many of all steps


class RunNarrator:
    """Tells of one sampling: its phases, what it looks like, and when that was decided."""

    def __init__(
        self,
        settings: str,
        names: Sequence[str] = DIGITS,
        noun: str = "digit",
        sampler: str = "ddpm",
    ) -> None:
        """Begin a sampling by ``sampler`` with these settings, as text.

        Beliefs are in the classes ``names``; ``noun`` is what a sample is called.
        """
        self._settings, self._noun, self._sampler = settings, noun, sampler
        self._names = names
        self._phase: Phase | None = None
        self._about = ""
        self._leader: int | None = None
        self._since = 0
        """The timestep from which the leader has led."""
        self._lasted = 0
        self._told: int | None = None
        self._beliefs = 0
        self._share = 0.0

    def begin(self) -> str:
        """Return the line about the settings."""
        return f"{self._settings[:1].upper()}{self._settings[1:]}."

    def step(self, step: Step, belief: Array | None) -> list[str]:
        """Return what is told of a step, often nothing; ``belief`` is P(class), ``[K]``."""
        lines = []
        if step.phase.follows(self._phase):
            self._phase = step.phase
            before, self._about = self._about, about_phase(step.phase, self._noun, self._sampler)
            if self._about != before:
                about = f"{self._about[:1].upper()}{self._about[1:]}"
                lines.append(f"t {step.t}: {step.phase.label}. {about}.")
        if belief is not None:
            lines += self._believe(step, belief)
        return lines

    def _believe(self, step: Step, belief: Array) -> list[str]:
        digit = int(np.argmax(belief))
        self._share = float(belief[digit])
        leader = digit if self._share >= _SURE else None
        if leader != self._leader:
            self._leader, self._since, self._lasted = leader, step.t, 0
        self._lasted += 1
        lasting = self._lasted >= max(1, step.total // _LASTS)
        if leader is None or leader == self._told or not lasting or self._beliefs == _BELIEFS:
            return []
        self._told = leader
        self._beliefs += 1
        looks = class_text(leader, self._names)
        return [f"t {step.t}: looks like {looks}, {_share(self._share)} sure."]

    def end(self, seconds: float) -> list[str]:
        """Return the lines at the end, after ``seconds``."""
        done = f"Done in {duration(seconds)}"
        if self._leader is None:
            return [f"{done}."]
        digit = class_text(self._leader, self._names)
        return [
            f"Decided at t {self._since}: from there on it looked like {digit}.",
            f"{done}: {digit}, {_share(self._share)} sure.",
        ]


class TrainNarrator:
    """Tells of a training: its beginning, its epochs, its end."""

    def __init__(self) -> None:
        self._started: Started | None = None
        self._first: float | None = None
        self._told: set[int] = set()

    def event(self, event: TrainEvent) -> list[str]:
        """Return what is told of an event, often nothing."""
        match event:
            case Started():
                return self._begin(event)
            case EpochDone() if self._started is not None and event.epoch in self._told:
                of = f"Epoch {event.epoch} of {self._started.epochs}"
                before, self._first = self._first, self._first or event.loss
                change = (
                    "" if before is None else f", {event.loss / before - 1:+.0%} since the first"
                )
                return [f"{of}: loss {event.loss:.4f}{change}."]
            case Score() if event.epoch in self._told and self._is_last(event.epoch):
                return [f"Distance to real digits: {event.fld:.1f}; lower is better."]
            case Finished(complete=True):
                return [f"Done in {duration(event.wall_s)} of training."]
            case Failed():
                return [f"Failed: {event.message}"]
        return []

    def _begin(self, event: Started) -> list[str]:
        self._started = event
        self._told = set(told_epochs(event.epochs))
        if event.step:
            return [f"Goes on after batch {event.step:,}."]
        return [
            f"Training {event.architecture} with {counted(event.parameters, 'parameter')} on "
            f"{counted(event.images, 'image')} of {event.dataset}, "
            f"{counted(event.epochs, 'epoch')}."
        ]

    def _is_last(self, epoch: int) -> bool:
        return self._started is not None and epoch == self._started.epochs


def told_epochs(epochs: int) -> Sequence[int]:
    """Return the epochs that are told: all of a few, else some, evenly spread, the last one too."""
    if epochs <= _EPOCHS:
        return range(1, epochs + 1)
    return sorted({int(epoch) for epoch in np.linspace(1, epochs, _EPOCHS).round()})


def _share(share: float) -> str:
    return percent(share).strip()
