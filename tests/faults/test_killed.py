"""``kill -9`` and SIGTERM at random moments of the real commands."""

import json
import random
import signal
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from diffviz.core.models.weight_files import read_tensors
from diffviz.core.records import Batch, EpochDone
from diffviz.core.runs import read_log

pytestmark = pytest.mark.needs_torch

TRAIN = ("train", "--dataset", "synthetic", "--recipe", "reference", "--epochs", "2")
TRAIN += ("--batch-size", "96", "--threads", "1", "--device", "cpu")


def batches(run: Path) -> int:
    log = run / "log.jsonl"
    return log.read_bytes().count(b'"batch"') if log.exists() else 0


def whole(run: Path) -> None:
    """Check that every file of a run can be read, whatever happened."""
    json.loads((run / "config.json").read_text())
    for path in run.rglob("*.safetensors"):
        read_tensors(path)
    if not (run / "log.jsonl").exists():
        return  # killed before its first line
    events = list(read_log(run / "log.jsonl"))
    assert all(a.step <= b.step for a, b in pairwise(events))


def result(run: Path) -> tuple[dict, list]:
    tensors = read_tensors(run / "weights.safetensors").tensors
    losses = [e.loss for e in read_log(run / "log.jsonl") if isinstance(e, Batch | EpochDone)]
    return {name: tensor.numpy().tobytes() for name, tensor in tensors.items()}, losses


def test_training_killed_repeatedly_ends_with_the_same_bits(start, tmp_path, tell):
    """However often, the end is that of a run nobody disturbed, to the bit."""
    undisturbed = start(*TRAIN, "--out", tmp_path / "whole")
    assert undisturbed.end() == 0
    expected = result(tmp_path / "whole")

    chance, run, kills = random.Random(8), tmp_path / "run", 0
    trainer = start(*TRAIN, "--out", run)
    for number in [signal.SIGKILL, signal.SIGTERM] * 6:
        # from a moment after a few more batches; writing a checkpoint comes at each epoch's end
        target = batches(run) + chance.randrange(1, 9)
        deadline = time.monotonic() + chance.uniform(4, 12)
        while batches(run) < target and time.monotonic() < deadline:
            trainer.read(chance.uniform(0, 0.2))
        time_left = trainer.process.poll() is None
        status = trainer.end(number if time_left else None)
        kills += time_left
        assert status in (-9, 143, 0, -15), trainer.text
        if (run / "config.json").exists():
            whole(run)
            trainer = start("train", "--resume", run)
        else:
            trainer = start(*TRAIN, "--out", run)
    assert trainer.end() == 0
    assert result(run) == expected
    assert not list(run.rglob(".*.tmp"))
    tell(f"train | kill -9 and SIGTERM at random moments, resumed | {kills} | same bits")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_killed_sampling_leaves_whole_files(start, tmp_path, number, tell):
    output, chance = tmp_path / "digits.npz", random.Random(int(number))
    before = b"what was there"
    output.write_bytes(before)
    command = ("sample", "-n", "64", "--sampler", "ddpm", "--steps", "8", "-o", output)
    untouched = 0
    for _ in range(6):
        process = start(*command)
        process.read(chance.uniform(0.5, 9))
        process.end(number)
        if output.read_bytes() == before:
            untouched += 1
        else:
            with np.load(output, allow_pickle=False) as file:
                assert file["images"].shape == (64, 28, 28)
            output.write_bytes(before)
        for leftover in tmp_path.glob(".*.tmp"):
            leftover.unlink()
    tell(f"sample | {number.name} at random moments | 6 | old file {untouched}, new file whole "
         f"{6 - untouched}")  # fmt: skip


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_killed_evaluation_resumes_to_the_same_result(start, tmp_path, larger_mnist, number, tell):
    """Finished batches are kept, and the end is that of an undisturbed evaluation."""
    chance, output = random.Random(int(number)), tmp_path / "result.json"
    command = ("eval", "-n", "100", "--sampler", "ddim", "--steps", "4", "--data-dir", larger_mnist)
    command += ("--weights", "reference", "--json", output)
    environment = {"XDG_CACHE_HOME": str(tmp_path / "one")}
    for _ in range(5):
        process = start(*command, env=environment)
        process.read(chance.uniform(1, 10))
        process.end(number)
        if output.exists():
            json.loads(output.read_text())
    assert start(*command, env=environment).end() == 0
    disturbed = json.loads(output.read_text())
    assert start(*command, env={"XDG_CACHE_HOME": str(tmp_path / "two")}).end() == 0
    undisturbed = json.loads(output.read_text())
    for report in (disturbed, undisturbed):
        report["cost"]["seconds"] = 0
    assert disturbed == undisturbed
    tell(f"eval | {number.name} at random moments, begun again | 5 | same result")


@pytest.mark.parametrize("ending", ["cast", "gif"])
def test_killed_recording_leaves_whole_files(start, tmp_path, ending, tell):
    chance, output = random.Random(3), tmp_path / f"film.{ending}"
    command = ("record", output, "--sampler", "ddim", "--steps", "30", "--size", "60x20")
    for number in (signal.SIGKILL, signal.SIGTERM) * 3:
        process = start(*command)
        process.read(chance.uniform(0.5, 6))
        process.end(number)
        if output.suffix == ".gif" and output.exists():
            assert output.read_bytes()[-1:] == b";"  # a GIF's trailer
            output.unlink()
    assert start(*command).end() == 0
    tell(f"record .{ending} | kill -9 and SIGTERM at random moments | 6 | whole or absent")
