"""``diffviz train``: whose data it takes, and what leaving its screen says."""

import argparse
from types import SimpleNamespace

import numpy as np
import pytest

from diffviz.core.names import DATASETS
from diffviz.core.recipes import TrainConfig
from diffviz.core.records import Finished
from diffviz.core.runs import RunFolder
from diffviz.tui.cli.train import add_arguments
from diffviz.tui.plain.train_options import new_config

SMALL = ("--recipe", "reference", "--batch-size", 16)


def test_data_of_ones_own(diffviz, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez("own.npz", images=np.zeros((16, 28, 28), np.uint8))
    arguments = ("--dataset", "own.npz", "--out", "run", "--preview-every", 0)
    outcome = diffviz("train", *SMALL, "--epochs", 1, "--device", "cpu", *arguments)
    assert outcome.status == 0, outcome.err
    monkeypatch.chdir("/")  # the run knows where its data are
    outcome = diffviz("train", "--resume", tmp_path / "run", "--epochs", 2)
    assert outcome.status == 0, outcome.err


def test_a_folder_that_is_called_like_a_data_set(tmp_path, monkeypatch):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    monkeypatch.chdir(tmp_path)
    for name in (*DATASETS, "own"):
        (tmp_path / name).mkdir()
    named = [new_config(parser.parse_args(["--dataset", name])).dataset for name in DATASETS]
    assert named == list(DATASETS)
    own = new_config(parser.parse_args(["--dataset", "own"])).dataset
    assert own == str((tmp_path / "own").resolve())


@pytest.mark.parametrize(
    ("ended", "complete", "says"),
    [(False, False, "goes on in"), (True, False, "train --resume"), (True, True, "run --weights")],
)
def test_leaving_the_screen_says_what_now(diffviz, tmp_path, monkeypatch, ended, complete, says):
    def start(arguments, run):
        with RunFolder.create(run, TrainConfig(), {}) as opened:
            list(opened.record([Finished(8, 1, 8, 1.0, complete, "w")]))
        return SimpleNamespace(run=run, ended=ended, trouble=lambda: None)

    terminal = SimpleNamespace(interactive=True)
    monkeypatch.setattr("diffviz.tui.cli.train.terminal_of", lambda args: terminal)
    monkeypatch.setattr("diffviz.tui.plain.detached.start_detached", start)
    monkeypatch.setattr("diffviz.tui.cli.watch.watch_new_run", lambda training, terminal: 0)
    outcome = diffviz("train", "--out", tmp_path / "run")
    assert outcome.status == 0
    assert says in outcome.out
    assert str(tmp_path / "run") in outcome.out
