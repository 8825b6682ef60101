"""The layers: core knows no terminal, readers need no torch, nothing loads a pickle."""

import ast
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PRODUCT = sorted(
    path for folder in ("core", "tui", "weights") for path in (ROOT / folder).rglob("*.py")
)
PICKLES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
WORDS = [word.encode() for word in (*PICKLES, "allow_pickle", "torch", ".load")]
"""One of them is in every file that unpickles."""

# what paints before torch is there, or reads a run without it
TORCH_FREE = ["step", "records", "phases", "pictures", "schedule", "noise", "recipes", "names"]
TORCH_FREE += ["models.catalog", "runs", "runs.run_state", "runs.commands", "runs.lock"]
TORCH_FREE += ["runs.preview_files"]


LINTED = pytest.mark.skipif(
    importlib.util.find_spec("importlinter") is None, reason="needs import-linter"
)


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(("diffviz", *(part for part in parts if part != "__init__")))


CORE_MODULES = [module_name(path) for path in PRODUCT if path.is_relative_to(ROOT / "core")]


def run(code: str, *arguments: str) -> str:
    """Run code in a fresh interpreter, away from the repository, and return what it prints."""
    command = [sys.executable, "-c", code, *arguments]
    outcome = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
    assert outcome.returncode == 0, outcome.stderr
    return outcome.stdout


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of ``tree``'s pyproject.toml, as ``.ci/run`` does."""
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    env = os.environ | {"PYTHONPATH": str(tree / ".ci" / "typing")}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, cwd=tree, env=env, check=False)


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """Return a copy of what the contracts are about."""
    folder = tmp_path_factory.mktemp("tree")
    ignore = shutil.ignore_patterns("__pycache__", "*.safetensors", "*.json")
    for name in ("core", "tui", "weights", "package", ".ci"):
        shutil.copytree(ROOT / name, folder / name, symlinks=True, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@LINTED
def test_folders_import_only_folders_above_them():
    outcome = lint_imports(ROOT)
    assert outcome.returncode == 0, outcome.stdout
    assert " 0 broken" in outcome.stdout


@LINTED
@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("core/files/upwards.py", "from ...tui.keys import State", "core never imports tui"),
        ("core/files/upwards.py", "from ..train import train", "core: a folder"),
        ("core/upwards.py", "", "core: a folder"),  # in no list
        ("tui/casts/upwards.py", "from ..app import RunApp", "tui: a folder"),
        ("tui/plain/upwards.py", "from ..widgets import canvas", "tui: a folder"),
        ("tui/screens/jobs/upwards.py", "from ..run import run_screen", "screens: "),
        ("core/files/upwards.py", "import rich", "core draws nothing"),
    ],
)
def test_an_import_upwards_breaks_a_contract(tree, file, line, contract):
    (tree / file).write_text(line + "\n")
    outcome = lint_imports(tree)
    (tree / file).unlink()
    assert outcome.returncode == 1
    assert any(
        row.startswith(contract) and row.endswith("BROKEN") for row in outcome.stdout.splitlines()
    )


def unpickles(node: ast.AST) -> bool:
    """Return whether a part of a program may unpickle."""
    match node:
        case ast.Import():
            return bool(PICKLES & {alias.name.split(".")[0] for alias in node.names})
        case ast.ImportFrom():
            return (node.module or "").split(".")[0] in PICKLES
        case ast.Attribute(ast.Name("torch"), "load"):
            return True
        case ast.keyword("allow_pickle"):
            return not (isinstance(node.value, ast.Constant) and node.value.value is False)
        case ast.Call(ast.Attribute(ast.Name("np" | "numpy"), "load")):
            return "allow_pickle" not in {keyword.arg for keyword in node.keywords}
    return False


def test_no_module_unpickles():
    for path in PRODUCT:
        content = path.read_bytes()
        if any(word in content for word in WORDS):
            found = [node for node in ast.walk(ast.parse(content)) if unpickles(node)]
            assert not found, (path, [ast.unparse(node) for node in found])


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("import json, pickle", True),
        ("from shelve import open", True),
        ("torch.load(file)", True),
        ("np.load(file)", True),
        ("np.load(file, allow_pickle=True)", True),
        ("np.load(file, allow_pickle=False)", False),
        ("import json", False),
    ],
)
def test_what_may_unpickle_is_noticed(line, refused):
    assert any(map(unpickles, ast.walk(ast.parse(line)))) == refused
    assert not refused or any(word in line.encode() for word in WORDS)


@pytest.mark.needs_torch
def test_core_imports_without_a_terminal_library():
    code = """
import importlib, sys
blocked = ("textual", "rich", "diffviz.tui")
class Guard:
    def find_spec(self, name, path=None, target=None):
        if any(name == b or name.startswith(b + ".") for b in blocked):
            raise ImportError(f"core asked for {name}")
sys.meta_path.insert(0, Guard())
for name in sys.argv[1:]:
    importlib.import_module(name)
print(sum(name in sys.modules for name in sys.argv[1:]))
"""
    assert run(code, *CORE_MODULES) == f"{len(CORE_MODULES)}\n"


def loaded_by(code: str) -> set[str]:
    """Return the top-level names of all modules that running ``code`` loads."""
    last = run(f"{code}\nimport json, sys; print(json.dumps(sorted(sys.modules)))").splitlines()[-1]
    return {name.split(".")[0] for name in json.loads(last)}


def test_readers_need_no_torch():
    code = "\n".join(f"import diffviz.core.{name}" for name in TORCH_FREE)
    loaded = loaded_by(code)
    assert "numpy" in loaded
    assert not loaded & {"torch", "torchvision", "textual", "rich"}


def test_the_check_would_notice_torch():
    assert "torch" in loaded_by("import sys, types; sys.modules['torch'] = types.ModuleType('x')")


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"], ["sample", "-n", "0"]])
def test_help_loads_nothing_heavy(arguments):
    code = f"""
from diffviz.tui.cli import main
try:
    main({arguments!r})
except SystemExit:
    pass
"""
    loaded = loaded_by(code)
    assert "diffviz" in loaded
    assert not loaded & {"torch", "torchvision", "numpy", "textual", "rich", "PIL", "safetensors"}


@pytest.mark.parametrize("folder", ["core", "tui", "weights", "benchmarks", "tests", "docs"])
def test_no_module_is_longer_than_400_lines(folder):
    files = list((ROOT / folder).rglob("*.py"))
    assert files
    assert not [str(path) for path in files if path.read_bytes().count(b"\n") > 400]


@pytest.mark.parametrize("command", ["doctor", "completion bash", "watch RUN", "play CAST"])
def test_commands_that_compute_nothing_load_no_torch(command, tmp_path):
    (tmp_path / "RUN").mkdir()
    (tmp_path / "RUN" / "config.json").write_text("{}")
    cast = '{"version": 2, "width": 20, "height": 5}\n[0.1, "o", "x"]\n'
    (tmp_path / "CAST").write_text(cast)
    words = [str(tmp_path / word) if word.isupper() else word for word in command.split()]
    loaded = loaded_by(f"""
from diffviz.tui.cli import main
print(main({words!r}))
""")
    assert "diffviz" in loaded
    assert not loaded & {"torch", "torchvision", "openvino"}


def test_a_png_of_digits_loads_no_torch(tmp_path):
    loaded = loaded_by(f"""
import numpy as np
from pathlib import Path
from diffviz.core.export import save_images
save_images(Path({str(tmp_path)!r}) / "a.png", np.zeros((9, 28, 28), np.uint8), range(9), {{}})
""")
    assert "PIL" in loaded
    assert not loaded & {"torch", "torchvision"}


def test_plain_lines_load_no_textual():
    loaded = loaded_by(f"""
from diffviz.tui.cli import main
print(main({["run", "--steps", "2", "--speed", "max"]!r}))
""")
    assert "diffviz" in loaded
    assert "textual" not in loaded


def test_the_app_loads_no_more_than_its_first_frame_needs():
    code = (
        "import diffviz.tui.cli.run, diffviz.tui.app, json, sys; print(json.dumps([*sys.modules]))"
    )
    loaded = set(json.loads(run(code)))
    later = ["core.records", "core.runs", "core.recipes", "core.measure", "core.pipeline"]
    later += [f"tui.screens.jobs.{name}_screen" for name in ("grid", "race", "branch")]
    later += [
        "tui.screens.forward.forward_screen",
        "tui.screens.help_screen",
        "tui.casts.live",
    ]
    later += ["tui.screens.training.run_source", "tui.cli.eval", "tui.cli.train"]
    assert {"diffviz.tui.app", "diffviz.core.step", "textual.app"} <= loaded
    names = [f"diffviz.{name}" for name in later]
    assert not loaded & {"torch", "PIL", "openvino", *names}
    assert all(importlib.util.find_spec(name) for name in names), "a name of the past"
