"""``diffviz train --resume``: what a run keeps, what may change, and what is refused."""

import json
import shutil
import signal

import numpy as np
import pytest

from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.recipes import TrainConfig
from diffviz.core.records import Batch
from diffviz.core.runs import RunFolder, read_log
from diffviz.core.runs.files import kept_epochs
from diffviz.tui.plain import train as plain_training

from .conftest import SMALL

pytestmark = pytest.mark.needs_torch


@pytest.mark.parametrize(
    ("flag", "value", "own"),
    [("--lr", "0.1", "0.0002"), ("--batch-size", "8", "16"), ("--seed", "3", "0"),
     ("--recipe", "default", "reference"), ("--dataset", "synthetic", "mnist"),
     ("--teacher", "reference", "none"), ("--out", "elsewhere", "run")],
)  # fmt: skip
def test_resume_refuses_what_differs_and_names_both_values(
    train, diffviz, tmp_path, flag, value, own
):
    run = tmp_path / "run"
    assert train(run, "--epochs", 1).status == 0
    before = {p: p.read_bytes() for p in run.rglob("*") if p.is_file()}
    for epochs in (1, 2):
        outcome = diffviz("train", "--resume", run, flag, value, "--epochs", epochs)
        assert all(text in outcome.complaint for text in (flag, value, own))
    assert {p: p.read_bytes() for p in run.rglob("*") if p.is_file()} == before


def test_one_command_line_begins_a_run_and_goes_on_with_it(
    train, diffviz, tmp_path, mnist_dir, monkeypatch
):
    """As a scheduler repeats it: begun, stopped, resumed, finished, and nothing left to do."""
    run = tmp_path / "run"
    show = plain_training.show_progress

    def stopped_once(events):
        def raising():
            for event in events:
                if isinstance(event, Batch) and event.step == 1:
                    signal.raise_signal(signal.SIGTERM)
                yield event

        monkeypatch.setattr(plain_training, "show_progress", show)
        return show(raising())

    monkeypatch.setattr(plain_training, "show_progress", stopped_once)
    assert train(run, "--resume").status == 143
    outcome = train(run, "--resume", "auto")
    assert (outcome.status, outcome.err) == (0, "")
    assert "resuming after batch 1" in outcome.out
    log = (run / "log.jsonl").read_bytes()
    for words in (("--resume",), ("--resume", run)):
        outcome = train(run, *words)
        assert (outcome.status, outcome.err) == (0, "")
        assert f"{run} is finished" in outcome.out
    assert (run / "log.jsonl").read_bytes() == log
    assert [e.step for e in read_log(run / "log.jsonl") if isinstance(e, Batch)] == [1, 2, 3, 4]


def test_automatic_resume_needs_a_folder(diffviz):
    assert "--out" in diffviz("train", "--resume").complaint
    for flag in ("--resume", "--out"):
        outcome = diffviz("train", f"{flag}=")
        assert outcome.status == 2
        assert "names no folder" in outcome.err


def test_epochs_grow_and_that_is_said(train, diffviz, tmp_path):
    run = tmp_path / "run"
    assert train(run, "--epochs", 1).status == 0
    outcome = diffviz("train", "--resume", run, "--epochs", 2)
    assert outcome.status == 0
    assert outcome.err == f"diffviz: {run} had 1 epochs, now it has 2\n"
    outcome = diffviz("train", *SMALL[:4], "--epochs", 1, "--out", run, "--resume")
    assert (outcome.status, outcome.err) == (0, "")
    assert "has trained its 2 epochs" in outcome.out


def test_fewer_epochs_are_refused_while_the_learning_rate_falls(train, diffviz, tmp_path):
    run = tmp_path / "run"
    with RunFolder.create(run, TrainConfig(epochs=15, lr_decay="cosine"), {}):
        pass
    complaint = diffviz("train", "--resume", run, "--epochs", 1).complaint
    assert "--epochs 1 is fewer than the 15" in complaint


def test_data_and_weights_may_move(train, diffviz, tmp_path, weights_file):
    """A run goes on with data and a teacher that are the same in another place."""
    for disk in ("one", "other"):
        (tmp_path / disk).mkdir()
        images, _ = synthetic_digits(32, seed=len(disk))
        np.savez(tmp_path / disk / "digits.npz", images=images)
        shutil.copy(weights_file, tmp_path / disk / "teacher.safetensors")
    with (tmp_path / "other" / "teacher.safetensors").open("ab") as file:
        file.write(b" ")
    run, places = tmp_path / "run", ("--dataset", "--teacher")
    names = ("digits.npz", "teacher.safetensors")

    def flags(disk):
        paths = (tmp_path / disk / name for name in names)
        return [word for pair in zip(places, paths, strict=True) for word in pair]

    assert train(run, "--epochs", 1, "--preview-every", 0, *flags("one")).status == 0
    (tmp_path / "one").rename(tmp_path / "two")
    resume = ("train", "--resume", run, "--epochs", 2)
    assert "no longer in" in (lost := diffviz(*resume).complaint)
    assert "--dataset" in lost
    complaint = diffviz(*resume, *flags("two")[:2]).complaint
    assert "name their new place with --teacher" in complaint
    assert "other weights" in diffviz(*resume, *flags("two")[:2], *flags("other")[2:]).complaint
    assert "other images" in diffviz(*resume, *flags("other")[:2], *flags("two")[2:]).complaint
    assert diffviz(*resume, *flags("two")).status == 0
    config = json.loads((run / "config.json").read_text())["config"]
    assert config["dataset"] == str(tmp_path / "two" / "digits.npz")
    assert config["teacher"] == str(tmp_path / "two" / "teacher.safetensors")


def test_a_default_number_of_threads_is_not_kept(train, diffviz, tmp_path, monkeypatch):
    """A resume elsewhere uses that machine's; a number that was asked for stays."""
    run = tmp_path / "run"
    assert train(run, "--epochs", 1).status == 0
    monkeypatch.setattr(plain_training, "process_threads", lambda **_: 3)
    assert diffviz("train", "--resume", run, "--epochs", 2).status == 0
    environment = json.loads((run / "config.json").read_text())["environment"]
    assert (environment["threads"], environment["default_threads"]) == (3, True)
    assert diffviz("train", "--resume", run, "--epochs", 3, "--threads", 2).status == 0
    assert diffviz("train", "--resume", run, "--epochs", 4).status == 0
    environment = json.loads((run / "config.json").read_text())["environment"]
    assert environment["threads"] == 2
    assert "default_threads" not in environment


@pytest.mark.parametrize(
    ("keep", "left"), [((), [1, 2, 3, 4]), (("--keep", 1), [4]), (("--keep", 2), [3, 4])]
)
def test_weights_of_epochs_are_kept_as_asked(train, tmp_path, keep, left):
    run = tmp_path / "run"
    assert train(run, "--epochs", 2, *keep).status == 0
    assert train(run, "--epochs", 4, "--resume").status == 0  # as the run began
    assert kept_epochs(run) == left


def test_runs_of_earlier_versions_keep_their_epochs(train, diffviz, tmp_path, monkeypatch):
    run = tmp_path / "run"
    assert train(run, "--epochs", 1, "--keep", 1).status == 0
    content = json.loads((run / "config.json").read_text())
    del content["environment"]["keep"]
    (run / "config.json").write_text(json.dumps(content))
    assert diffviz("train", "--resume", run, "--epochs", 3).status == 0
    assert kept_epochs(run) == [1, 2, 3]


def test_refused_resume_leaves_the_configuration(train, diffviz, tmp_path):
    run = tmp_path / "run"
    assert train(run, "--epochs", 2).status == 0
    before = (run / "config.json").read_bytes()
    assert "fewer" in diffviz("train", "--resume", run, "--epochs", 1).complaint
    assert (run / "config.json").read_bytes() == before
    assert diffviz("train", "--resume", run).status == 0


def test_resume_with_other_data_is_refused(train, diffviz, mnist_dir, tmp_path):
    run = tmp_path / "run"
    assert train(run, "--epochs", 1).status == 0
    images = mnist_dir / "MNIST" / "raw" / "train-images-idx3-ubyte"
    images.write_bytes(images.read_bytes()[:-1] + b"\x09")
    checkpoint = (run / "checkpoint.safetensors").read_bytes()
    assert "other images" in diffviz("train", "--resume", run, "--epochs", 3).complaint
    assert (run / "checkpoint.safetensors").read_bytes() == checkpoint
