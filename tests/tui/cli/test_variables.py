"""Environment variables that are set for other reasons change neither files nor screens."""

import os
import pwd
import sys

import pytest

from diffviz.core.data import load_dataset
from diffviz.core.errors import DiffvizError
from diffviz.core.files.cache import NO_CACHE, cache_folder
from diffviz.core.machine.torch_install import is_installed
from diffviz.tui.cli.environment import prepare
from diffviz.tui.plain.console import plain_console

from ...processes import TerminalProcess

COLOURS = [
    {"FORCE_COLOR": "1"},
    {"FORCE_COLOR": "0"},
    {"TTY_COMPATIBLE": "1"},
    {"TTY_INTERACTIVE": "1"},
    {"CLICOLOR_FORCE": "1", "PY_COLORS": "1"},
    {"FORCE_COLOR": "3", "TTY_COMPATIBLE": "1", "COLORTERM": "truecolor"},
]


@pytest.fixture(params=COLOURS, ids=lambda env: " ".join(f"{k}={v}" for k, v in env.items()))
def colour(request, monkeypatch):
    for name, value in request.param.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("colour")
def test_redirected_output_has_no_escape_sequences(diffviz, weights_file, mnist_dir, tmp_path):
    weights = ("--weights", weights_file)
    small = ("--recipe", "reference", "--batch-size", 16, "--epochs", 1, "--preview-every", 0)
    commands = [
        ("sample", *weights, "--steps", 2, "-n", 2, "-o", tmp_path / "a.npy"),
        ("doctor",),
        ("run", "--help"),
    ]
    if is_installed():
        commands += [
            ("train", *small, "--data-dir", mnist_dir, "--out", tmp_path / "run"),
            ("watch", tmp_path / "run"),
        ]
    for command in commands:
        outcome = diffviz(*command)
        assert outcome.status == 0, outcome
        assert "\x1b" not in outcome.out + outcome.err, command


@pytest.mark.usefixtures("colour")
def test_a_console_on_a_file_writes_no_escape_sequences(capsys):
    for stderr in (False, True):
        console = plain_console(stderr)
        assert not (console.is_terminal)
        assert not (console.is_interactive)
        assert not (console.color_system)
        with console.status("working"):
            console.print("[/x] :smile:", style="bold red")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("[/x] :smile:\n", "[/x] :smile:\n")


SIZE = "import sys; from diffviz.tui.cli.environment import prepare; prepare(); import shutil; "
SIZE += "print(shutil.get_terminal_size(), flush=True)"


@pytest.mark.parametrize(
    ("real", "shown"), [((120, 40), "columns=120, lines=40"), ((0, 0), "columns=80, lines=24")]
)
def test_the_size_is_the_terminals_own_where_it_knows_one(real, shown):
    """COLUMNS and LINES stay as they are when a terminal is resized."""
    env = os.environ | {"COLUMNS": "80", "LINES": "24"}
    with TerminalProcess((), SIZE, size=real, env=env) as process:
        process.wait()
    assert shown in process.text


def test_the_variables_count_where_there_is_no_terminal(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "50")
    assert not sys.stdout.isatty()
    prepare()
    assert os.environ["COLUMNS"] == "50"


@pytest.fixture
def homeless(monkeypatch):
    """Be a user without HOME and without an entry in the system's list."""

    def unknown(_uid):
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)


@pytest.mark.usefixtures("homeless")
def test_without_a_home_everything_works_without_a_cache(diffviz, weights_file, tmp_path):
    weights = ("--weights", weights_file, "--steps", 2)
    assert diffviz("sample", *weights, "-n", 1, "-o", tmp_path / "a.npy").status == 0
    assert diffviz("run", "--once", *weights).status == 0
    assert diffviz("record", tmp_path / "a.svg", *weights, "--size", "60x20").status == 0
    assert diffviz("doctor").status == 0
    assert not NO_CACHE.exists()


@pytest.mark.usefixtures("homeless")
def test_without_a_home_a_download_asks_for_a_folder():
    with pytest.raises(DiffvizError, match="--data-dir or set DIFFVIZ_DATA_DIR"):
        load_dataset("mnist")


def test_an_empty_home_is_no_home(monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", "")
    assert str(cache_folder()).startswith(pwd.getpwuid(os.getuid()).pw_dir)
    monkeypatch.setenv("HOME", "/home/ada")
    assert str(cache_folder("data")) == "/home/ada/.cache/diffviz/data"


@pytest.mark.parametrize(("before", "after"), [(None, "1"), ("4", "4")])
def test_blas_starts_no_threads_that_a_limit_could_forbid(monkeypatch, before, after):
    name = "OPENBLAS_NUM_THREADS"
    monkeypatch.setenv(name, before or "")
    if before is None:
        monkeypatch.delenv(name)
    prepare()
    assert os.environ[name] == after
