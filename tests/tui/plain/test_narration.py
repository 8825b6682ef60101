"""``--narrate``: few plain sentences that say what happened."""

import io

import numpy as np
import pytest

from diffviz.core.records import EpochDone, Finished, Started
from diffviz.core.sampling.trajectory import Trajectory
from diffviz.tui.plain.narrated import narrate_run, narrate_training
from diffviz.tui.plain.narration import MAX_LINES, RunNarrator
from diffviz.tui.plain.run import run_plain

from ..screens.training.fake_run import PER_EPOCH, FakeRun

STARTED = Started("run", "tiny", 500, "synthetic", 26, "cpu", 2, 3, 8, 0)


class Believer:
    """A classifier that sees a given digit at each call, or none where that is None."""

    def __init__(self, digits) -> None:
        self._digits = iter(digits)

    def __call__(self) -> "Believer":
        return self

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        belief = np.full((len(images), 10), 0.05, np.float32)
        if (digit := next(self._digits)) is not None:
            belief[:, digit] = 0.9
        return belief


@pytest.fixture
def told(make_options, make_sampler):
    def tell(digits, **options) -> list[str]:
        out = io.StringIO()
        settings = make_options(**({"steps": len(digits) - 1} | options))
        assert run_plain(settings, out, make_sampler(), Believer(digits), narrate=True) == 0
        text = out.getvalue()
        assert "\x1b" not in text
        assert "\r" not in text
        assert text.isascii()
        return text.splitlines()

    return tell


def test_a_run_is_told_by_its_phases_its_belief_and_its_end(told):
    lines = told([None] * 400 + [4] * 120 + [9] * 481)
    assert lines[0] == "Seed 7, weights toy raw, ddpm 1000 steps."
    starts = [line.split(".")[0] for line in lines[1:-2]]
    assert starts == [
        "t 1000: static",
        "t 600: blob",
        "t 581: looks like a 4, 90% sure",
        "t 461: looks like a 9, 90% sure",
        "t 400: lock-in",
        "t 100: refinement",
    ]
    assert lines[-2] == "Decided at t 480: from there on it looked like a 9."
    assert lines[-1].startswith("Done in ")
    assert lines[-1].endswith(": a 9, 90% sure.")


def test_what_lasts_for_a_moment_only_is_not_told(told):
    lines = told([4, 9] * 300 + [8] * 401)
    assert [line for line in lines if "looks like" in line] == ["t 381: looks like an 8, 90% sure."]


@pytest.mark.parametrize("steps", [1, 2, 5, 50, 1000])
def test_a_run_takes_few_lines_however_often_its_belief_changes(told, steps):
    lasting = max(1, steps // 50)
    digits = [(place // lasting) % 10 for place in range(steps + 1)]
    assert 4 <= len(told(digits)) <= MAX_LINES


def test_a_run_without_a_classifier_is_told_by_its_phases(make_sampler):
    narrator, trajectory = RunNarrator("seed 7"), Trajectory()
    lines = []
    for step in make_sampler().sample([7], 20):
        trajectory.append(step)
        lines += narrator.step(step, None)
    assert [line.split(".")[0].split(": ")[1] for line in lines] == [
        "static", "blob", "lock-in", "refinement",
    ]  # fmt: skip
    assert narrator.end(2.0) == ["Done in 2.0 s."]


@pytest.mark.parametrize("epochs", [1, 2, 15, 16, 60, 1000])
def test_a_training_takes_few_lines_and_the_last_epoch_is_one(epochs):
    said: list[str] = []
    started = Started("run", "tiny", 500, "synthetic", 26, "cpu", epochs, 3, 8, 0)
    done = [EpochDone(3 * e, e, 3, 1.0, 1 / e, 1e-3, 100.0) for e in range(1, epochs + 1)]
    end = Finished(3 * epochs, epochs, 3, 12.0, True, "w")
    narrate_training(iter([started, *done, end]), said.append)
    assert len(said) <= MAX_LINES
    assert said[0].startswith("Training tiny with 500 parameters on 26 images of synthetic")
    assert said[1] == f"Epoch 1 of {epochs}: loss 1.0000."
    assert said[-2].startswith(f"Epoch {epochs} of {epochs}: loss {1 / epochs:.4f}")
    assert said[-1] == "Done in 12.0 s of training."


def test_a_resumed_training_says_where_it_goes_on():
    said: list[str] = []
    again = Started("run", "tiny", 500, "synthetic", 26, "cpu", 2, 3, 8, 3)
    narrate_training(iter([again]), said.append)
    assert said == ["Goes on after batch 3."]


def test_a_log_is_told_while_its_training_goes_on(tmp_path):
    run = FakeRun(tmp_path / "digits", epochs=2)
    run.hold()
    run.start()
    said: list[str] = []
    polls = []

    def pause(seconds):
        polls.append(seconds)
        if len(polls) == 1:
            assert len(said) == 1
            run.epoch(1, 0.5)
            run.write('{"event": "epoch", "ep')  # half a line
        else:
            run.write("\n")
            run.epoch(2, 0.25)
            total = 2 * PER_EPOCH
            run.event(
                "finished", step=total, epoch=2, batch=4, complete=True, weights="w", wall_s=6
            )
            run.release()

    narrate_run(run.path, said.append, pause)
    assert said[1:] == [
        "Epoch 1 of 2: loss 0.5000.",
        "Epoch 2 of 2: loss 0.2500, -50% since the first.",
        "Done in 6.0 s of training.",
    ]


def test_a_training_that_stopped_says_how_it_goes_on(tmp_path):
    run = FakeRun(tmp_path / "digits", epochs=2)
    run.start()
    said: list[str] = []
    narrate_run(run.path, said.append)
    assert said[-1] == f"It doesn't train now. diffviz train --resume {run.path} goes on."
