"""Commands where OpenVINO is installed and can't start: one line more, and the same result."""

import sys

import numpy as np
import pytest

from diffviz.core.backends import selection
from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.machine import unusable
from diffviz.core.machine.torch_install import is_installed
from diffviz.tui import stderr

from ...conftest import write_idx

LINE = "diffviz: OpenVINO can't be used here (stoi): computing with {} on cpu"


@pytest.fixture
def mnist(tmp_path):
    raw = tmp_path / "data" / "MNIST" / "raw"
    for name, count, seed in (("train", 120, 0), ("t10k", 110, 1)):
        images, labels = synthetic_digits(count, seed)
        write_idx(raw / f"{name}-images-idx3-ubyte", images)
        write_idx(raw / f"{name}-labels-idx1-ubyte", labels.astype(np.uint8))
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def _broken(monkeypatch, tmp_path):
    pytest.importorskip("openvino")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(unusable, "_reasons", {})
    monkeypatch.setattr(stderr, "_told", set())
    monkeypatch.setattr(selection, "trial_problem", lambda threads: "stoi")
    selection._openvino_failure.cache_clear()
    yield
    selection._openvino_failure.cache_clear()


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "--once"),
        ("run",),
        ("sample", "-n", "2", "-o", "a.png"),
        ("record", "a.gif"),
        ("phases", "-n", "2", "--children", "2", "--points", "2"),
        ("eval", "-n", "100", "--data-dir", "data"),
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
@pytest.mark.usefixtures("mnist")
def test_every_command_goes_on_with_the_next_backend(diffviz, weights_file, arguments):
    steps = ("--steps", "5") if arguments[0] == "phases" else ("--steps", "5", "--sampler", "ddim")
    outcome = diffviz(*arguments, "--weights", weights_file, "--threads", "1", *steps)
    assert outcome.status == 0, outcome
    assert outcome.err.splitlines() == [LINE.format("pytorch" if is_installed() else "numpy")]


@pytest.mark.needs_torch
def test_without_a_torch_that_works_numpy_computes(diffviz, weights_file, monkeypatch):
    monkeypatch.setitem(sys.modules, "diffviz.core.backends.pytorch", None)  # its import fails
    outcome = diffviz("sample", "-n", "1", "-o", "a.png", "--steps", "5", "--sampler", "ddim",
                      "--weights", weights_file)  # fmt: skip
    assert outcome.status == 0
    assert "numpy fp32" in outcome.out
    (line,) = outcome.err.splitlines()
    assert "OpenVINO can't be used here (stoi); PyTorch can't be used here (" in line


def test_the_backend_that_was_asked_for_is_one_line(diffviz, weights_file):
    outcome = diffviz("sample", "-n", "1", "-o", "a.png", "--weights", weights_file,
                      "--backend", "openvino")  # fmt: skip
    others = "pytorch or numpy" if is_installed() else "numpy"
    assert f"leave --backend openvino out, or use {others}" in outcome.complaint
