"""The face of the package: ``import diffviz``, its public names, ``python -m diffviz``."""

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import diffviz


def run(*arguments: str, cwd="/") -> str:
    """Run Python in a fresh process, away from the repository, and return what it prints."""
    outcome = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, cwd=cwd, check=False
    )
    assert outcome.returncode == 0, outcome.stderr
    return outcome.stdout


def modules_after(code: str) -> set[str]:
    """Return the top-level names of the modules that ``code`` loads."""
    found = json.loads(run("-c", f"{code}\nimport json, sys\nprint(json.dumps([*sys.modules]))"))
    return {name.split(".")[0] for name in found}


def test_version_is_that_of_the_distribution():
    assert diffviz.__version__ == version("diffviz")


def marked(name: str):
    """Return a public name, with a mark if its module trains."""
    return pytest.param(name, marks=pytest.mark.needs_torch) if name == "train" else name


@pytest.mark.parametrize("name", [marked(name) for name in diffviz.__all__])
def test_public_name_is_found_and_listed(name):
    assert getattr(diffviz, name) is not None
    assert name in dir(diffviz)


def test_public_names_are_those_of_the_modules():
    from diffviz.core.pipeline import Pipeline
    from diffviz.core.sampling import SAMPLERS

    assert diffviz.Pipeline is Pipeline
    assert diffviz.SAMPLERS is SAMPLERS


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Pipelin'"):
        _ = diffviz.Pipelin


def test_import_loads_no_dependency():
    assert not modules_after("import diffviz") & {"numpy", "torch", "textual", "rich"}


def test_pipeline_loads_no_torch():
    loaded = modules_after("import diffviz; diffviz.Pipeline")
    assert "numpy" in loaded
    assert not loaded & {"torch", "torchvision", "textual", "rich"}


def test_python_m_diffviz_is_the_command():
    assert run("-m", "diffviz", "--version") == f"diffviz {version('diffviz')}\n"


@pytest.mark.parametrize("program", ["diffviz.__main__", "train_cli"])
def test_windows_is_told_about_wsl(program):
    code = f"""
import sys
sys.platform = "win32"
sys.modules.update(dict.fromkeys(("fcntl", "termios", "resource")))  # as there: not to be had
sys.path.append({str(Path(__file__).resolve().parents[1])!r})
from {program} import main
sys.exit(main())
"""
    command = [sys.executable, "-P", "-c", code]
    outcome = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
    assert outcome.returncode == 1
    assert outcome.stderr.count("\n") == 1
    assert outcome.stderr.startswith("diffviz: error: ")
    assert "WSL" in outcome.stderr
