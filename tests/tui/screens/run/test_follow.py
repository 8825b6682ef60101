"""``diffviz run --follow``: newer weights of a training, and its losses as they come."""

import io
from types import SimpleNamespace

import pytest

from diffviz.core.errors import DiffvizError
from diffviz.tui.keys import State
from diffviz.tui.plain.run import run_plain
from diffviz.tui.screens.run import follow
from diffviz.tui.screens.run.run_screen import RunScreen
from diffviz.tui.screens.training.loss_summary import summarise
from diffviz.tui.screens.training.run_source import RunSource
from diffviz.tui.widgets.plot import Plot

from ...fakes import FakeSampler
from ..training.fake_run import FakeRun


class Weights:
    """Opens samplers that say of how many batches their weights are; an opening is noted."""

    def __init__(self, run: FakeRun) -> None:
        self.file = run.path / "checkpoint.safetensors"
        self.opened: list[int] = []
        self.started: list[list[int]] = []

    def save(self, step: int) -> None:
        new = self.file.with_suffix(".new")
        new.write_text(f"{step}")
        new.replace(self.file)

    def __call__(self, weights: str) -> FakeSampler:
        if not self.file.exists():
            raise DiffvizError(f"{weights} holds no weights yet")
        sampler = FakeSampler()
        step = int(self.file.read_text())
        sampler.weights = SimpleNamespace(
            name="digits", set="ema", architecture="toy-net", metadata={"step": step}
        )
        self.opened.append(step)
        self.started.append(sampler.started)
        return sampler

    @property
    def seeds(self) -> list[int]:
        return [seed for sampler in self.started for seed in sampler]


@pytest.fixture
def run(tmp_path):
    run = FakeRun(tmp_path / "digits")
    run.hold()
    run.start()
    for step in range(1, 7):
        run.batch(step, 1 / step)
    yield run
    run.release()


@pytest.fixture
def weights(run, monkeypatch) -> Weights:
    # a test says when the folder is looked at, and a digit need not stay
    monkeypatch.setattr(follow, "POLL_S", 1e6)
    monkeypatch.setattr(follow, "SHOW_S", 0.0)
    return Weights(run)


async def done(d) -> None:
    await d.until(lambda: d.screen.state is State.DONE)
    await d.pilot.pause()


def poll(screen: RunScreen) -> None:
    screen.poll()


def test_the_same_seed_is_sampled_again_with_newer_weights(drive, run, weights):
    weights.save(6)

    async def act(d):
        poll(d.screen)
        await done(d)
        assert "done: seed 7, batch 6 in 0." in d.text()
        assert "newer weights follow" in d.text()
        assert "seed 7, batch 6   ● done" in d.lines()[0]
        poll(d.screen)
        assert d.screen.state is State.DONE  # nothing is new
        weights.save(10)
        await d.press("left")  # whoever looks back is not disturbed
        poll(d.screen)
        assert weights.seeds == [7]
        await d.press("end")
        poll(d.screen)
        await d.until(lambda: weights.seeds == [7, 7])
        await done(d)
        assert weights.opened == [6, 10]
        assert "done: seed 7, batch 10 in 0." in d.text()
        await d.press("n")
        await d.until(lambda: weights.seeds == [7, 7, 8])
        await done(d)
        run.release()
        poll(d.screen)
        await d.pilot.pause()
        assert "the training ended" in d.text()

    drive(act, sampler=weights, weights=str(run.path), follow=True, size=(200, 50))


def test_losses_of_a_run_in_progress_come_as_they_are_logged(drive, run, weights):
    weights.save(6)

    async def act(d):
        chart = d.screen.query_one("#loss", Plot)
        poll(d.screen)
        assert chart.series[0].y[0] == 1.0
        before = chart.series[0].y[-1]
        assert before == pytest.approx(sum(1 / step for step in range(1, 7)) / 6)
        run.batch(7, 0.001)
        poll(d.screen)
        await done(d)
        assert chart.series[0].y[-1] < before
        assert "epoch 1.75" in d.text()
        assert "running" in d.at("loss")
        weights.save(7)
        poll(d.screen)
        await d.pilot.pause()
        assert d.screen.state is State.DONE  # these weights were only named, not followed
        assert "newer" not in d.text()
        run.release()
        poll(d.screen)
        await d.pilot.pause()
        assert "ended" in d.at("loss")

    drive(act, sampler=weights, weights=str(run.path), size=(120, 40))


def test_without_weights_the_screen_waits_for_the_first_checkpoint(drive, run, weights):
    async def act(d):
        await d.pilot.pause()
        assert d.screen.state is State.LOADING
        assert "sampling begins with the first checkpoint" in d.text()
        assert "waiting for weights" in d.text()
        await d.press("g", "c", "n", "space")
        assert d.app.screen is d.screen
        run.release()
        poll(d.screen)
        assert "no process is training" in d.text()
        assert weights.opened == []
        weights.save(9)
        poll(d.screen)
        await done(d)
        assert weights.seeds == [8]

    drive(act, sampler=weights, weights=str(run.path), follow=True, size=(200, 50))


def test_without_weights_and_without_a_training_the_app_ends(drive, run, weights):
    run.release()

    async def act(d):
        await d.until(lambda: d.app._exit)

    app = drive(act, sampler=weights, weights=str(run.path), follow=True)
    assert app.return_code == 1
    assert "holds no weights yet" in app.return_value


def test_a_long_run_is_summarised_in_few_points(tmp_path):
    run = FakeRun(tmp_path / "long", epochs=1000)
    run.hold()
    run.start()
    for step in range(1, 3001):
        run.batch(step, 3.0 if step < 60 else 0.5)
    source = RunSource(run.path)
    source.read()
    told = summarise(source)
    assert told is not None
    assert len(told.losses) == 240
    assert told.losses[-1] == pytest.approx(0.5)
    assert (told.first, told.last) == (18.8, 750.0)  # means of 75 batches, 4 an epoch
    assert told.note == "0.500  running"
    source.close()
    run.release()


def test_plain_lines_follow_until_the_training_ends(run, weights, make_options, classifier):
    slept = []

    def pause(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 1:
            weights.save(4)
        elif len(slept) == 2:
            weights.save(8)
            run.release()

    out = io.StringIO()
    options = make_options(weights=str(run.path), follow=True)
    assert run_plain(options, out, weights, classifier, pause) == 0
    assert weights.opened == [4, 8]
    lines = out.getvalue().splitlines()
    assert [line for line in lines if line.startswith("trained")] == [
        "trained  4 batches",
        "trained  8 batches",
    ]
    assert sum(line.startswith("done: seed 7") for line in lines) == 2
