"""Writes the losses and pictures of any training loop into a run folder, for ``diffviz watch``.

with diffviz.RunWriter("runs/mine", total_steps=10_000, batch_size=64) as run:
    for step in range(1, 10_001):
        ...
        run.log(step, loss, timestep=t, lr=lr)
"""

import math
import os
import time
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

import numpy as np
from numpy.typing import NDArray

from ..errors import DiffvizError, message_of
from ..names import NUM_TIMESTEPS
from ..phases import phase_at
from ..pictures import resized, to_pictures
from ..recipes import TrainConfig
from ..records import Batch, Failed, Finished, Preview, Started, TrainEvent
from ..runs import CONFIG, LOG, RunFolder, cut_log, event_line, read_config
from ..runs.foreign import FOREIGN, is_foreign
from ..runs.preview_files import write_preview
from .background import Background
from .foreign_arrays import to_array

MAX_PICTURES, MAX_PICTURE_SIDE = 64, 128
_LINES = 100_000  # of the log with a line a step; after each as many, a line has twice the steps
_MAX_WAITING = 1 << 26  # bytes
_ENTRY = 400  # bytes of a step that waits, about


class RunWriter:
    """The run folder of a training loop; a context manager.

    Nothing of the loop waits for the disk. Where the disk is full, the writing ends with one
    warning, and the training goes on.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        *,
        total_steps: int | None = None,
        batch_size: int | None = None,
        model: str = "own model",
        parameters: int = 0,
        data: str = "own data",
        images: int = 0,
        recipe: str = "own loop",
        lr: float | None = None,
        seed: int = 0,
        device: str = "",
        timesteps: float = NUM_TIMESTEPS,
    ) -> None:
        """Begin a run in ``folder``, or go on with the one that an earlier loop wrote there.

        All else describes it on the screen and tells runs apart: ``total_steps`` of the training,
        ``model``, its ``parameters``, ``data``, its ``images``, and so on. ``timesteps`` is the
        largest timestep: 1000, or 1 for a flow.

        Raises:
            DiffvizError: if the folder can't be written, holds a run of ``diffviz train``, or
                another process writes there; or if a setting is out of range.
        """
        self.path = Path(folder)
        self._total, self._batch_size = total_steps or 0, batch_size or 0
        self._timesteps = float(timesteps)
        config = TrainConfig(
            recipe=recipe, architecture=model, dataset=data, epochs=1, seed=seed,
            batch_size=batch_size or TrainConfig.batch_size, lr=lr or TrainConfig.lr,
        )  # fmt: skip
        known = {"total_steps": total_steps, "batch_size": batch_size, "lr": lr}
        self._folder = _open(self.path, config, {FOREIGN: known, "device": device})
        self._started = Started(
            str(self.path), model, parameters, data, images, device, 1, self._total,
            self._batch_size, 0,
        )  # fmt: skip
        self._log: TextIO | None = None
        self._begun = time.monotonic()
        self._lines = 0
        self._together: list[Batch] = []
        self._flushed_at: float | None = None
        self._last_step = 0
        self._ended = False
        self._background = Background(str(self.path), _MAX_WAITING)

    def log(self, step: int, loss: Any, timestep: Any = None, **numbers: Any) -> None:
        """Note one training step: its number, from 1 and rising, and its loss.

        ``loss`` is a number or an array ``[B]``, ``timestep`` the timestep of the loss or, with an
        array of losses, those of its samples ``[B]``: they give the loss by timestep. ``numbers``
        are shown by their names; ``lr``, ``grad_norm``, ``images_per_s`` and ``memory_mb`` have
        places of their own.
        """
        step, now = int(step), self._elapsed
        self._last_step = step
        values = _kept(loss), _kept(timestep), {name: _kept(n) for name, n in numbers.items()}
        self._background.put(lambda: self._write(step, now, *values), _ENTRY)

    def pictures(self, images: Any) -> None:
        """Show samples of the network as it is: the next picture of each noise in the filmstrip.

        They are ``[n, H, W]``, ``[n, 1, H, W]`` or ``[n, 3, H, W]``, floating-point in [-1, 1] or
        uint8. At most 64 are kept, at most 128 pixels a side. Always give the same number, in the
        same order.

        Raises:
            ValueError: if they have another shape.
        """
        shown, step = _pictures(images), self._last_step
        self._background.put(lambda: self._write_pictures(step, shown), shown.nbytes)

    def close(self) -> None:
        """Write what waits, and end the run."""
        self._end(Finished(self._last_step, 1, self._last_step, self._elapsed, True, ""))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None or isinstance(error, KeyboardInterrupt | SystemExit):
            self.close()
        else:
            self._end(Failed(self._last_step, f"{type(error).__name__}: {message_of(error)}"))

    @property
    def _elapsed(self) -> float:
        return time.monotonic() - self._begun

    def _end(self, event: TrainEvent) -> None:
        if self._ended:
            return
        self._ended = True
        self._background.put(lambda: self._finish(event))
        self._background.close()
        self._background.close_file(self._log)
        self._folder.__exit__(None, None, None)

    # In the thread.

    def _write(
        self, step: int, wall_s: float, loss: Any, timestep: Any, numbers: dict[str, Any]
    ) -> None:
        losses = np.atleast_1d(to_array(loss))
        bands = self._bands(losses, timestep)
        values = {name: _mean(number) for name, number in numbers.items()}
        finite = {name: number for name, number in values.items() if math.isfinite(number)}
        places = {name: finite.pop(name, None) for name in ("lr", "grad_norm", "memory_mb")}
        mean = _mean(loss)
        event = Batch(
            step, 1, step, wall_s, mean,
            places["lr"] or 0.0, finite.pop("images_per_s", 0.0), None, places["grad_norm"], bands,
            places["memory_mb"], finite or None,
        )  # fmt: skip
        self._together.append(event)
        if len(self._together) >= 1 << self._lines // _LINES:
            self._flush()

    def _bands(self, losses: NDArray[np.float32], timestep: Any) -> dict[str, float] | None:
        """Return the mean loss of each phase of which there are timesteps."""
        if timestep is None:
            return None
        timesteps = np.atleast_1d(to_array(timestep)).ravel()
        if len(timesteps) != len(losses.ravel()):
            return None  # one loss of samples at several timesteps
        share = np.clip(timesteps / self._timesteps, 0.0, 1.0)
        found: dict[str, list[float]] = {}
        for loss, t in zip(losses.ravel().tolist(), share.tolist(), strict=True):
            if math.isfinite(loss):
                found.setdefault(phase_at(round(t * NUM_TIMESTEPS)).label, []).append(loss)
        return {label: sum(values) / len(values) for label, values in found.items()} or None

    def _flush(self) -> None:
        """Write the steps that wait as one line: their mean loss."""
        together, self._together = self._together, []
        if not together:
            return
        last, rate = together[-1], together[-1].images_per_s
        loss = sum(event.loss for event in together) / len(together)
        if not rate and self._flushed_at is not None:
            seconds = max(1e-9, last.wall_s - self._flushed_at)
            rate = self._batch_size * len(together) / seconds
        self._flushed_at = last.wall_s
        self._append(replace(last, loss=loss, images_per_s=rate))
        self._lines += 1

    def _append(self, event: TrainEvent) -> None:
        if self._log is None:
            begin = max(0, event.step - 1)
            cut_log(self.path / LOG, begin)
            self._log = (self.path / LOG).open("a", encoding="utf-8")
            self._log.write(event_line(replace(self._started, step=begin)))
        self._log.write(event_line(event))
        self._log.flush()

    def _write_pictures(self, step: int, shown: NDArray[np.uint8]) -> None:
        self._flush()
        path = write_preview(self.path, step, shown)
        self._append(Preview(step, 1, step, path, "", 0, 0.0))

    def _finish(self, event: TrainEvent) -> None:
        self._flush()
        self._append(event)


def _open(path: Path, config: TrainConfig, environment: dict[str, Any]) -> RunFolder:
    """Return the folder of a new run, or of one that a loop wrote before.

    Raises:
        DiffvizError: if it can't be had.
    """
    if not (path / CONFIG).exists():
        return RunFolder.create(path, config, environment)
    if not is_foreign(read_config(path)[1]):
        raise DiffvizError(f"{path} holds a run of diffviz train: name another folder")
    run = RunFolder.open(path)
    run.write_config(config, environment)
    return run


def _kept(value: Any) -> Any:
    """Return a number or a copy of a small array that nobody changes; a tensor of a GPU stays."""
    if value is None or isinstance(value, int | float):
        return value
    device = getattr(getattr(value, "device", None), "type", "cpu")
    if device != "cpu":
        return value.detach().clone()  # fetched in the thread: here that would wait for the GPU
    return to_array(value)


def _mean(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else float(to_array(value).mean())


def _pictures(images: Any) -> NDArray[np.uint8]:
    shape = tuple(np.shape(images))
    good = len(shape) == 3 or (len(shape) == 4 and shape[1] in (1, 3))
    if not good or 0 in shape:
        raise ValueError(f"pictures have to be [n, H, W] or [n, C, H, W], not {list(shape)}")
    images = images[:MAX_PICTURES]
    if str(getattr(images, "dtype", "")).endswith("uint8"):
        levels = to_array(images).astype(np.uint8)
        levels = np.moveaxis(levels, 1, -1) if levels.ndim == 4 else levels
        levels = levels[..., 0] if levels.shape[3:] == (1,) else levels
    else:
        levels = to_pictures(np.nan_to_num(to_array(images), posinf=1.0, neginf=-1.0))
    height, width = levels.shape[1:3]
    shrink = min(1.0, MAX_PICTURE_SIDE / max(height, width))
    return resized(levels, max(1, int(height * shrink)), max(1, int(width * shrink)))
