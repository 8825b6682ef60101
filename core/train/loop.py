"""A training as a generator of events: checkpoints, commands from outside, strips of digits."""

import threading
import time
from collections.abc import Iterator
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
from ..runs.lock import heartbeat
from .batches import BatchRunner, batches_per_epoch, position
from .checkpoint import CHECKPOINT, load_checkpoint, save_checkpoint, save_weights
from .previews import SAMPLER, STEPS, EmaSampler, Scorer, is_preview_due
from .state import new_state

WEIGHTS = "weights.safetensors"
_PAUSE_S = 0.1  # between two looks for commands
_MEMORY_EVERY = 20  # batches


@dataclass(frozen=True, slots=True)
class Extras:
    """What a training does besides; it changes no weight."""

    checkpoint_every_s: float = 60.0
    preview_every: int = 0
    """Batches between two strips of digits; 0: none."""
    score: int = 0
    """Digits sampled after each epoch for its Fréchet distance; 0: none."""


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
    """Train in the run folder ``run`` and yield what happens, batch by batch.

    A checkpoint is written after each epoch, every ``checkpoint_every_s`` seconds, and when
    ``stop`` is set; weights of each epoch are kept beside it. Closing the generator between two
    batches also saves. A logger has to have stored an event before it asks for the next one:
    then a log never lacks a batch that a checkpoint contains.

    In a ``group`` of processes each yields the same events but those about files, and only
    process 0 writes.

    Raises:
        DiffvizError: if the data are too few, a file can't be read or written, the loss is not
            finite or explodes, or another process ends.
    """
    sitting = _Sitting(config, data, run, device or torch.device("cpu"), group, resume)
    return sitting.events(stop or threading.Event(), extras or Extras())


def epoch_weights(run: Path, epoch: int) -> Path:
    """Return where the weights after ``epoch`` are kept."""
    return run / "epochs" / f"{epoch:04d}.safetensors"


class _Sitting:
    """One process's training from where the run stands to its end, or until it is stopped."""

    def __init__(
        self,
        config: TrainConfig,
        data: ImageData,
        run: Path,
        device: torch.device,
        group: Group,
        resume: bool,
    ) -> None:
        self._config, self._data, self._run = config, data, run
        self._device, self._group, self._resume = device, group, resume

    @property
    def _total(self) -> int:
        return self._batches * self._config.epochs

    @property
    def _place(self) -> tuple[int, int, int]:
        """Step, epoch and batch, as events have them."""
        return self._state.step, *position(self._state.step, self._batches)

    def events(self, stop: threading.Event, extras: Extras) -> Iterator[TrainEvent]:
        """Yield what :func:`train` promises."""
        self._stop, self._extras = stop, extras
        self._begin()
        state, config = self._state, self._config
        yield Started(
            run=str(self._run),
            architecture=config.architecture,
            parameters=parameter_count(state.model),
            dataset=self._data.name,
            images=len(self._data),
            device=str(self._device),
            epochs=config.epochs,
            batches_per_epoch=self._batches,
            batch_size=config.batch_size,
            step=state.step,
            lr_scale=state.lr_scale,
            processes=self._group.size,
        )
        try:
            yield from self._batch_events()
        except (GeneratorExit, LostProcessError) as ending:
            saved = self._saved_step == state.step
            if not self._between_epochs and not saved:
                self._save()
            if isinstance(ending, LostProcessError):
                raise DiffvizError(f"{ending}: go on with --resume {self._run}") from ending
            raise
        done = state.step == self._total
        newest = self._run / (WEIGHTS if done else CHECKPOINT)
        if done and self._group.main:
            save_weights(newest, state, self._config)
        yield Finished(*self._place, state.wall_s, done, str(newest))

    def _begin(self) -> None:
        """Bring everything to where the run stands."""
        config, checkpoint = self._config, self._run / CHECKPOINT
        self._batches = batches_per_epoch(config, self._data, self._group)
        going_on = self._resume and checkpoint.exists()  # a run may be killed before its first
        self._state = new_state(config, self._data.md5, self._device, resuming=going_on)
        if going_on:
            load_checkpoint(checkpoint, self._state)
        step = self._state.step
        if step > self._total:
            raise DiffvizError(
                f"{self._run} has gone beyond {config.epochs} epochs already: it can't go on to "
                "fewer"
            )
        self._inbox = CommandInbox(self._run) if self._group.main else None
        self._wishes: list[Command] = []
        self._sampler: EmaSampler | None = None
        if self._group.main and (self._extras.preview_every or self._extras.score):
            self._sampler = EmaSampler(self._state, self._device)
            self._scorer = Scorer(self._sampler, self._data, self._extras.score)
        self._runner = BatchRunner(config, self._data, self._state, self._device, self._group)
        if step < self._total and self._group.main:
            # of a training now extended: its last epoch's weights are kept among the epochs
            (self._run / WEIGHTS).unlink(missing_ok=True)
        self._saved_step, self._saved_at = step, time.monotonic()
        self._between_epochs = False

    def _batch_events(self) -> Iterator[TrainEvent]:
        state = self._state
        if state.step == 0:
            yield from self._preview()
        self._before, epoch_started = time.perf_counter(), state.wall_s
        epoch_from = state.step % self._batches
        while state.step < self._total:
            batch = self._batch()
            ends_epoch = self._between_epochs = batch.batch == self._batches
            yield batch
            if ends_epoch:
                if self._group.main:  # before anyone can stop here
                    save_weights(epoch_weights(self._run, batch.epoch), state, self._config)
                images = (self._batches - epoch_from) * self._config.batch_size
                rate = images / max(state.wall_s - epoch_started, 1e-9)
                self._between_epochs = False
                yield EpochDone(*self._place, state.wall_s, state.last_loss, batch.lr, rate)
                epoch_started, epoch_from = state.wall_s, 0
            yield from self._preview()
            if ends_epoch:
                yield from self._score()
            due = time.monotonic() - self._saved_at > self._extras.checkpoint_every_s
            if (ends_epoch or due) and not self._runner.suspicious:
                yield from self._save()
            if (yield from self._obeyed_to_stop()):
                yield from self._save()
                return

    def _batch(self) -> Batch:
        """Do a batch and account for it."""
        state = self._state
        measured = self._runner.next(self._total)
        state.epoch_loss += measured.loss
        now = time.perf_counter()
        took, self._before = max(now - self._before, 1e-9), now
        state.wall_s += took
        step, epoch, batch = self._place
        if batch == self._batches:
            state.last_loss, state.epoch_loss = state.epoch_loss / self._batches, 0.0
        return Batch(
            step, epoch, batch, state.wall_s, measured.loss, measured.lr,
            self._config.batch_size / took, measured.objective, measured.grad_norm, measured.bands,
            memory_in_use(self._device) if step % _MEMORY_EVERY == 1 else None,
        )  # fmt: skip

    def _save(self) -> Iterator[CheckpointSaved]:
        """Save a checkpoint at once, unless it is saved; return the event for it, if any."""
        state = self._state
        if not self._group.main or self._saved_step == state.step:
            return iter(())
        path = self._run / CHECKPOINT
        save_checkpoint(path, state, self._config)
        self._saved_step, self._saved_at = state.step, time.monotonic()
        return iter((CheckpointSaved(*self._place, str(path)),))

    def _preview(self) -> Iterator[Preview]:
        step = self._state.step
        if self._sampler is not None and is_preview_due(step, self._extras.preview_every):
            path, seconds = self._sampler.save_strip(self._run, step)
            yield Preview(*self._place, path, SAMPLER, STEPS, seconds)

    def _score(self) -> Iterator[Score]:
        if self._sampler is not None and self._extras.score:
            fld, seconds = self._scorer.score()
            yield Score(*self._place, fld, self._extras.score, seconds)

    # Wishes from outside.

    def _obeyed_to_stop(self):
        """Obey what was asked for; return whether to stop."""
        paused = False
        while True:
            wish = self._next_wish()
            if wish is not None:
                paused = wish.name == "pause" or (paused and wish.name != "resume")
                yield from self._obey(wish)
            if (wish is not None and wish.name == "stop") or self._stopping:
                return True
            if wish is not None:
                continue
            if not paused:
                return False
            self._stop.wait(_PAUSE_S)
            if self._group.main:
                heartbeat(self._run)
            self._before = time.perf_counter()

    def _next_wish(self) -> Command | None:
        """Return the next command, the same in every process."""
        if self._inbox is not None:
            self._wishes += self._inbox.new()
        wish = self._wishes.pop(0) if self._wishes else None
        if self._group.size == 1:
            self._stopping = self._stop.is_set()
            return wish
        code = [NAMES.index(wish.name) + 1, wish.value or 0] if wish is not None else [0, 0]
        summed = self._group.sum(np.array([self._stop.is_set(), *code], np.float64))
        stop, name, value = (round(number) for number in summed)
        self._stopping = stop > 0
        return Command(NAMES[name - 1], value or None) if name else None

    def _obey(self, wish: Command) -> Iterator[TrainEvent]:
        """Do what was asked for; what changes the training is in a checkpoint before it is told."""
        done, message = True, {"pause": "paused", "resume": "goes on"}.get(wish.name, wish.name)
        if wish.name == "halve_lr":
            self._state.lr_scale /= 2
            message = f"learning rate: {self._state.lr_scale:g} of the recipe's"
            self._saved_step = -1
        elif wish.name == "epochs" and wish.value is not None:
            if wish.value * self._batches < self._state.step:
                done, message = False, f"beyond epoch {wish.value} already"
            else:
                self._config = replace(self._config, epochs=wish.value)
                message = f"trains until the end of epoch {wish.value}"
                self._saved_step = -1
                if self._group.main:
                    change_epochs(self._run, wish.value)
        if done and wish.name in ("checkpoint", "halve_lr", "epochs"):
            yield from self._save()
        if wish.name == "checkpoint":
            message = f"checkpoint saved after batch {self._state.step}"
        yield Commanded(*self._place, wish.name, done, message, wish.value)
