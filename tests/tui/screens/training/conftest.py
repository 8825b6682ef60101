"""A run folder written by hand, and ways to drive the training screens without a clock."""

import asyncio
import fcntl
import io
import json
from pathlib import Path

import numpy as np
import pytest

from diffviz.core.recipes import TrainConfig
from diffviz.tui.screens.training.run_source import RunSource
from diffviz.tui.screens.training.training_screen import TrainScreen
from diffviz.tui.training_app import TrainingApp

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


@pytest.fixture
def make_run(tmp_path):
    """Return a function that makes a run folder."""
    made: list[FakeRun] = []

    def make(name: str = "digits-001", **values) -> FakeRun:
        made.append(FakeRun(tmp_path / "runs" / name, **values))
        return made[-1]

    yield make
    for run in made:
        run.release()


class Driver:
    """What a test needs of the app."""

    def __init__(self, app: TrainingApp, pilot) -> None:
        self.app, self.pilot = app, pilot

    @property
    def screen(self):
        return self.app.screen

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def poll(self) -> None:
        """Let the screen look at the run folder now."""
        self.app.screen.poll()  # type: ignore[attr-defined]
        await self.pilot.pause()

    async def resize(self, width: int, height: int) -> None:
        await self.pilot.resize_terminal(width, height)
        await self.pilot.pause()

    def lines(self) -> list[str]:
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    def text(self) -> str:
        return "\n".join(self.lines())


@pytest.fixture
def drive(monkeypatch):
    """Run ``act(driver)`` in an app that begins with the screen that ``first`` makes.

    No timer looks at the folder: a test says when.
    """
    for module in ("training_screen", "run_list"):
        monkeypatch.setattr(f"diffviz.tui.screens.training.{module}.POLL_S", 1e6)

    def run(act, first, *, size=(80, 24)):
        async def main():
            app = TrainingApp(first)
            async with app.run_test(size=size) as pilot:
                await pilot.pause()
                await act(Driver(app, pilot))
            return app

        return asyncio.run(main())

    return run


def digits(level: int) -> np.ndarray:
    return np.full((2, 28, 28), level, np.uint8)


@pytest.fixture
def run(make_run):
    run = make_run(architecture="reference-unet")
    run.hold()
    run.start()
    for step in range(1, PER_EPOCH + 3):
        bands = {"static": 0.01, "blob": 0.02, "lock-in": 0.03, "refinement": 0.04}
        run.batch(step, 1 / step, grad_norm=0.25, bands=bands, memory_mb=612.0)
        if step == PER_EPOCH:
            run.epoch(1, 0.5208)
            run.event("checkpoint", step=step, epoch=1, batch=PER_EPOCH, path="x")
    run.preview(2, digits(40))
    run.preview(6, digits(250))
    return run


def screen(run, **values) -> TrainScreen:
    return TrainScreen(RunSource(run.path), **values)
