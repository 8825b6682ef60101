"""The wheel holds what the tree holds: a package missing from the list is noticed here."""

import importlib.util
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = {"core": "core/", "tui": "tui/", "weights": "weights/", "package": ""}
"""Top-level folders, and where they install below ``diffviz/``."""

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("setuptools") is None, reason="needs setuptools to build a wheel"
)


def build(tree: Path, folder: Path) -> set[str]:
    """Build the tree's wheel offline and return the names in it."""
    code = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    command = [sys.executable, "-c", code, str(folder)]
    folder.mkdir()
    outcome = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def expected(tree: Path) -> set[str]:
    """Return the names of all files of the packages, as they install."""
    return {
        f"diffviz/{place}{path.relative_to(tree / folder).as_posix()}"
        for folder, place in FOLDERS.items()
        for path in (tree / folder).rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """Return a copy of what a wheel is built from; building leaves things behind."""
    copy = tmp_path_factory.mktemp("tree")
    for folder in FOLDERS:
        ignore = shutil.ignore_patterns("__pycache__", ".*")
        shutil.copytree(ROOT / folder, copy / folder, ignore=ignore)
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def wheel(tree, tmp_path_factory):
    return build(tree, tmp_path_factory.mktemp("wheel") / "dist")


def test_the_wheel_has_exactly_the_tree(tree, wheel):
    assert expected(tree) == {name for name in wheel if not name.split("/")[0].endswith("info")}


def test_the_wheel_has_the_known_parts(wheel):
    known = {
        "core/train/loop.py",
        "core/models/reference_unet.py",
        "core/sampling/ddpm.py",
        "tui/cli/run.py",
    }
    assert {f"diffviz/{name}" for name in known | {"weights/__init__.py"}} <= wheel
    assert {"diffviz/__init__.py", "diffviz/__main__.py", "diffviz/py.typed"} <= wheel
    (info,) = {name.split("/")[0] for name in wheel if ".dist-info/" in name}
    assert f"{info}/entry_points.txt" in wheel
    assert f"{info}/licenses/LICENSE" in wheel
