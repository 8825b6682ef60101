"""The training screen where something ends: the run, well or badly, or the watching."""

from types import SimpleNamespace
from typing import Any

import pytest

from diffviz.core.runs.run_state import RunState
from diffviz.tui.screens.training.run_source import RunSource
from diffviz.tui.screens.training.training_screen import TrainScreen

from .conftest import screen


@pytest.mark.parametrize("key", ["k", "h", "a", "S"])
def test_a_run_that_is_over_takes_no_commands(drive, run, key):
    async def act(d):
        run.event("finished", step=6, epoch=2, batch=2, complete=False, weights="x", wall_s=1)
        run.release()
        await d.poll()
        assert "● stopped" in d.text()
        assert f"--resume {run.path}"[:40] in d.text()
        await d.press(key)
        assert "can't receive commands" in d.text()
        assert len(d.screen.app.screen_stack) == 1, "and nothing is asked for nothing"
        assert run.commands() == []

    drive(act, lambda: screen(run), size=(160, 40))


@pytest.mark.parametrize("size", [(80, 24), (160, 40)])
def test_a_failed_run_shows_its_error(drive, run, size):
    why = "the loss became nan in epoch 2, batch 3"

    async def act(d):
        run.event("failed", step=6, message=f"{why}: the last checkpoint is whole; {'x ' * 20}")
        run.release()
        await d.poll()
        assert d.screen.source.state is RunState.FAILED
        assert "● failed" in d.lines()[0]
        assert why in d.text()
        assert ("is whole" in d.text()) == (size[0] > 80)

    drive(act, lambda: screen(run), size=size)


@pytest.mark.parametrize("size", [(80, 24), (230, 60)])
def test_a_dead_run_shows_how_to_resume(drive, run, size):
    async def act(d):
        run.release()
        await d.poll()
        assert d.screen.source.state is RunState.DEAD
        assert "● died" in d.lines()[0]
        assert "diffviz train --resume " in d.text()

    drive(act, lambda: screen(run), size=size)


def test_leaving_a_watched_run_asks_nothing(drive, run):
    async def act(d):
        await d.press("q")

    assert drive(act, lambda: screen(run)).return_code == 0
    assert run.commands() == []


def test_leaving_a_training_asks_whether_it_goes_on(drive, run):
    training = SimpleNamespace(ended=False, pid=0)

    async def act(d):
        await d.press("q")
        assert "Leave it running?" in d.text()
        await d.press("escape")
        assert "does the training" not in d.text()
        await d.press("q", "S")
        assert run.commands() == [{"command": "stop"}]
        assert d.app.return_code is None  # it still saves
        training.ended = True
        await d.poll()

    assert drive(act, lambda: screen(run, begun=training)).return_code == 0


def test_leaving_a_training_that_is_stopping_asks_nothing_and_waits_for_its_end(drive, run):
    training = SimpleNamespace(ended=False, pid=0)

    async def act(d):
        await d.press("S", "enter")
        await d.press("q")
        assert "Leave it running?" not in d.text()
        assert d.app.return_code is None  # it still saves
        training.ended = True
        await d.poll()

    assert drive(act, lambda: screen(run, begun=training)).return_code == 0
    assert run.commands() == [{"command": "stop"}]


def test_leaving_a_training_that_is_over_waits_for_its_process(drive, run):
    training = SimpleNamespace(ended=False, pid=0)

    async def act(d):
        run.event("finished", step=6, epoch=2, batch=2, complete=True, weights="x", wall_s=1)
        run.release()
        await d.poll()
        await d.press("q")
        assert "Leave it running?" not in d.text()
        assert d.app.return_code is None
        training.ended = True
        await d.poll()

    assert drive(act, lambda: screen(run, begun=training)).return_code == 0


def test_what_the_training_says_before_it_begins_is_shown(drive, make_run):
    said = ["downloading MNIST (11 MB) to /data"]
    training: Any = SimpleNamespace(ended=False, pid=0, notice=lambda: said[-1])
    source = RunSource(make_run().path, coming=lambda: not training.ended)

    async def act(d):
        await d.poll()
        assert said[0] in d.text()
        said.append("another process is downloading MNIST")
        await d.poll()
        assert said[1] in d.text()
        training.ended = True
        await d.poll()

    drive(act, lambda: TrainScreen(source, begun=training))


def test_a_training_that_fails_to_start_ends_the_screen(drive, make_run):
    run = make_run()
    training = SimpleNamespace(ended=True, pid=0, notice=lambda: "")

    async def act(d):
        await d.poll()

    app = drive(act, lambda: screen(run, begun=training))
    assert app.return_code == 1
