"""What is compared with a training, and numbers that are of now."""

import pytest

from diffviz.core.runs.run_state import run_state
from diffviz.tui.screens.training.run_source import RunSource

from .conftest import screen


def dataset_of(run, name: str) -> None:
    """Make the log say that the run trains on ``name``."""
    log = run.path / "log.jsonl"
    log.write_text(log.read_text().replace('"dataset": "mnist"', f'"dataset": "{name}"'))


def test_published_losses_are_shown_only_beside_mnist(drive, run):
    dataset_of(run, "synthetic")

    async def act(d):
        assert not d.screen.published
        assert "published" not in d.text()
        await d.press("o")
        assert not d.screen.published
        assert "nothing to compare: the published losses of reference are for MNIST" in d.text()

    drive(act, lambda: screen(run), size=(120, 40))


def test_earlier_runs_are_compared_without_the_published_losses(drive, run, make_run):
    dataset_of(run, "synthetic")
    earlier = RunSource(make_run("before").path)

    async def act(d):
        await d.press("o")
        assert (d.screen.published, d.screen.compared) == (False, (earlier,))
        await d.press("o")
        assert (d.screen.published, d.screen.compared) == (False, ())

    drive(act, lambda: screen(run, earlier=[earlier]))


def test_a_run_is_compared_once(drive, run, make_run):
    before = make_run("before")
    before.start()
    before.batch(1, 0.5)

    async def act(d):
        for _ in range(3):
            paths = [source.path for source in d.screen.compared]
            assert len(paths) == len(set(paths)) == 1
            await d.press("o")

    others, earlier = [RunSource(before.path)], [RunSource(before.path)]
    drive(act, lambda: screen(run, others=others, earlier=earlier), size=(120, 40))


def numbers(d) -> str:
    return " ".join(" ".join(d.lines()).split())


def test_a_training_that_ended_has_no_time_left(drive, run):
    run.event("finished", step=6, epoch=2, batch=2, complete=False, weights="")
    run.release()

    async def act(d):
        assert "time left –" in numbers(d)
        assert "images/s –" in numbers(d)

    drive(act, lambda: screen(run))


def test_halving_asks_and_shows_the_new_rate_before_the_next_batch(drive, run):
    async def act(d):
        rate = d.screen.source.history.newest("lr")
        assert f"learning rate {rate:.3g} " in numbers(d)
        await d.press("h")
        assert f"from {rate:.3g} to {rate / 2:.3g}" in d.text()
        await d.press("escape")
        assert not (run.path / "commands.jsonl").exists()
        run.event(
            "command", step=6, epoch=2, batch=2, command="halve_lr", done=True, message="halved"
        )
        await d.poll()
        assert f"learning rate {rate / 2:.3g} " in numbers(d)
        run.batch(7, 0.1)
        await d.poll()
        assert d.screen.source.history.learning_rate == d.screen.source.history.newest("lr")

    drive(act, lambda: screen(run))


@pytest.mark.parametrize("kind", ["preview", "checkpoint", "score"])
def test_a_training_between_two_epochs_trains(run, kind):
    run.epoch(2, 0.4)
    run.event(kind, step=8, epoch=2, batch=4, path="x")
    source = RunSource(run.path)
    source.read()
    source.close()
    assert source.state.value == "running"

    assert run_state(run.path).value == "running"
