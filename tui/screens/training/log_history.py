"""The state of a run, built from the events of its log."""

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ....core.phases import Phase
from ....core.records import (
    Batch,
    CheckpointSaved,
    Commanded,
    EpochDone,
    Failed,
    Preview,
    Score,
    Started,
    TrainEvent,
)
from ....core.runs.run_state import changes_state
from .number_columns import Columns

_BANDS = {phase: f"band_{phase.name.lower()}" for phase in Phase}
_NUMBERS = ("step", "loss", "lr", "images_per_s", "wall_s", "grad_norm", "memory_mb")
_RATE_BATCHES = 50
_NEWEST_BATCHES = 500  # searched for numbers that only some batches have


@dataclass(frozen=True, slots=True)
class EpochRow:
    """One line of the epoch table."""

    epoch: int
    loss: float
    seconds: float
    images_per_s: float
    distance: float | None = None
    """Fréchet LeNet distance of the samples after this epoch."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a preview was made and where its pictures are."""

    step: int
    epoch: int
    path: str


@dataclass(eq=False)
class LogHistory:
    """A run up to its newest event; only :meth:`add` changes it."""

    started: Started | None = None
    """The newest beginning, with the number of epochs as commands have changed it."""
    batches: Columns = field(default_factory=lambda: Columns((*_NUMBERS, *_BANDS.values())))
    epochs: list[EpochRow] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    checkpoint_step: int | None = None
    state_event: TrainEvent | None = None
    """The newest event that decides the run's state."""
    answers: int = 0
    """Number of commands that the trainer has answered."""
    halved: int = 0
    """How many times the learning rate was halved since the newest batch."""
    numbers: dict[str, float] = field(default_factory=dict)
    """Further numbers of the newest batch that has any, by name."""
    message: str = ""
    """The trainer's answer to the newest command."""

    def add(self, event: TrainEvent) -> None:
        """Add one event of the log."""
        if changes_state(event):
            self.state_event = event
        match event:
            case Started():
                self.started, self.message = event, event.notes or ""
                self._cut(event.step)
            case Batch():
                self._add_batch(event)
            case EpochDone() if event.epoch > 0 and event.images_per_s:
                size = self.started.batch_size if self.started else 0
                seconds = self.batches_per_epoch * size / event.images_per_s
                row = EpochRow(event.epoch, event.loss, seconds, event.images_per_s)
                self.epochs.append(row)
            case CheckpointSaved():
                self.checkpoint_step = event.step
            case Preview() if event.path:
                self.moments.append(Moment(event.step, event.epoch, event.path))
            case Score():
                self.epochs = [
                    replace(row, distance=event.fld) if row.epoch == event.epoch else row
                    for row in self.epochs
                ]
            case Commanded():
                if event.command == "epochs" and event.done and event.value and self.started:
                    self.started = replace(self.started, epochs=event.value)
                self.halved += event.done and event.command == "halve_lr"
                self.message = event.message
                self.answers += 1
            case _:
                pass

    @property
    def step(self) -> int:
        """Batches done."""
        steps = self.batches["step"]
        if len(steps):
            return int(steps[-1])
        return self.started.step if self.started else 0

    @property
    def batches_per_epoch(self) -> int:
        """Batches in an epoch; at least 1."""
        return max(1, self.started.batches_per_epoch) if self.started else 1

    @property
    def epochs_wanted(self) -> int:
        """Epochs of the whole training."""
        return self.started.epochs if self.started else 0

    @property
    def total_steps(self) -> int:
        """Batches of the whole training."""
        return self.batches_per_epoch * self.epochs_wanted

    @property
    def position(self) -> tuple[int, int]:
        """The epoch and the batch in it of the newest batch, both from 1."""
        if self.step == 0:
            return 1, 0
        epoch, batch = divmod(self.step - 1, self.batches_per_epoch)
        return epoch + 1, batch + 1

    @property
    def failure(self) -> str:
        """The error that ended the training, or an empty text."""
        return self.state_event.message if isinstance(self.state_event, Failed) else ""

    def column(self, name: str) -> NDArray[np.float64]:
        """Return a number of every batch by its name in the log."""
        return self.batches[name]

    def band(self, phase: Phase) -> NDArray[np.float64]:
        """Return every batch's mean loss over the timesteps of ``phase``; NaN if it has none."""
        return self.batches[_BANDS[phase]]

    @property
    def has_bands(self) -> bool:
        """Whether the losses by timestep are in the log."""
        return any(np.isfinite(self.band(phase)[-_RATE_BATCHES:]).any() for phase in Phase)

    def epoch_axis(self) -> NDArray[np.float64]:
        """Return the position of every batch, in epochs."""
        return self.batches["step"] / self.batches_per_epoch

    def newest(self, name: str) -> float | None:
        """Return the newest known number of this name, or None if there is none."""
        values = self.batches[name][-_NEWEST_BATCHES:]
        known = values[np.isfinite(values)]
        return float(known[-1]) if len(known) else None

    @property
    def rate(self) -> float | None:
        """Median images per second of the last batches.

        A single batch may have waited for a checkpoint or a suspended machine.
        """
        rates = self.batches["images_per_s"][-_RATE_BATCHES:]
        rates = rates[np.isfinite(rates) & (rates > 0)]
        return float(np.median(rates)) if len(rates) else None

    @property
    def seconds_left(self) -> float | None:
        """Seconds to the end of training at the present rate."""
        rate, size = self.rate, self.started.batch_size if self.started else 0
        if rate is None or not size:
            return None
        return max(0, self.total_steps - self.step) * size / rate

    @property
    def learning_rate(self) -> float | None:
        """The learning rate of the next batch."""
        newest = self.newest("lr")
        return None if newest is None else newest / 2**self.halved

    def _add_batch(self, batch: Batch) -> None:
        self.halved = 0
        numbers = [getattr(batch, name) for name in _NUMBERS]
        self.numbers = batch.numbers or self.numbers
        bands = batch.bands or {}
        numbers += [bands.get(phase.label) for phase in Phase]
        self.batches.append([math.nan if number is None else number for number in numbers])

    def _cut(self, step: int) -> None:
        """Remove everything after ``step``, from which training continues."""
        self.batches.cut(int(np.searchsorted(self.batches["step"], step, "right")))
        done = step // self.batches_per_epoch
        self.epochs = [row for row in self.epochs if row.epoch <= done]
        self.moments = [moment for moment in self.moments if moment.step <= step]
