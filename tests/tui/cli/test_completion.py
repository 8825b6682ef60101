"""Completion scripts: what a real bash offers, and that they cost no heavy imports."""

import shutil
import subprocess
import sys

import pytest

ASK = """
cd "$1"; source /dev/stdin; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_shtab_diffviz
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="asks a real bash")
def test_bash_completes_commands_flags_and_values(diffviz, tmp_path):
    script = diffviz("completion", "bash").out
    (tmp_path / "digits.npz").touch()
    (tmp_path / "deep").mkdir()

    def offers(*words) -> set[str]:
        command = ["bash", "--norc", "-c", ASK, "bash", str(tmp_path), "diffviz", *words]
        outcome = subprocess.run(command, input=script, capture_output=True, text=True, check=True)
        return set(outcome.stdout.split())

    assert offers("sa") == {"sample"}
    assert {"run", "train", "eval", "completion"} <= offers("")
    assert offers("sample", "--samp") == {"--sampler"}
    assert {"ddpm", "ddim"} <= offers("sample", "--sampler", "dd")
    assert offers("eval", "--samples", "dig") == {"digits.npz"}
    assert offers("train", "--out", "d") == {"deep"}
    assert offers("run", "--weights", "de") == {"default", "deep"}
    assert offers("completion", "f") == {"fish"}


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_have_every_flag(diffviz, shell):
    script = diffviz("completion", shell).out
    for flag in ("sampler", "trajectory", "data-dir", "resume"):
        assert flag in script
    installed = shutil.which(shell)
    if installed is not None:
        subprocess.run([installed, "-n"], input=script, text=True, check=True)


def test_an_unknown_shell_is_refused(diffviz):
    outcome = diffviz("completion", "cmd.exe")
    assert outcome.status == 2
    assert "bash" in outcome.err


def test_completing_needs_no_torch():
    code = "import sys; from diffviz.tui.cli import main; main(['completion', 'bash']); "
    code += "sys.exit(bool({'torch', 'torchvision', 'textual'} & set(sys.modules)))"
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0
