"""A run folder written by hand, as a trainer would write it."""

import fcntl
import io
import json
from pathlib import Path

import numpy as np

from diffviz.core.recipes import TrainConfig

PER_EPOCH = 4


class FakeRun:
    """Writes what a trainer writes; ``PER_EPOCH`` batches an epoch."""

    def __init__(self, path: Path, epochs: int = 3, **config) -> None:
        self.path = path
        self.epochs = epochs
        path.mkdir(parents=True)
        values = TrainConfig(epochs=epochs, **config).to_json()
        (path / "config.json").write_text(
            json.dumps({"config": values, "environment": {"threads": 1}})
        )
        (path / "lock").touch()
        self._lock = None
        self.architecture = values["architecture"]

    def hold(self) -> None:
        """Be the process that trains."""
        self._lock = (self.path / "lock").open("a")
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def release(self) -> None:
        """Be gone."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def write(self, text: str) -> None:
        with (self.path / "log.jsonl").open("a") as log:
            log.write(text)

    def event(self, kind: str, **values) -> None:
        self.write(json.dumps({"event": kind, **values}) + "\n")

    def start(self, step: int = 0) -> None:
        self.event(
            "started",
            run=str(self.path),
            architecture=self.architecture,
            parameters=1234,
            dataset="mnist",
            images=60000,
            device="cpu",
            epochs=self.epochs,
            batches_per_epoch=PER_EPOCH,
            batch_size=128,
            step=step,
        )

    def batch(self, step: int, loss: float, **values) -> None:
        self.event(
            "batch",
            step=step,
            epoch=(step - 1) // PER_EPOCH + 1,
            batch=(step - 1) % PER_EPOCH + 1,
            wall_s=0.5 * step,
            loss=loss,
            lr=1e-3,
            images_per_s=256.0,
            **values,
        )

    def epoch(self, epoch: int, loss: float) -> None:
        step = epoch * PER_EPOCH
        self.event("epoch", step=step, epoch=epoch, loss=loss, lr=1e-3, images_per_s=256.0)

    def preview(self, step: int, pictures: np.ndarray) -> None:
        name = f"previews/{step:08d}.npy"
        (self.path / "previews").mkdir(exist_ok=True)
        buffer = io.BytesIO()
        np.save(buffer, pictures)
        (self.path / name).write_bytes(buffer.getvalue())
        self.event("preview", step=step, epoch=1, batch=1, path=name)

    def commands(self) -> list[dict]:
        """Return what was sent to the trainer."""
        file = self.path / "commands.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
