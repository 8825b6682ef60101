"""What is handed on: the same bytes each time, whole, and working where there is no checkout."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="copies what git tracks"),
]


def call(*command, cwd: Path, **environment) -> str:
    left_out = ("PYTHONPATH", "SOURCE_DATE_EPOCH")
    own = {name: value for name, value in os.environ.items() if name not in left_out}
    outcome = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=own | environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr[-2000:]
    return outcome.stdout


def tree(folder: Path) -> Path:
    """Copy what git tracks, and nothing that lies around."""
    for name in call("git", "ls-files", "-z", cwd=ROOT).split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)  # new times, new order in the folder
    return folder


def build(kind: str, source: Path, target: Path) -> Path:
    """Build a ``wheel`` or ``sdist`` offline, as ``pip`` would call the backend."""
    target.mkdir()
    code = f"import sys; from setuptools import build_meta as b; b.build_{kind}(sys.argv[1])"
    call(sys.executable, "-c", code, target, cwd=source)
    (built,) = target.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    return build("wheel", tree(folder / "tree"), folder / "dist")


def test_building_twice_gives_the_same_wheel(wheel, tmp_path):
    again = build("wheel", tree(tmp_path / "another" / "place"), tmp_path / "dist")
    assert again.name == wheel.name
    assert again.read_bytes() == wheel.read_bytes()


def test_the_source_archive_gives_the_same_wheel(wheel, tmp_path):
    archive = build("sdist", tree(tmp_path / "tree"), tmp_path / "dist")
    with tarfile.open(archive) as file:
        file.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    assert build("wheel", unpacked, tmp_path / "again").read_bytes() == wheel.read_bytes()


def test_the_wheel_works_outside_the_checkout(wheel, tmp_path):
    """In an environment of its own, which sees this one's libraries but not this diffviz."""
    call(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    bin_ = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    call(bin_ / "python", "-m", "pip", "install", "-q", "--no-deps", "--no-index", wheel,
         cwd=tmp_path)  # fmt: skip
    where = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
    packages = Path(call(bin_ / "python", "-c", where, cwd=tmp_path).strip())
    libraries = sysconfig.get_paths()["purelib"]
    (packages / "libraries.pth").write_text(libraries + "\n")  # a path; its own .pth are not read
    environment = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "OMP_NUM_THREADS": "1"}
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    def diffviz(*arguments) -> str:
        return call(bin_ / "diffviz", *arguments, cwd=elsewhere, **environment)

    code = "import diffviz.core, sys; print(diffviz.core.__file__)"
    assert call(bin_ / "python", "-c", code, cwd=elsewhere).startswith(str(tmp_path))
    assert diffviz("--version").startswith("diffviz ")
    diffviz("sample", "-n", "2", "--steps", "5", "-o", "two.npz")
    assert "done: seed 30" in diffviz("run", "--steps", "3", "--speed", "max")
    train = ("--dataset", "synthetic", "--epochs", "1", "--recipe", "reference")
    diffviz("train", *train, "--out", "try", "--threads", "1")
    diffviz("sample", "-n", "1", "--steps", "2", "--weights", "try@1", "-o", "one.png")
    assert {path.name for path in elsewhere.iterdir()} == {"two.npz", "try", "one.png"}
    config = json.loads((elsewhere / "try" / "config.json").read_text())
    assert config["config"]["recipe"] == "reference"
