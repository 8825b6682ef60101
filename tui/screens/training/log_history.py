"""The state of a run, built from the events of its log."""

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....core.phases import Phase
from .numbers import Columns

_BANDS = {phase: f"band_{phase.name.lower()}" for phase in Phase}
_BATCH = (
    "step",
    "loss",
    "lr",
    "images_per_s",
    "wall_s",
    "grad_norm",
    "memory_mb",
    *_BANDS.values(),
)
_WHOLE = ("step", "parameters", "images", "epochs", "batches_per_epoch", "batch_size")
"""Fields of a ``started`` event that are whole numbers."""
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
class History:
    """A run up to its newest event; only :meth:`add` changes it."""

    started: Mapping[str, Any] = field(default_factory=dict)
    batches: Columns = field(default_factory=lambda: Columns(_BATCH))
    epochs: list[EpochRow] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    finished: Mapping[str, Any] | None = None
    """The ``finished`` event, if training ended in order and wasn't resumed."""
    checkpoint_step: int | None = None
    paused: bool = False
    answers: int = 0
    """Number of commands that the trainer has answered."""
    message: str = ""
    """The trainer's answer to the newest command."""
    failure: str = ""
    """The message of the ``failed`` event."""

    def add(self, event: Mapping[str, Any]) -> None:
        """Add one event of the log; unknown and damaged ones are ignored."""
        add = getattr(self, f"_add_{event.get('event')}", None)
        if add is not None:
            with suppress(KeyError, TypeError, ValueError, ArithmeticError):
                add(event)

    @property
    def step(self) -> int:
        """Batches done."""
        steps = self.batches["step"]
        return int(steps[-1]) if len(steps) else int(self.started.get("step", 0))

    @property
    def batches_per_epoch(self) -> int:
        """Batches in an epoch; at least 1."""
        return max(1, int(self.started.get("batches_per_epoch", 1)))

    @property
    def epochs_wanted(self) -> int:
        """Epochs of the whole training."""
        return int(self.started.get("epochs", 0))

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
        rate, size = self.rate, self.started.get("batch_size")
        if rate is None or not size:
            return None
        return max(0, self.total_steps - self.step) * int(size) / rate

    # One method for each kind of event.

    def _add_started(self, event: Mapping[str, Any]) -> None:
        whole = {name: int(event[name]) for name in _WHOLE if name in event}
        self.started, self.finished = {**event, **whole}, None
        self.paused, self.message, self.failure = False, "", ""
        self._cut(int(event["step"]))

    def _add_batch(self, event: Mapping[str, Any]) -> None:
        bands = event.get("bands") or {}
        self.batches.append(
            [
                *(_number(event.get(name)) for name in _BATCH[: -len(_BANDS)]),
                *(_number(bands.get(phase.label)) for phase in Phase),
            ]
        )

    def _add_epoch(self, event: Mapping[str, Any]) -> None:
        rate = _number(event.get("images_per_s"))
        images = self.batches_per_epoch * int(self.started.get("batch_size", 0))
        self.epochs.append(
            EpochRow(int(event["epoch"]), _number(event.get("loss")), images / rate, rate)
        )

    def _add_checkpoint(self, event: Mapping[str, Any]) -> None:
        self.checkpoint_step = int(event["step"])

    def _add_preview(self, event: Mapping[str, Any]) -> None:
        self.moments.append(Moment(int(event["step"]), int(event["epoch"]), str(event["path"])))

    def _add_score(self, event: Mapping[str, Any]) -> None:
        distance = _number(event.get("fld"))
        self.epochs = [
            replace(row, distance=distance) if row.epoch == event["epoch"] else row
            for row in self.epochs
        ]

    def _add_command(self, event: Mapping[str, Any]) -> None:
        if event["command"] in ("pause", "resume") and event.get("done"):
            self.paused = event["command"] == "pause"
        elif event["command"] == "epochs" and event.get("done"):
            self.started = {**self.started, "epochs": int(event["value"])}
        self.message = str(event.get("message", ""))
        self.answers += 1

    def _add_failed(self, event: Mapping[str, Any]) -> None:
        self.failure = str(event["message"])

    def _add_finished(self, event: Mapping[str, Any]) -> None:
        self.finished = event

    def _cut(self, step: int) -> None:
        """Remove everything after ``step``, from which training continues."""
        self.batches.cut(int(np.searchsorted(self.batches["step"], step, "right")))
        done = step // self.batches_per_epoch
        self.epochs = [row for row in self.epochs if row.epoch <= done]
        self.moments = [moment for moment in self.moments if moment.step <= step]


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan
