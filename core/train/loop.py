"""The training loop: a generator of events that saves checkpoints and handles commands."""

import threading
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from ..data import ImageData
from ..errors import DiffvizError
from ..machine.distributed import ALONE, Group, LostProcessError
from ..machine.memory import memory_in_use
from ..models import parameter_count
from ..recipes import TrainConfig
from ..records import (
    Batch,
    CheckpointSaved,
    Commanded,
    EpochDone,
    Finished,
    Preview,
    Score,
    Started,
    TrainEvent,
)
from ..runs import change_epochs
from ..runs.commands import NAMES, Command, CommandInbox
from ..runs.files import CHECKPOINT, WEIGHTS, delete_epochs, epoch_weights
from ..runs.lock import heartbeat
from .batches import BatchRunner, batches_per_epoch, position
from .checkpoint import load_checkpoint, save_checkpoint, save_weights
from .loss_guard import DivergedError
from .previews import EmaSampler, Scorer, is_preview_due
from .train_state import new_state

_PAUSE_S = 0.1  # between two reads of the commands while paused
_MEMORY_EVERY = 20  # batches


@dataclass(frozen=True, slots=True)
class Extras:
    """How often a training saves checkpoints and previews, and computes scores."""

    checkpoint_every_s: float = 60.0
    preview_every: int = 0
    """Batches between two previews; 0: none."""
    score: int = 0
    """Digits sampled after each epoch for its Fréchet distance; 0: none."""
    keep: int | None = 0
    """Weights of epochs that stay in the run folder: those of so many newest ones, 0: all, None:
    all at first and fewer and fewer later (:func:`.runs.files.is_kept`)."""


def train(
    config: TrainConfig,
    data: ImageData,
    run: Path,
    *,
    device: torch.device | None = None,
    resume: bool = False,
    stop: threading.Event | None = None,
    extras: Extras | None = None,
    group: Group = ALONE,
) -> Iterator[TrainEvent]:
    """Train in the run folder ``run`` and yield an event for everything that happens.

    A checkpoint is written after each epoch, every ``checkpoint_every_s`` seconds, and when
    ``stop`` is set; the weights of each epoch are saved in the run folder too. Closing the
    generator between two batches also saves. A logger has to store an event before it requests
    the next one: then a log contains every batch that a checkpoint contains.

    In a ``group`` of processes each yields the same events except those about files, and only
    process 0 writes.

    Raises:
        DiffvizError: if the data are too few, a file can't be read or written, the loss is not
            finite or explodes, or another process ends.
    """
    session = _Session(
        config, data, run, device or torch.device("cpu"), group, resume,
        stop or threading.Event(), extras or Extras(),
    )  # fmt: skip
    return session.events()


@dataclass(eq=False)
class _Session:
    """Training in one process, from the run's checkpoint to its end or until it is stopped."""

    config: TrainConfig
    data: ImageData
    run: Path
    device: torch.device
    group: Group
    resume: bool
    stop: threading.Event
    extras: Extras

    @property
    def _total(self) -> int:
        return self._batches * self.config.epochs

    @property
    def _position(self) -> tuple[int, int, int]:
        """Step, epoch and batch, the first fields of most events."""
        return self._state.step, *position(self._state.step, self._batches)

    def events(self) -> Iterator[TrainEvent]:
        """Yield the events of :func:`train`."""
        self._begin()
        state, config = self._state, self.config
        yield Started(
            run=str(self.run),
            architecture=config.architecture,
            parameters=parameter_count(state.model),
            dataset=self.data.name,
            images=len(self.data),
            device=str(self.device),
            epochs=config.epochs,
            batches_per_epoch=self._batches,
            batch_size=config.batch_size,
            step=state.step,
            lr_scale=state.lr_scale,
            processes=self.group.size,
            notes="; ".join(self.data.notes) or None,
        )
        try:
            yield from self._batch_events()
        except (GeneratorExit, LostProcessError) as ending:
            saved = self._saved_step == state.step
            if not self._between_epochs and not saved:
                self._save()
            if isinstance(ending, LostProcessError):
                raise DiffvizError(f"{ending}: go on with --resume {self.run}") from ending
            raise
        done = state.step == self._total
        newest = self.run / (WEIGHTS if done else CHECKPOINT)
        if done and self.group.main:
            save_weights(newest, state, self.config)
        yield Finished(*self._position, state.wall_s, done, str(newest))

    def _begin(self) -> None:
        """Load the checkpoint, if there is one, and prepare to train."""
        config, checkpoint = self.config, self.run / CHECKPOINT
        self._batches = batches_per_epoch(config, self.data, self.group)
        # a run may have been killed before its first checkpoint
        resuming = self.resume and checkpoint.exists()
        classes = self.data.classes() if config.labels else None
        self._state = new_state(
            config, self.data.md5, self.device, classes=classes, resuming=resuming
        )
        if resuming:
            load_checkpoint(checkpoint, self._state)
        step = self._state.step
        if step > self._total:
            raise DiffvizError(
                f"{self.run} has gone beyond {config.epochs} epochs already: it can't go on to "
                "fewer"
            )
        self._inbox = CommandInbox(self.run) if self.group.main else None
        self._commands: list[Command] = []
        self._sampler: EmaSampler | None = None
        if self.group.main and (self.extras.preview_every or self.extras.score):
            self._sampler = EmaSampler(self._state, self.device)
            self._scorer = Scorer(self._sampler, self.data, self.extras.score)
        self._runner = BatchRunner(config, self.data, self._state, self.device, self.group)
        if step < self._total and self.group.main:
            # of an earlier end, before epochs were added; the file of that epoch is in epochs/
            (self.run / WEIGHTS).unlink(missing_ok=True)
        self._saved_step, self._saved_at = step, time.monotonic()
        self._between_epochs = False

    def _batch_events(self) -> Iterator[TrainEvent]:
        state = self._state
        if state.step == 0:
            yield from self._preview()
        self._batch_began, epoch_began = time.perf_counter(), state.wall_s
        epoch_from = state.step % self._batches
        while state.step < self._total:
            batch = self._batch()
            ends_epoch = self._between_epochs = batch.batch == self._batches
            yield batch
            if ends_epoch:
                if self.group.main:  # before the generator can be closed at a yield
                    save_weights(epoch_weights(self.run, batch.epoch), state, self.config)
                    delete_epochs(self.run, batch.epoch, self.extras.keep)
                images = (self._batches - epoch_from) * self.config.batch_size
                rate = images / max(state.wall_s - epoch_began, 1e-9)
                self._between_epochs = False
                yield EpochDone(*self._position, state.wall_s, state.last_loss, batch.lr, rate)
                epoch_began, epoch_from = state.wall_s, 0
            yield from self._preview()
            if ends_epoch:
                yield from self._score()
            due = time.monotonic() - self._saved_at > self.extras.checkpoint_every_s
            if (ends_epoch or due) and not self._runner.suspicious:
                yield from self._save()
            if (yield from self._handle_commands()):
                yield from self._save()
                return

    def _batch(self) -> Batch:
        """Train on the next batch and return its event."""
        state = self._state
        try:
            measured = self._runner.next(self._total)
        except DivergedError as error:
            raise DiffvizError(f"{error}: {self._advice()}") from error
        state.epoch_loss += measured.loss
        now = time.perf_counter()
        took, self._batch_began = max(now - self._batch_began, 1e-9), now
        state.wall_s += took
        step, epoch, batch = self._position
        if batch == self._batches:
            state.last_loss, state.epoch_loss = state.epoch_loss / self._batches, 0.0
        return Batch(
            step, epoch, batch, state.wall_s, measured.loss, measured.lr,
            self.config.batch_size / took, measured.objective, measured.grad_norm, measured.bands,
            memory_in_use(self.device) if step % _MEMORY_EVERY == 1 else None,
        )  # fmt: skip

    def _advice(self) -> str:
        if (self.run / CHECKPOINT).exists():
            return (
                f"the last checkpoint is whole; go on from it with --resume {self.run}, or start "
                "again with a lower --lr"
            )
        return "there is no checkpoint yet; start again with a lower --lr and another --out"

    def _save(self) -> Iterator[CheckpointSaved]:
        """Save a checkpoint unless this step has one; return an iterator of its event.

        The checkpoint is saved even if the iterator isn't consumed.
        """
        state = self._state
        if not self.group.main or self._saved_step == state.step:
            return iter(())
        path = self.run / CHECKPOINT
        save_checkpoint(path, state, self.config)
        self._saved_step, self._saved_at = state.step, time.monotonic()
        return iter((CheckpointSaved(*self._position, str(path)),))

    def _preview(self) -> Iterator[Preview]:
        step = self._state.step
        if self._sampler is not None and is_preview_due(step, self.extras.preview_every):
            path, seconds = self._sampler.save_strip(self.run, step)
            sampler = self._sampler
            yield Preview(*self._position, path, sampler.sampler, sampler.steps, seconds)

    def _score(self) -> Iterator[Score]:
        if self._sampler is not None and self.extras.score:
            fld, seconds = self._scorer.score()
            yield Score(*self._position, fld, self.extras.score, seconds)

    def _handle_commands(self) -> Generator[TrainEvent, None, bool]:
        """Apply the commands that have arrived, wait while paused, and return whether to stop."""
        paused = False
        while True:
            command, stop = self._next_command()
            if command is not None:
                paused = command.name == "pause" or (paused and command.name != "resume")
                yield from self._apply(command)
            if stop or (command is not None and command.name == "stop"):
                return True
            if command is None and not paused:
                return False
            if command is None:
                self.stop.wait(_PAUSE_S)
                if self.group.main:
                    heartbeat(self.run)
                self._batch_began = time.perf_counter()

    def _next_command(self) -> tuple[Command | None, bool]:
        """Return the next command and whether ``stop`` is set, the same in every process."""
        if self._inbox is not None:
            self._commands += self._inbox.new()
        command = self._commands.pop(0) if self._commands else None
        if self.group.size == 1:
            return command, self.stop.is_set()
        code = [0, 0] if command is None else [NAMES.index(command.name) + 1, command.value or 0]
        summed = self.group.sum(np.array([self.stop.is_set(), *code], np.float64))
        stop, name, value = (round(number) for number in summed)
        return Command(NAMES[name - 1], value or None) if name else None, stop > 0

    def _apply(self, command: Command) -> Iterator[TrainEvent]:
        """Apply a command; changes are saved in a checkpoint before they are reported."""
        name, value, done = command.name, command.value, True
        message = {"pause": "paused", "resume": "goes on"}.get(name, name)
        if name == "halve_lr":
            self._state.lr_scale /= 2
            message = f"learning rate halved: {self._state.lr_scale:g} of the recipe's"
            self._saved_step = -1
        elif name == "epochs" and value is not None:
            done = value * self._batches >= self._state.step
            message = f"beyond epoch {value} already"
            if done:
                self.config = replace(self.config, epochs=value)
                message = f"will stop after epoch {value}"
                self._saved_step = -1
                if self.group.main:
                    change_epochs(self.run, value)
        if done and name in ("checkpoint", "halve_lr", "epochs"):
            yield from self._save()
        if name == "checkpoint":
            message = f"checkpoint saved after batch {self._state.step}"
        yield Commanded(*self._position, name, done, message, value)
