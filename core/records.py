"""The events of training, as frozen records.

They contain only numbers and text, so reading them needs no torch. Samplers yield
:class:`.step.Step`.
"""

from dataclasses import dataclass

from .step import Step as Step


@dataclass(frozen=True, slots=True)
class Started:
    """Training begins, or continues after ``step`` batches."""

    run: str
    """Path of the run folder."""
    architecture: str
    parameters: int
    dataset: str
    images: int
    device: str
    epochs: int
    batches_per_epoch: int
    batch_size: int
    step: int
    lr_scale: float = 1.0
    """The factor of the recipe's learning rate; ``halve_lr`` halves it."""
    processes: int = 1
    """Processes that share each batch."""
    notes: str | None = None
    """What was decided in reading the user's own images."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One optimizer step is done. ``step`` and ``batch`` count from 1, ``epoch`` too."""

    step: int
    epoch: int
    batch: int
    wall_s: float
    """Seconds of training so far, over all sessions of this run."""
    loss: float
    """Mean squared error of the predicted noise over this batch."""
    lr: float
    images_per_s: float
    objective: float | None = None
    """What was minimised, where that is not the loss itself."""
    grad_norm: float | None = None
    """Euclidean norm of the gradient of all parameters together."""
    bands: dict[str, float] | None = None
    """Loss over the batch's timesteps of each phase, by label; a phase without any is omitted."""
    memory_mb: float | None = None
    """Memory in use, in 10^6 bytes, in some batches only: the GPU's, on a CPU the process's."""
    numbers: dict[str, float] | None = None
    """Further numbers by name, of another program's loop."""


@dataclass(frozen=True, slots=True)
class EpochDone:
    """An epoch is done; ``loss`` is the mean over its training batches."""

    step: int
    epoch: int
    batch: int
    wall_s: float
    loss: float
    lr: float
    images_per_s: float


@dataclass(frozen=True, slots=True)
class CheckpointSaved:
    """A complete checkpoint of ``step`` is on disk."""

    step: int
    epoch: int
    batch: int
    path: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Digits sampled from the EMA weights, always from the same noise."""

    step: int
    epoch: int
    batch: int
    path: str
    """In the run folder, relative to it: ``.npy``, uint8 ``[n, 28, 28]``."""
    sampler: str
    steps: int
    """Network evaluations a digit."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Score:
    """Fréchet LeNet distance of ``n`` digits sampled from the EMA weights after an epoch.

    The distance is to the training images: compare only runs with the same data and ``n``.
    """

    step: int
    epoch: int
    batch: int
    fld: float
    n: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Commanded:
    """The trainer's answer to a command (:mod:`.runs.commands`)."""

    step: int
    epoch: int
    batch: int
    command: str
    done: bool
    """Whether it was carried out."""
    message: str
    """What happened, or why not."""
    value: int | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """Training ended: ``complete``, or stopped early on request (resumable)."""

    step: int
    epoch: int
    batch: int
    wall_s: float
    complete: bool
    weights: str
    """Path of the newest weights or checkpoint."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Training failed after ``step`` batches; only the log has this event."""

    step: int
    message: str


TrainEvent = (
    Started | Batch | EpochDone | CheckpointSaved | Preview | Score | Commanded | Finished | Failed
)
