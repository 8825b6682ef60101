"""The dependencies: the lowest versions work, and nothing that isn't needed is loaded."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOWEST = ROOT / ".ci" / "lowest.txt"


def requirements() -> dict[str, str]:
    """Return the lower bound of each dependency of the program, by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *extras["train"], *extras["tensorboard"]]
    found = (re.match(r"([a-z]+)>=([0-9.]+)", line) for line in lines)
    return {match[1]: match[2] for match in found if match}


def test_the_lowest_versions_are_those_of_pyproject():
    lines = [line for line in LOWEST.read_text("utf-8").splitlines() if line[:1] not in ("#", "")]
    lowest = dict(line.split("==") for line in lines)
    bounds = requirements()
    assert lowest.keys() == bounds.keys()
    for name, bound in bounds.items():
        assert f"{lowest[name]}.".startswith(f"{bound}."), name


def test_training_alone_needs_torch():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert not [line for line in project["dependencies"] if "torch" in line]
    assert any("train" in line for line in project["optional-dependencies"]["dev"])


QUICK = [
    ["run", "--once", "--steps", "2", "--sampler", "ddim"],
    ["sample", "-n", "1", "--steps", "2", "-o", "a.png", "--trajectory", "b.png"],
    ["sample", "-n", "1", "--steps", "2", "-o", "a.npz"],
    ["doctor"],
]
REST = [
    ["run", "--steps", "2", "--sampler", "ddim", "--speed", "max"],
    ["record", "a.cast", "--steps", "3", "--size", "40x12"],
    ["play", "a.cast"],
    ["watch", "--runs-dir", "."],
    ["phases", "-n", "2", "--children", "2", "--points", "2", "--steps", "2"],
    ["eval", "--samples", "many.npz", "--data-dir", "data"],
]


@pytest.mark.skipif(os.path.exists("/dev/nvidiactl"), reason="a GPU is torch's to find")
@pytest.mark.parametrize(
    "commands", [pytest.param(QUICK, id="quick"), pytest.param(REST, marks=pytest.mark.slow)]
)
def test_no_command_loads_torch(tmp_path, larger_mnist, commands):
    """One process for several: the first that loads it is named."""
    assert larger_mnist == tmp_path / "data"
    code = """
import json, sys
import numpy as np
from diffviz.tui.cli import main
images = np.random.default_rng(0).integers(0, 256, (100, 28, 28), dtype=np.uint8)
np.savez("many.npz", images=images)
for words in json.loads(sys.argv[1]):
    status = main(words)
    loaded = [name for name in sys.modules if name.split(".")[0] in ("torch", "torchvision")]
    assert status == 0 and not loaded, (words, status, loaded[:5])
"""
    command = [sys.executable, "-c", code, json.dumps(commands)]
    outcome = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    assert outcome.returncode == 0, outcome.stderr[-2000:]


@pytest.mark.slow
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="copies what git tracks")
@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="wheels for Python 3.11")
def test_the_lowest_versions_work(tmp_path):
    """Needs a package index: ``pip install -c .ci/lowest.txt .`` in a new environment."""

    def call(*command) -> None:
        outcome = subprocess.run(
            [*map(str, command)], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert outcome.returncode == 0, outcome.stderr[-2000:]

    call("git", "clone", "-q", ROOT, "tree")
    call(sys.executable, "-m", "venv", "env")
    bin_ = tmp_path / "env" / "bin"
    call(bin_ / "pip", "install", "-q", "-c", LOWEST, "./tree")
    call(bin_ / "diffviz", "run", "--once", "--steps", "5")
    call(bin_ / "diffviz", "sample", "-n", "4", "--steps", "5", "-o", "four.png")
    call(bin_ / "diffviz", "record", "a.cast", "--steps", "10")
    assert (tmp_path / "four.png").is_file()
    assert (tmp_path / "a.cast").is_file()
