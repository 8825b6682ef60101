"""Install PyTorch where a command needs it and somebody can be asked."""

import shlex
import subprocess
import sys
from importlib import invalidate_caches

from ...core.errors import DiffvizError
from ...core.machine.torch_install import (
    Installation,
    MissingTorchError,
    installation,
    is_installed,
    require_torch,
)


def offer_torch(purpose: str) -> int | None:
    """Ask on a terminal whether to install PyTorch, and do it; return None to go on.

    Where the installation runs the whole command again (``uvx``), return its exit status.

    Raises:
        DiffvizError: if there is nobody to ask, the answer is no, or the installation fails.
        KeyboardInterrupt: on Ctrl+C, after the installation has ended.
    """
    if is_installed():
        return None
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout and sys.stdout.isatty()):
        require_torch(purpose)
    commands = installation()
    command = _ask(purpose, commands)
    if command is None:
        require_torch(purpose)
    assert command is not None
    status = _run(command)
    if commands.runs_diffviz:
        return status
    invalidate_caches()
    if status or not is_installed():
        ended = f"ended with status {status}" if status else "did not bring PyTorch here"
        raise MissingTorchError(f"the installation {ended}: {shlex.join(command)}")
    return None


def _ask(purpose: str, commands: Installation) -> tuple[str, ...] | None:
    """Show the commands and return the chosen one; None for neither."""
    print(f"{purpose} needs PyTorch, which is not installed. The command that installs it:")
    print(f"  {shlex.join(commands.install)}")
    question = "install it now? [y/N] "
    if commands.install_cpu:
        print("or, much smaller, the build without CUDA (for computers without an NVIDIA GPU):")
        print(f"  {shlex.join(commands.install_cpu)}")
        question = "install it now? [y/N, c for the smaller one] "
    try:
        answer = input(question).strip().lower()
    except EOFError:
        print()
        return None
    choices = {"y": commands.install, "yes": commands.install, "c": commands.install_cpu}
    return choices.get(answer)


def _run(command: tuple[str, ...]) -> int:
    """Run ``command`` in this terminal and return its exit status; Ctrl+C reaches it, too."""
    try:
        process = subprocess.Popen(command)
    except OSError as error:
        raise DiffvizError(f"can't run {command[0]} ({error.strerror})") from error
    with process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.wait()
            raise
