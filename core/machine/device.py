"""Choose a device and the number of threads; torch is imported only to look for a GPU."""

import os
import platform
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DiffvizError
from ..names import DEVICES, suggestion
from .torch_install import import_torch, is_installed

if TYPE_CHECKING:
    import torch

# Files of the drivers of NVIDIA, AMD and WSL; without any of them Linux has no GPU.
_GPU_FILES = ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")


def find_device(name: str = "auto") -> str:
    """Return the name of the device called ``name``: ``cpu``, ``cuda``, ``cuda:1`` or ``mps``.

    ``auto`` prefers CUDA, then MPS, then the CPU. torch, which takes a second to import, is loaded
    only where there may be a GPU; without torch there is the CPU only.

    Raises:
        DiffvizError: if the name is unknown or this machine has no such device.
    """
    linux_without = sys.platform == "linux" and not any(Path(f).exists() for f in _GPU_FILES)
    if name == "cpu" or (name == "auto" and (linux_without or not is_installed())):
        return "cpu"
    return str(pick_device(name))


def pick_device(name: str = "auto") -> "torch.device":
    """Return the torch device called ``name``; see :func:`find_device`.

    Raises:
        DiffvizError: if the name is unknown or this machine has no such device.
    """
    kind = name.partition(":")[0]
    if kind not in DEVICES:
        raise DiffvizError(f"unknown device '{name}': {suggestion(name, DEVICES)}")
    torch = import_torch(f"--device {name}")
    mps = torch.backends.mps.is_available()
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": mps}
    if name == "auto":
        return torch.device(next(d for d in ("cuda", "mps", "cpu") if available[d]))
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
    return device


def set_threads(threads: int | None) -> None:
    """Use ``threads`` CPU threads for torch's work; None leaves torch's choice."""
    if threads is not None:
        import torch

        torch.set_num_threads(threads)


def default_threads() -> int:
    """Return the number of cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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
