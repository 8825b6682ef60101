"""Choose a device and the number of threads; torch is imported only to look for a GPU."""

import os
import platform
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DiffvizError
from ..names import DEVICES, suggestion
from .cpu_quota import cpu_quota
from .torch_install import MissingTorchError, import_torch, is_installed
from .unusable import give_up, short_reason

if TYPE_CHECKING:
    import torch

FEW_PROCESSES = 64
"""With fewer allowed, several of them at a time may be too many."""
# Files of the drivers of NVIDIA, AMD and WSL; without any of them Linux has no GPU.
_GPU_FILES = ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")


def find_device(name: str = "auto") -> str:
    """Return the name of the device called ``name``: ``cpu``, ``cuda``, ``cuda:1`` or ``mps``.

    ``auto`` prefers CUDA, then MPS, then the CPU; a GPU counts if it computes something. torch,
    which takes a second to import, is loaded only where there may be a GPU; without torch there
    is the CPU only.

    Raises:
        DiffvizError: if the name is unknown or this machine has no such device.
    """
    linux_without = sys.platform == "linux" and not any(Path(f).exists() for f in _GPU_FILES)
    if name == "cpu" or (name == "auto" and (linux_without or not is_installed())):
        return "cpu"
    kind = name.partition(":")[0]
    if kind not in DEVICES:
        raise DiffvizError(f"unknown device '{name}': {suggestion(name, DEVICES)}")
    try:
        torch = import_torch(f"--device {name}")
    except MissingTorchError as error:
        if name != "auto":
            raise
        give_up("PyTorch", error.__cause__ or error)
        return "cpu"
    mps = torch.backends.mps.is_available()
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": mps}
    if name == "auto":
        return next(d for d in ("cuda", "mps", "cpu") if available[d] and _computes(d))
    if not available[kind]:
        have = ", ".join(d for d, there in available.items() if there)
        raise DiffvizError(f"no {kind} device on this machine (it has: {have}): use --device auto")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise DiffvizError(f"unknown device '{name}': use cpu, cuda, cuda:1 or mps") from error
    if kind == "cuda" and device.index is not None and device.index >= torch.cuda.device_count():
        raise DiffvizError(
            f"no device '{name}' on this machine: it has {torch.cuda.device_count()} CUDA devices"
        )
    if problem := _first_kernel_problem(name):
        raise DiffvizError(
            f"PyTorch {torch.__version__} can't compute on {name} ({problem}): use --device cpu, "
            "or install the PyTorch that fits this GPU and its driver"
        )
    return str(device)


def pick_device(name: str = "auto") -> "torch.device":
    """Return the torch device called ``name``; see :func:`find_device`.

    Raises:
        DiffvizError: if the name is unknown or this machine has no such device.
    """
    found = find_device(name)
    import torch

    return torch.device(found)


def _computes(device: str) -> bool:
    """Return whether torch computes on ``device``, and note it if not."""
    problem = _first_kernel_problem(device)
    if problem:
        give_up("the GPU", problem)
    return not problem


@cache
def _first_kernel_problem(device: str) -> str:
    """Return why a small computation on ``device`` fails; empty if it works.

    A GPU may be there that the installed torch has no kernels for.
    """
    if device == "cpu":
        return ""
    import torch

    try:
        x = torch.ones(1, 1, 8, 8, device=device)
        float(torch.nn.functional.conv2d(x, x[..., :3, :3]).sum())
    except Exception as error:  # of several classes, by version and kind of failure
        return short_reason(error)
    return ""


def set_threads(threads: int | None) -> None:
    """Use ``threads`` CPU threads for torch's work; None leaves torch's choice."""
    if threads is not None:
        import torch

        torch.set_num_threads(threads)


def default_threads() -> int:
    """Return the number of cores this process may use; a container's CPU limit counts too.

    Where a user may have few processes only, threads count among them: then it is 1.
    """
    if _few_processes():
        return 1
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    return min(cores, cpu_quota() or cores)


def _few_processes() -> bool:
    try:
        import resource

        limit = resource.getrlimit(resource.RLIMIT_NPROC)[0]
    except (ImportError, AttributeError, OSError):
        return False
    return 0 <= limit < FEW_PROCESSES


def device_name(device: str) -> str:
    """Return the hardware name of ``device``, as far as it can be determined."""
    if device.startswith("cuda"):
        import torch

        return torch.cuda.get_device_name(device)
    with suppress(OSError, ValueError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return f"{device} {line.partition(':')[2].strip()}"
    return f"{device} {platform.processor() or platform.machine()}"
