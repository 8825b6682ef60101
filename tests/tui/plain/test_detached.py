"""The process that trains behind a screen: what it says, and how it ended."""

import signal
import subprocess
import sys
from typing import Any, cast

import pytest

from diffviz.core.recipes import TrainConfig
from diffviz.core.runs import RunFolder
from diffviz.tui.plain.detached import OUTPUT, Detached


def ended(run, status: int, output: str = "", made_folder=True) -> Detached:
    """Return a training whose process ended with ``status``, by a signal if that is negative."""
    code = f"import os; os.kill(os.getpid(), {-status})"
    process = subprocess.Popen(
        [sys.executable, "-c", code if status < 0 else f"raise SystemExit({status})"]
    )
    process.wait()
    run.mkdir(exist_ok=True)
    (run / OUTPUT).write_text(output)
    return Detached(run, process, made_folder)


@pytest.mark.parametrize(
    ("status", "output", "trouble"),
    [
        (0, "", None),
        (143, "", None),
        (-signal.SIGTERM, "", None),
        (-signal.SIGUSR1, "", None),
        (1, "diffviz: error: no room\n", "no room"),
        (3, "", "the training was ended with status 3: see "),
        (-signal.SIGKILL, "", "the training was ended by SIGKILL (out of memory, perhaps): see "),
        (-signal.SIGSEGV, "", "the training was ended by SIGSEGV: see "),
    ],
)
def test_only_failures_are_trouble(tmp_path, status, output, trouble):
    found = ended(tmp_path / "run", int(status), output).trouble()
    assert found is None if trouble is None else (found or "").startswith(trouble)


@pytest.mark.parametrize("made_folder", [True, False])
def test_a_training_that_never_began_leaves_nothing(tmp_path, made_folder):
    training = ended(tmp_path / "run", 0, made_folder=made_folder)
    assert not training.began
    training.remove_output()
    assert (tmp_path / "run").exists() is not made_folder
    assert not list((tmp_path).rglob("*.txt"))


def test_a_training_that_began_has_a_configuration(tmp_path):
    with RunFolder.create(tmp_path / "run", TrainConfig(), {}):
        pass
    assert ended(tmp_path / "run", 0).began


class Running:
    """A process that is not over."""

    def poll(self) -> None:
        return None


def test_the_newest_notice_of_this_session_is_known(tmp_path):
    (tmp_path / OUTPUT).write_text("diffviz: interrupted\n")  # of the session before
    training = Detached(tmp_path, cast("subprocess.Popen[Any]", Running()))
    assert training.notice() == ""
    with (tmp_path / OUTPUT).open("a") as output:
        output.write("diffviz: downloading MNIST (11 MB) to \x1b[2J/data\nnothing else\n")
    assert training.notice() == r"downloading MNIST (11 MB) to \x1b[2J/data"
    (tmp_path / OUTPUT).unlink()
    assert training.notice() == ""
