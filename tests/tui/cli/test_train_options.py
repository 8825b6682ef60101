"""``diffviz train``: whose data it takes, and what leaving its screen says."""

import argparse
from types import SimpleNamespace

import numpy as np
import pytest

from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.names import DATASETS
from diffviz.core.recipes import TrainConfig
from diffviz.core.records import Finished
from diffviz.core.runs import RunFolder
from diffviz.tui.cli.train import add_arguments
from diffviz.tui.plain.detached import Detached
from diffviz.tui.plain.train_options import TrainOptions

SMALL = ("--recipe", "reference", "--batch-size", 16)


@pytest.mark.needs_torch
def test_an_archive_can_be_trained_on_and_resumed_from_another_folder(
    diffviz, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    np.savez("own.npz", images=synthetic_digits(16)[0])
    arguments = ("--dataset", "own.npz", "--out", "run", "--preview-every", 0)
    outcome = diffviz("train", *SMALL, "--epochs", 1, "--device", "cpu", *arguments)
    assert outcome.status == 0, outcome.err
    monkeypatch.chdir("/")  # the run knows where its data are
    outcome = diffviz("train", "--resume", tmp_path / "run", "--epochs", 2)
    assert outcome.status == 0, outcome.err


@pytest.fixture
def options():
    """Return a function that parses flags."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)

    def parse(*flags):
        return TrainOptions.from_flags(parser.parse_args([str(flag) for flag in flags]))

    return parse


def test_a_folder_that_is_called_like_a_data_set(options, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in (*DATASETS, "own"):
        (tmp_path / name).mkdir()
    named = [options("--dataset", name).load_config()[0].dataset for name in DATASETS]
    assert named == list(DATASETS)
    assert options("--dataset", "own").load_config()[0].dataset == str(tmp_path / "own")


@pytest.mark.parametrize(
    "flags",
    [
        (),
        ("--resume", "-odd", "--epochs", 7, "--tensorboard"),
        ("--lr", 1e-300, "--seed", 2**64 - 1, "--guidance", 1.1, "--teacher", "film-59",
         "--guide", "weights@3:ema", "--init", ""),
        ("--data-dir", "data", "--out", "a run", "--threads", 3, "--score", 0,
         "--preview-every", 0, "--device", "cuda:1", "--precision", "bf16"),
    ],
)  # fmt: skip
def test_flags_travel_to_another_process(options, flags):
    words = [f"{a}={b}" for a, b in zip(flags[::2], flags[1::2], strict=False)]
    words += [flags[-1]] if len(flags) % 2 else []
    parsed = options(*words)
    assert options(*parsed.to_flags()) == parsed


@pytest.mark.parametrize("flag", ["--invert", "--no-invert"])
def test_flags_without_values_travel_too(options, flag):
    parsed = options(flag)
    assert parsed.config["invert"] is (flag == "--invert")
    assert options(*parsed.to_flags()) == parsed


@pytest.mark.needs_torch
@pytest.mark.parametrize(
    ("ended", "complete", "says"),
    [(False, False, "goes on in"), (True, False, "train --resume"), (True, True, "run --weights")],
)
def test_leaving_the_screen_prints_how_to_continue(
    diffviz, tmp_path, monkeypatch, ended, complete, says
):
    def start(options):
        with RunFolder.create(options.folder, TrainConfig(), {}) as opened:
            list(opened.record([Finished(8, 1, 8, 1.0, complete, "w")]))
        return SimpleNamespace(run=options.folder, ended=ended, began=True, trouble=lambda: None)

    terminal = SimpleNamespace(interactive=True)
    monkeypatch.setattr("diffviz.tui.cli.train.terminal_of", lambda args: terminal)
    monkeypatch.setattr("diffviz.tui.plain.detached.start_detached", start)
    monkeypatch.setattr("diffviz.tui.cli.watch.watch_new_run", lambda training, terminal: 0)
    outcome = diffviz("train", "--out", tmp_path / "run")
    assert outcome.status == 0
    assert says in outcome.out
    assert str(tmp_path / "run") in outcome.out


@pytest.mark.needs_torch
def test_stopping_before_the_training_began_is_no_failure(diffviz, tmp_path, monkeypatch):
    def start(options):
        options.folder.mkdir()
        (options.folder / "output.txt").touch()
        process = SimpleNamespace(poll=lambda: -15, pid=1)
        return Detached(options.folder, process, True)  # type: ignore[arg-type]

    terminal = SimpleNamespace(interactive=True)
    monkeypatch.setattr("diffviz.tui.cli.train.terminal_of", lambda args: terminal)
    monkeypatch.setattr("diffviz.tui.plain.detached.start_detached", start)
    monkeypatch.setattr("diffviz.tui.cli.watch.watch_new_run", lambda training, terminal: 1)
    outcome = diffviz("train", "--out", tmp_path / "run")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out == "stopped before it began: nothing was trained\n"
    assert not (tmp_path / "run").exists()


def test_automatic_resume_travels_to_another_process(options, tmp_path):
    for folder in (tmp_path / "new", tmp_path / "old"):
        if folder.name == "old":
            with RunFolder.create(folder, TrainConfig(), {}):
                pass
        parsed = options("--resume", "--out", folder)
        assert (parsed.resume is not None) == (folder.name == "old")
        assert parsed.folder == folder
        assert options(*parsed.to_flags()) == parsed


@pytest.mark.needs_torch
def test_a_training_alone_in_a_terminal_has_a_screen(diffviz, tmp_path, monkeypatch):
    """WORLD_SIZE=1, as containers have it, is no reason for plain lines."""
    terminal = SimpleNamespace(interactive=True)
    seen = []
    monkeypatch.setenv("WORLD_SIZE", "1")
    monkeypatch.setattr("diffviz.tui.cli.train.terminal_of", lambda args: terminal)
    monkeypatch.setattr("diffviz.tui.cli.train._train_and_watch", lambda *_: seen.append(1) or 0)
    assert diffviz("train", "--out", tmp_path / "run").status == 0
    assert seen
