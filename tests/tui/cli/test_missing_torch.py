"""Commands that need PyTorch where it isn't installed: one line before anything is done."""

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from diffviz.core.errors import DiffvizError
from diffviz.core.machine.torch_install import Installation
from diffviz.tui.plain import torch_offer
from diffviz.tui.plain.torch_offer import offer_torch

from ...processes import TerminalProcess

ROOT = Path(__file__).resolve().parents[3]
SYNTHETIC = ["train", "--dataset", "synthetic", "--out", "run"]


@pytest.fixture
def without_torch(monkeypatch, tmp_path):
    """Hide torch and torchvision, and work in an empty folder."""
    for name in [*sys.modules]:
        if name.split(".")[0] in ("torch", "torchvision"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setitem(sys.modules, "torchvision", None)
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize(
    ("arguments", "purpose"),
    [
        (SYNTHETIC, "training"),
        ([*SYNTHETIC, "--plain"], "training"),
        ([*SYNTHETIC, "--init", "default", "--device", "cuda"], "training"),
        (["run", "--once", "--device", "cuda"], "--device cuda"),
        (["run", "--backend", "pytorch"], "--backend pytorch"),
        (["sample", "--device", "cuda:1", "-o", "a.png"], "--device cuda:1"),
        (["sample", "--backend", "pytorch", "-o", "a.npz"], "--backend pytorch"),
        (["record", "a.cast", "--device", "mps"], "--device mps"),
        (["eval", "--backend", "pytorch"], "--backend pytorch"),
        (["eval", "--train-classifier", "--digit", "all"], "--train-classifier"),
        (["phases", "--device", "cuda"], "--device cuda"),
    ],
)  # fmt: skip
def test_one_line_says_how_to_get_it(diffviz, without_torch, arguments, purpose):
    complaint = diffviz(*arguments).complaint
    assert complaint.startswith(f"diffviz: error: {purpose} needs PyTorch, which is not installed:")
    assert "install" in complaint
    assert "torch torchvision" in complaint
    assert not [*without_torch.iterdir()]


def test_an_unknown_device_is_still_called_unknown(diffviz, without_torch):
    outcome = diffviz("run", "--once", "--device", "gpu")
    assert outcome.status == 2
    assert "unknown device 'gpu'" in outcome.err


def test_wrong_flags_come_first(diffviz, without_torch):
    complaint = diffviz("train", "--resume", "nothere").complaint
    assert "PyTorch" not in complaint
    assert "nothere" in complaint


def test_train_cli_says_it_too(without_torch):
    code = (
        "import runpy, sys; sys.modules['torch'] = None; sys.argv = ['train_cli.py']; "
        f"runpy.run_path({str(ROOT / 'train_cli.py')!r}, run_name='__main__')"
    )
    command = [sys.executable, "-c", code]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    assert outcome.returncode == 1
    assert outcome.stderr.startswith("diffviz: error: training needs PyTorch")
    assert outcome.stderr.count("\n") == 1
    assert not [*without_torch.iterdir()]


def test_the_public_names_say_it(without_torch, monkeypatch):
    import diffviz

    monkeypatch.delitem(vars(diffviz), "train", raising=False)
    with pytest.raises(DiffvizError, match=r"diffviz\.train needs PyTorch"):
        _ = diffviz.train
    with pytest.raises(DiffvizError, match="--device cuda needs PyTorch"):
        diffviz.Pipeline.load(device="cuda")
    with pytest.raises(DiffvizError, match="--backend pytorch needs PyTorch"):
        diffviz.Pipeline.load(device="cpu", backend="pytorch")


class Terminal(io.StringIO):
    """Text typed at a terminal."""

    def isatty(self) -> bool:
        return True


class Offer:
    """Makes the offer to someone who types an answer, with a fake installer."""

    def __init__(self, monkeypatch, capsys, told: Path) -> None:
        self._patch, self._capsys, self._told = monkeypatch, capsys, told
        code = f"import sys; open({str(told)!r}, 'w').close(); sys.exit(int(sys.argv[1]))"
        fake = (sys.executable, "-c", code)
        self.commands = Installation((*fake, "0"), (*fake, "3"), (*fake, "4"))
        self.brings_it = True

    @property
    def ran(self) -> bool:
        """Whether the installer ran."""
        return self._told.exists()

    def __call__(self, answer: str) -> tuple[int | None, str]:
        patch = self._patch.setattr
        patch(torch_offer, "installation", lambda: self.commands)
        patch(torch_offer, "is_installed", lambda: self.ran and self.brings_it)
        patch(sys, "stdin", Terminal(answer))
        patch(sys.stdout, "isatty", lambda: True)
        return offer_torch("training"), self._capsys.readouterr().out


@pytest.fixture
def offer(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "torch", None)
    return Offer(monkeypatch, capsys, tmp_path / "told")


def test_yes_runs_the_command_that_was_shown(offer):
    status, shown = offer("y\n")
    assert status is None
    assert offer.ran
    assert sys.executable in shown
    assert "[y/N" in shown


@pytest.mark.parametrize("answer", ["n\n", "\n", "", "what\n"])
def test_anything_but_yes_installs_nothing(offer, answer):
    with pytest.raises(DiffvizError, match="training needs PyTorch"):
        offer(answer)
    assert not offer.ran


def test_an_installation_that_fails_is_reported(offer):
    with pytest.raises(DiffvizError, match="ended with status 3"):
        offer("c\n")
    assert offer.ran


def test_an_installation_into_another_place_is_noticed(offer):
    offer.brings_it = False
    with pytest.raises(DiffvizError, match="did not bring PyTorch here"):
        offer("Yes\n")


def test_a_command_that_is_not_there(offer):
    offer.commands = Installation(("/nowhere/pip", "install"), None, ())
    with pytest.raises(DiffvizError, match="can't run /nowhere/pip"):
        offer("y\n")


def test_a_command_that_runs_diffviz_again_ends_this_one(offer):
    words = (sys.executable, "-c", "raise SystemExit(5)")
    offer.commands = Installation(words, None, words, runs_diffviz=True)
    status, _ = offer("y\n")
    assert status == 5


HIDDEN = """
import sys
from pathlib import Path
here = Path(sys.argv.pop(1))
sys.prefix = str(here)  # an environment that uv made, as its pyvenv.cfg says
class Hide:  # PyTorch, until the installer was there
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "torchvision") and not (here / "installed").exists():
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Hide())
from diffviz.tui.cli import main
sys.exit(main())
"""


@pytest.fixture
def environment(tmp_path):
    """Return a function that runs diffviz on a terminal where a fake ``uv`` installs PyTorch."""
    (tmp_path / "pyvenv.cfg").write_text("uv = 0.9\n")
    work = tmp_path / "work"
    work.mkdir()

    def start(installer: str, *arguments: str) -> TerminalProcess:
        uv = tmp_path / "uv"
        uv.write_text(f"#!/bin/sh\necho 'fetching torch'\n{installer}\n")
        uv.chmod(0o755)
        env = {"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path), "TERM": "xterm"}
        return TerminalProcess(
            [tmp_path, "train", *arguments], HIDDEN, cwd=work, env=env | {"OMP_NUM_THREADS": "1"}
        )

    return start


def test_ctrl_c_during_the_installation_leaves_cleanly(environment, tmp_path):
    with environment("exec sleep 600", "--dataset", "synthetic") as program:
        program.read_until(lambda: "[y/N" in program.text)
        program.press("y\n")
        program.read_until(lambda: "fetching torch" in program.text)
        os.killpg(program.process.pid, signal.SIGINT)  # as a terminal does
        assert program.end() == 130
        assert "interrupted" in program.text
        assert program.modes_restored
    assert not [*(tmp_path / "work").iterdir()]


@pytest.mark.slow
def test_the_training_goes_on_after_the_installation(environment, tmp_path):
    pictures = np.random.default_rng(0).integers(0, 255, (16, 28, 28)).astype(np.uint8)
    np.savez(tmp_path / "few.npz", images=pictures)
    flags = ["--dataset", str(tmp_path / "few.npz"), "--recipe", "reference", "--plain"]
    flags += ["--epochs", "1", "--batch-size", "8", "--preview-every", "0"]
    with environment(f"touch {tmp_path}/installed", *flags, "--out", "run") as program:
        program.read_until(lambda: "[y/N" in program.text)
        assert not [*(tmp_path / "work").iterdir()]
        program.press("y\n")
        assert program.end() == 0, program.text
        assert "fetching torch" in program.text
    assert (tmp_path / "work" / "run" / "weights.safetensors").is_file()
