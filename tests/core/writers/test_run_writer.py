"""Runs of other programs' training loops: written without waiting, read as ours are."""

import json
import math
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

from diffviz.core.errors import DiffvizError
from diffviz.core.recipes import TrainConfig
from diffviz.core.records import Batch, Failed, Finished, Preview, Started
from diffviz.core.runs import LOG, RunFolder, read_log
from diffviz.core.runs.preview_files import read_preview
from diffviz.core.runs.run_state import RunState, run_state
from diffviz.core.writers import RunWriter, run_writer


def events(path) -> list:
    return list(read_log(path / LOG))


def test_a_loop_is_logged_like_a_training(tmp_path):
    path = tmp_path / "mine"
    with RunWriter(path, total_steps=3, batch_size=4, model="tiny", lr=1e-3) as run:
        assert run_state(path) in (RunState.STARTING, RunState.RUNNING)
        for step in (1, 2, 3):
            run.log(step, 1.0 / step, timestep=250, lr=1e-3, accuracy=0.5)
    started, *batches, finished = events(path)
    assert isinstance(started, Started)
    assert (started.architecture, started.batches_per_epoch, started.batch_size) == ("tiny", 3, 4)
    assert [b.loss for b in batches] == [1.0, 0.5, pytest.approx(1 / 3)]
    assert batches[0].bands == {"lock-in": 1.0}
    assert batches[0].lr == 1e-3
    assert batches[0].numbers == {"accuracy": 0.5}
    assert isinstance(finished, Finished)
    assert run_state(path) is RunState.FINISHED


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a file of Linux that is always full")
def test_a_full_disk_never_stops_the_loop(tmp_path):
    run = RunWriter(tmp_path / "mine")
    run._log = open("/dev/full", "a")  # noqa: SIM115
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for step in range(1, 50):
            run.log(step, 1.0)
        run.close()
    assert [str(one.message) for one in told] == [
        f"diffviz: {tmp_path / 'mine'} is no longer written: No space left on device"
    ]


def test_losses_of_samples_are_split_by_their_timesteps(tmp_path):
    with RunWriter(tmp_path / "a", timesteps=1.0) as run:
        run.log(1, np.array([1.0, 3.0, 5.0]), timestep=np.array([0.05, 0.05, 0.9]))
        run.log(2, 2.0, timestep=np.array([0.05, 0.9]))  # can't be split
    _, first, second, _ = events(tmp_path / "a")
    assert first.loss == 3.0
    assert first.bands == {"refinement": 2.0, "static": 5.0}
    assert second.bands is None


def test_a_loss_that_is_no_number_is_a_gap(tmp_path):
    with RunWriter(tmp_path / "a") as run:
        run.log(1, math.nan, accuracy=math.inf)
    batch = events(tmp_path / "a")[1]
    assert isinstance(batch, Batch)
    assert math.isnan(batch.loss)
    for line in (tmp_path / "a" / LOG).read_text().splitlines():
        json.loads(line, parse_constant=pytest.fail)  # NaN is no JSON


@pytest.mark.parametrize("shape", [(4, 28, 28), (4, 1, 16, 16), (70, 3, 200, 100)])
def test_pictures_become_previews(tmp_path, shape):
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    with RunWriter(tmp_path / "a") as run:
        run.log(7, 1.0)
        run.pictures(x)
        with pytest.raises(ValueError, match=r"\[n, C, H, W\]"):
            run.pictures(x[0, 0])
    preview = next(e for e in events(tmp_path / "a") if isinstance(e, Preview))
    assert preview.step == 7
    read = read_preview(tmp_path / "a", preview.path)
    assert read is not None
    assert len(read) == min(64, shape[0])
    assert max(read.shape[1:3]) <= 128
    assert read.ndim == (4 if shape[1:2] == (3,) else 3)


def test_uint8_pictures_stay_as_they_are(tmp_path):
    levels = np.random.default_rng(0).integers(0, 256, (2, 3, 8, 8)).astype(np.uint8)
    with RunWriter(tmp_path / "a") as run:
        run.pictures(levels)
    preview = next(e for e in events(tmp_path / "a") if isinstance(e, Preview))
    read = read_preview(tmp_path / "a", preview.path)
    assert read is not None
    assert np.array_equal(read, np.moveaxis(levels, 1, -1))


def test_an_exception_of_the_loop_is_the_runs_end(tmp_path):
    def loop() -> None:
        with RunWriter(tmp_path / "a") as run:
            run.log(1, 1.0)
            run.log(2, 1 / 0)

    with pytest.raises(ZeroDivisionError):
        loop()
    failed = events(tmp_path / "a")[-1]
    assert isinstance(failed, Failed)
    assert failed.message == "ZeroDivisionError: division by zero"
    assert run_state(tmp_path / "a") is RunState.FAILED


def test_a_loop_goes_on_where_it_was(tmp_path):
    with RunWriter(tmp_path / "a") as run:
        for step in range(1, 6):
            run.log(step, 1.0)
    with RunWriter(tmp_path / "a") as run:
        run.log(4, 0.5)
    steps = [e.step for e in events(tmp_path / "a") if isinstance(e, Batch)]
    assert steps == [1, 2, 3, 4]


def test_runs_of_diffviz_are_left_alone(tmp_path):
    with RunFolder.create(tmp_path / "ours", TrainConfig()):
        pass
    with pytest.raises(DiffvizError, match="name another folder"):
        RunWriter(tmp_path / "ours")
    with (
        RunWriter(tmp_path / "a"),
        pytest.raises(DiffvizError, match="another process"),
    ):
        RunWriter(tmp_path / "a")


def test_a_long_log_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(run_writer, "_LINES", 10)
    with RunWriter(tmp_path / "a") as run:
        for step in range(1, 101):
            run.log(step, float(step % 2))
    batches = [e for e in events(tmp_path / "a") if isinstance(e, Batch)]
    assert [b.step for b in batches[:12]] == [*range(1, 11), 12, 14]
    assert batches[10].loss == 0.5  # the mean of both
    assert len(batches) < 45
    assert batches[-1].step == 100


def test_the_loop_does_not_wait(tmp_path):
    """A call takes less than 1% of a step of 10 ms, at the median."""
    took = []
    with RunWriter(tmp_path / "a") as run:
        for step in range(1, 500):
            begun = time.perf_counter()
            run.log(step, 0.5, timestep=10, lr=1e-3)
            took.append(time.perf_counter() - begun)
    assert sorted(took)[len(took) // 2] < 1e-4
