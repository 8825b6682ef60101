"""What ``diffviz doctor`` says about the backends: which are there, which one is used, and why."""

import shlex
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from ...core.errors import DiffvizError
from ...core.machine.device import find_device
from ...core.machine.torch_install import installation, is_installed

_PURPOSES = {
    "openvino": "the fastest on most CPUs",
    "torch": "for training, GPUs and --backend pytorch",
}


def describe_backends() -> Iterator[str]:
    """Yield lines: the device and backend that ``auto`` takes, and each package."""
    yield f"{'backend':<10}{backend_in_use()[1]}"
    for name in ("openvino", "torch", "numpy"):
        yield f"{name:<10}{_state(name)}"


def backend_in_use() -> tuple[bool, str]:
    """Return whether anything computes, and what does unless flags name another one, and why."""
    try:
        device = find_device()
    except DiffvizError as error:
        return False, f"none on this device: {error}"
    if device != "cpu":
        backend, reason = "pytorch", f"the only one that computes on {device}"
    elif is_installed("openvino"):
        backend, reason = "openvino", "the fastest on a CPU of those that are installed"
    elif is_installed("torch"):
        backend, reason = "pytorch", "openvino is not installed"
    else:
        backend, reason = "numpy", "neither openvino nor torch is installed"
    return True, f"{backend} on {device}: {reason}"


def training_needs() -> str:
    """Return the command that brings what training needs; empty where it is there."""
    return "" if is_installed("torch") else shlex.join(installation().install)


def _state(name: str) -> str:
    """Return the version of a package, or how to get it."""
    if is_installed(name):
        try:
            return version(name)
        except PackageNotFoundError:
            return "installed, of an unknown version"
    if name == "torch":
        commands = installation()
        smaller = commands.install_cpu
        also = f" (without CUDA: {shlex.join(smaller)})" if smaller else ""
    else:
        commands, also = installation((name,)), ""
    return f"not installed ({_PURPOSES[name]}): {shlex.join(commands.install)}{also}"
