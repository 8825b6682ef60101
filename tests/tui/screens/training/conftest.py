"""Fixtures of the training screens' tests: a run folder, and the app driven without a clock."""

import asyncio

import numpy as np
import pytest

from diffviz.tui.screens.training.run_source import RunSource
from diffviz.tui.screens.training.training_screen import TrainScreen
from diffviz.tui.training_app import TrainingApp

from ...app_tester import AppTester
from .fake_run import PER_EPOCH, FakeRun


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


class TrainingTester(AppTester):
    """Tests the training screen or the list of runs."""

    async def poll(self) -> None:
        """Let the screen read the run folder now."""
        self.screen.poll()
        await self.until_read()

    async def until_read(self) -> None:
        """Wait until a list of runs has read its folder, which it does in a thread."""
        while getattr(self.screen, "reading", False):
            await self.pilot.pause()
        await self.pilot.pause()


@pytest.fixture
def drive(monkeypatch):
    """Run ``act(tester)`` in an app that begins with the screen that ``first`` makes.

    No timer looks at the folder: a test says when.
    """
    for module in ("training_screen", "run_list"):
        monkeypatch.setattr(f"diffviz.tui.screens.training.{module}.POLL_S", 1e6)

    def run(act, first, *, size=(80, 24), read=True):
        async def main():
            app = TrainingApp(first)
            async with app.run_test(size=size) as pilot:
                await pilot.pause()
                tester = TrainingTester(app, pilot)
                if read:
                    await tester.until_read()
                await act(tester)
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
