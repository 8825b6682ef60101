"""Standard output that is closed, full or absent: an exit status, never a traceback."""

import os
import subprocess
import sys

import pytest

CODE = "import sys; from diffviz.tui.cli import main; sys.exit(main())"


def diffviz(*arguments, stdout):
    command = [sys.executable, "-c", CODE, *map(str, arguments)]
    return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)


@pytest.fixture
def abandoned():
    """Return the writing end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


def test_help_to_a_closed_pipe_is_silent(abandoned):
    outcome = diffviz("--help", stdout=abandoned)
    assert outcome.stderr == ""


def test_sample_to_a_closed_pipe_is_silent(abandoned, weights_file, tmp_path):
    path = tmp_path / "a.npy"
    arguments = ("--weights", weights_file, "--steps", 5, "-n", 1, "-o", path)
    outcome = diffviz("sample", *arguments, stdout=abandoned)
    assert outcome.stderr == ""
    assert path.exists()


def test_a_closed_pipe_in_a_command_is_silent(monkeypatch, abandoned, capsys):
    """The paths that need no second process."""
    from diffviz.tui.cli import guarded

    with os.fdopen(os.dup(abandoned), "w") as stdout:
        monkeypatch.setattr(sys, "stdout", stdout)
        assert guarded(lambda: print("lost", flush=True) or 0) == 1
        monkeypatch.undo()
    with os.fdopen(os.dup(abandoned), "w") as stdout:
        monkeypatch.setattr(sys, "stdout", stdout)
        assert guarded(lambda: print("buffered") or 0) == 1
        monkeypatch.undo()
    monkeypatch.setattr(sys, "stdout", None)
    assert guarded(lambda: print("nobody listens") or 0) == 0
    monkeypatch.undo()
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_under_stdout_is_one_line():
    with open("/dev/full", "w") as full:
        code = (
            "import sys; from diffviz.tui.cli import guarded; sys.exit(guarded(lambda: print(1)))"
        )
        outcome = subprocess.run(
            [sys.executable, "-c", code],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert outcome.returncode == 1
    assert len(outcome.stderr.splitlines()) == 1
    assert outcome.stderr.startswith("diffviz: error: ")
    assert "No space left" in outcome.stderr
