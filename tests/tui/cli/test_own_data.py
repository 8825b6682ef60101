"""``diffviz train`` on own data: what is said, what a run keeps, and ``--show``."""

import json
import shutil
import sys

import numpy as np
import pytest
from PIL import Image

from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.runs import read_config
from diffviz.tui.plain.show_data import first_of_each_class

DIGITS, LABELS = synthetic_digits(16, 5)
SMALL = ("--recipe", "reference", "--batch-size", 16, "--device", "cpu", "--preview-every", 0)
INVERTED = "most pixels are white: taken as black ink on white and inverted; --no-invert keeps them"


@pytest.fixture
def paper(tmp_path):
    """Return a folder of black digits on white, in folders called as their classes."""
    for i, (digit, label) in enumerate(zip(DIGITS, LABELS, strict=True)):
        folder = tmp_path / "paper" / f"class {label}"
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(255 - digit).save(folder / f"{i}.png")
    return tmp_path / "paper"


@pytest.fixture
def masks(tmp_path):
    """Return a file of arrays with levels 0 and 1."""
    np.savez(tmp_path / "masks.npz", images=DIGITS // 128, labels=LABELS)
    return tmp_path / "masks.npz"


def decided(run):
    config, _ = read_config(run)
    return config.invert, config.white_level


def started(run):
    events = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    return [event for event in events if event["event"] == "started"]


@pytest.mark.needs_torch
def test_a_decision_is_said_and_kept_by_the_run(diffviz, paper, tmp_path):
    run = tmp_path / "run"
    outcome = diffviz("train", *SMALL, "--dataset", paper, "--epochs", 1, "--out", run)
    assert outcome.status == 0, outcome.err
    assert outcome.out.splitlines()[0] == INVERTED
    assert started(run)[0]["notes"] == INVERTED
    assert decided(run) == (True, 255)
    outcome = diffviz("train", "--resume", run, "--epochs", 2)
    assert outcome.status == 0, outcome.err
    assert outcome.out.splitlines()[0] == "inverted: black becomes white"
    assert decided(run) == (True, 255)


@pytest.mark.needs_torch
def test_few_levels_are_kept_by_the_run(diffviz, masks, tmp_path):
    run = tmp_path / "run"
    outcome = diffviz("train", *SMALL, "--dataset", masks, "--epochs", 1, "--out", run)
    assert "1 is taken as white" in outcome.out.splitlines()[0]
    assert decided(run) == (False, 1)
    outcome = diffviz("train", "--resume", run, "--epochs", 2)
    assert outcome.status == 0, outcome.err


@pytest.mark.needs_torch
def test_a_run_of_before_sees_what_it_saw(diffviz, paper, tmp_path):
    """Without the decisions in its configuration, pictures are as they are stored."""
    run = tmp_path / "run"
    flags = ("--dataset", paper, "--no-invert", "--epochs", 1, "--out", run)
    assert diffviz("train", *SMALL, *flags).status == 0
    content = json.loads((run / "config.json").read_text())
    del content["config"]["invert"], content["config"]["white_level"]
    (run / "config.json").write_text(json.dumps(content))
    outcome = diffviz("train", "--resume", run, "--epochs", 2)
    assert outcome.status == 0, outcome.err
    assert "kept as they are" in outcome.out.splitlines()[0]
    assert decided(run) == (False, 255)


@pytest.mark.needs_torch
def test_named_sets_are_not_inverted(diffviz, mnist_dir, tmp_path):
    outcome = diffviz("train", *SMALL, "--data-dir", mnist_dir, "--invert", "--out", tmp_path / "r")
    assert "mnist is white ink on black already" in outcome.complaint
    assert not (tmp_path / "r").exists()


@pytest.mark.needs_torch
def test_broken_pictures_are_named_before_anything_is_made(diffviz, paper, tmp_path):
    for path in list(paper.rglob("*.png"))[:3]:
        path.write_bytes(path.read_bytes()[:60])
    outcome = diffviz("train", *SMALL, "--dataset", paper, "--out", tmp_path / "run")
    assert "3 pictures (" in outcome.complaint
    assert ") of 16 in " in outcome.complaint
    assert not (tmp_path / "run").exists()


@pytest.mark.needs_torch
def test_the_variable_names_the_data_folder(diffviz, mnist_dir, tmp_path, monkeypatch):
    monkeypatch.chdir(mnist_dir.parent)
    monkeypatch.setenv("DIFFVIZ_DATA_DIR", mnist_dir.name)
    outcome = diffviz("train", *SMALL, "--epochs", 1, "--out", tmp_path / "run")
    assert outcome.status == 0, outcome.err
    monkeypatch.setenv("DIFFVIZ_DATA_DIR", "/nowhere")  # the run knows where its data are
    monkeypatch.chdir("/")
    outcome = diffviz("train", "--resume", tmp_path / "run", "--epochs", 2)
    assert outcome.status == 0, outcome.err
    outcome = diffviz("train", "--show", "--data-dir", mnist_dir)
    assert outcome.status == 0, "the flag wins"
    outcome = diffviz("train", "--show")
    assert "there is no folder /nowhere" in outcome.err.splitlines()[-1]
    assert "--dataset synthetic" in outcome.err.splitlines()[-1]
    assert f"{'DIFFVIZ_DATA_DIR':<22}/nowhere" in diffviz("doctor", "--all").out


def test_show_draws_the_images_with_their_classes(diffviz, paper, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "90")  # three pictures a row
    before = sorted(tmp_path.rglob("*"))
    outcome = diffviz("train", "--show", "--dataset", paper)
    assert outcome.status == 0, outcome.err
    lines = outcome.out.splitlines()
    assert lines[0] == INVERTED
    assert lines[1].startswith(f"16 images of {paper}; 10 classes (class 0: ")
    assert lines[3].count("class ") == 3
    assert lines[3].startswith("class 0")
    assert len(lines) == 2 + 3 * (1 + 1 + 14)
    assert "\x1b" not in outcome.out  # a pipe
    ink = sum(not c.isspace() for line in lines[4:18] for c in line)
    assert 50 < ink < 14 * 86 / 2, "white ink on black"
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.needs_torch
def test_show_of_a_run_shows_what_it_trains_on(diffviz, paper, tmp_path):
    run = tmp_path / "run"
    flags = ("--dataset", paper, "--no-invert", "--epochs", 1, "--out", run)
    assert diffviz("train", *SMALL, *flags).status == 0
    shown = diffviz("train", "--show", "--resume", run)
    assert "kept as they are" in shown.out.splitlines()[0]
    shutil.rmtree(paper)
    assert "are no longer in" in diffviz("train", "--show", "--resume", run).complaint


def test_show_needs_no_torch(diffviz, masks, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    assert diffviz("train", "--show", "--dataset", masks).status == 0


def test_images_of_all_classes_come_in_turn():
    labels = np.array([5, 5, 5, 2, 2, 9])
    assert first_of_each_class(labels, 9).tolist() == [3, 0, 5, 4, 1, 2]
    assert first_of_each_class(labels, 2).tolist() == [3, 0]
    assert first_of_each_class(np.zeros(4, np.int64), 3).tolist() == [0, 1, 2]
