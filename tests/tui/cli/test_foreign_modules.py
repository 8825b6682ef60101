"""Modules of the user's in the current folder never replace what the program imports."""

import argparse
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.runs import read_config
from diffviz.core.runs.run_state import RunState, run_state
from diffviz.tui.child_process import python_module
from diffviz.tui.cli.train import add_arguments
from diffviz.tui.plain.detached import OUTPUT, start_detached
from diffviz.tui.plain.train_options import TrainOptions

MODULES = ("random.py", "numpy.py", "diffviz/tui.py", "diffviz/core.py")
TRAIN = ("--recipe", "reference", "--dataset", "own.npz", "--epochs", "1", "--batch-size", "16",
         "--preview-every", "0", "--device", "cpu", "--threads", "1")  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return the current folder, whose modules can't be imported."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "diffviz").mkdir()
    for name in MODULES:
        (tmp_path / name).write_text(f"raise RuntimeError('{name} was imported')\n")
    return tmp_path


def shadow_package(folder):
    """Make the folder ``diffviz`` a package: ``python -m`` without ``-P`` would take that one."""
    (folder / "diffviz" / "__init__.py").write_text("raise RuntimeError('was imported')\n")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "arguments", [("--version",), ("doctor", "--color", "mono"), ("phases", "--weights", "no")]
)
def test_python_m_diffviz(arguments):
    command = [sys.executable, "-m", "diffviz", *arguments]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "was imported" not in outcome.stderr
    assert outcome.returncode == (1 if "no" in arguments else 0), outcome.stderr


@pytest.mark.parametrize("module", ["diffviz", "diffviz.tui.worker.process"])
def test_a_process_of_the_program(folder, module):
    shadow_package(folder)
    words = ["shown"] if module == "diffviz" else []
    outcome = subprocess.run(
        [*python_module(module), *words],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    expected = "unknown command 'shown'" if module == "diffviz" else "EOFError"
    assert expected in outcome.stderr
    assert "was imported" not in outcome.stderr


@pytest.mark.slow
@pytest.mark.needs_torch
def test_training_behind_a_screen(folder):
    np.savez("own.npz", images=synthetic_digits(16)[0])
    shadow_package(folder)
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    training = start_detached(TrainOptions.from_flags(parser.parse_args(TRAIN)).with_folder())
    deadline = time.monotonic() + 100
    while not training.ended and time.monotonic() < deadline:
        time.sleep(0.05)
    assert training.ended
    output = (training.run / OUTPUT).read_text()
    assert training.trouble() is None, output
    assert run_state(training.run) is RunState.FINISHED, output
    assert training.run == Path("runs/reference-001")
    assert read_config(training.run)[0].dataset == str(folder / "own.npz")
