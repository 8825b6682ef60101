"""Picking a device and the number of threads."""

import os

import torch

from .errors import DiffvizError

DEVICES = ("auto", "cpu", "cuda", "mps")


def pick_device(name: str = "auto") -> torch.device:
    """Return the device called ``name``; ``auto`` takes CUDA, then MPS, then the CPU.

    Raises:
        DiffvizError: if the name is unknown or this machine has no such device.
    """
    kind = name.partition(":")[0]
    if kind not in DEVICES:
        raise DiffvizError(f"unknown device '{name}': choose one of {', '.join(DEVICES)}")
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": _has_mps()}
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


def _has_mps() -> bool:
    return torch.backends.mps.is_available()


def set_threads(threads: int | None) -> None:
    """Use ``threads`` CPU threads for tensor work; None leaves torch's choice."""
    if threads is not None:
        torch.set_num_threads(threads)


def default_threads() -> int:
    """Return the number of cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
