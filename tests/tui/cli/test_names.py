"""Names of files that a terminal or an encoding doesn't take: escaped where they are shown."""

import io
import os
import shlex
import shutil
import subprocess
import sys

import pytest

from diffviz.core.recipes import TrainConfig
from diffviz.core.runs import RunFolder
from diffviz.tui.cli.environment import prepare
from diffviz.tui.screens.training.run_source import RunSource
from diffviz.tui.text import shell_word
from diffviz.tui.widgets.text_widget import text

EVIL = "evil\x1b[2J\x1b]0;PWNED\a\nnl"
NAMES = [EVIL, "right\u202eto left", "caf\udce9", "two words", "[red]", "手書き\u3000数字", "it's"]


@pytest.fixture
def runs(tmp_path):
    """Return a folder with a run under each of the names."""
    for name in NAMES:
        with RunFolder.create(tmp_path / name, TrainConfig(), {}):
            pass
    return tmp_path


def test_watch_prints_each_run_on_one_line_without_control_characters(diffviz, runs, monkeypatch):
    monkeypatch.chdir(runs.parent)
    out = diffviz("watch", "--runs-dir", runs).out
    assert len(out.splitlines()) == len(NAMES)
    assert out.replace("\n", "").isprintable()


def test_watch_says_that_there_are_no_runs(diffviz, tmp_path):
    outcome = diffviz("watch", "--runs-dir", tmp_path / "nothing")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith(f"no runs in {tmp_path / 'nothing'}: diffviz train starts one")


@pytest.mark.parametrize("name", NAMES)
def test_outputs_with_any_name_are_written_and_reported(diffviz, weights_file, tmp_path, name):
    path = tmp_path / f"{name}.npy"
    small = ("--weights", weights_file, "--steps", 5, "-n", 1)
    outcome = diffviz("sample", *small, "-o", path)
    assert (outcome.status, outcome.err) == (0, "")
    assert path.exists()
    assert len(outcome.out.splitlines()) == 1
    assert outcome.out.rstrip("\n").isprintable()


@pytest.mark.needs_torch
def test_a_training_with_markup_in_its_names_is_printed_as_it_is(diffviz, mnist_dir, tmp_path):
    out = tmp_path / "[bold]run [/red]:smile:"
    flags = ("--recipe", "reference", "--batch-size", 16, "--epochs", 1, "--data-dir", mnist_dir)
    outcome = diffviz("train", "--plain", *flags, "--out", out)
    assert outcome.status == 0
    assert f"in {out}\n" in outcome.out


def test_names_on_a_screen_and_in_its_advice_are_printable(runs):
    assert text(f"run {EVIL}").text.isprintable()
    for name in NAMES:
        source = RunSource(runs / name)
        source.read()
        assert source.name.isprintable()
        assert all(line.isprintable() for line in source.notices)


@pytest.mark.skipif(shutil.which("bash") is None, reason="asks a real bash")
@pytest.mark.parametrize("name", [*NAMES, "\\x41 'quoted'\t", "-", "$HOME", "plain"])
def test_the_path_in_a_printed_command_can_be_pasted(name):
    word = shell_word(name)
    assert word.isprintable()
    done = subprocess.run(
        ["bash", "-c", f"printf %s {word}"], capture_output=True, check=True, env={"LC_ALL": "C"}
    )
    assert done.stdout == os.fsencode(name)


def test_a_simple_path_is_printed_as_it_is():
    assert shell_word("runs/default-001") == "runs/default-001"
    assert shlex.split(shell_word("my runs/a")) == ["my runs/a"]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_standard_output_takes_every_name_in_any_encoding(monkeypatch, encoding):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    prepare()
    print("手書き caf\udce9 é", flush=True)
    assert raw.getvalue().decode(encoding).endswith("é\n" if encoding != "ascii" else "\\xe9\n")
    assert b"\\udce9" in raw.getvalue()
