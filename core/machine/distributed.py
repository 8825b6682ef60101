"""Groups of processes that share the work, started by ``torchrun``.

Process 0 writes all files. Small host tensors are exchanged through gloo, gradients through the
device's backend. torch is imported only where there is more than one process.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..errors import DiffvizError
from .device import default_threads, find_device
from .torch_install import import_torch

if TYPE_CHECKING:
    import torch
    from torch import nn

_PATIENCE = timedelta(hours=1)  # while process 0 scores an epoch, the others wait


class LostProcessError(DiffvizError):
    """Another process of the group ended or can't be reached."""


@dataclass(frozen=True, slots=True)
class Group:
    """The processes that share the work; this one is number ``rank`` of ``size``."""

    rank: int = 0
    size: int = 1

    @property
    def main(self) -> bool:
        """Whether this is the process that writes."""
        return self.rank == 0

    def share(self, total: int) -> slice:
        """Return this process's part of ``total`` rows, which ``size`` divides."""
        part = total // self.size
        return slice(self.rank * part, (self.rank + 1) * part)

    def sum(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of all processes' ``values``.

        Raises:
            LostProcessError: if one of them has ended.
        """
        if self.size == 1:
            return values
        import torch

        tensor = torch.from_numpy(values.copy())
        with self.guard():
            torch.distributed.all_reduce(tensor)
        return tensor.numpy()

    def wait(self) -> None:
        """Wait until every process has called this."""
        self.sum(np.zeros(1))

    def collect(self, array: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
        """Return all processes' arrays, stacked: ``[size, …]``; None except in process 0.

        Raises:
            LostProcessError: if one of them has ended.
        """
        if self.size == 1:
            return array[None]
        import torch

        tensor = torch.from_numpy(np.ascontiguousarray(array))
        parts = [torch.empty_like(tensor) for _ in range(self.size)] if self.main else None
        with self.guard():
            torch.distributed.gather(tensor, parts)
        return None if parts is None else torch.stack(parts).numpy()

    @contextmanager
    def guard(self) -> Generator[None]:
        """Turn what a broken connection raises into :class:`LostProcessError`."""
        if self.size == 1:
            yield
            return
        import torch

        try:
            yield
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as error:
            raise LostProcessError("another of the processes ended or can't be reached") from error

    def parallel(self, model: "nn.Module", device: "torch.device") -> "nn.Module":
        """Return ``model`` such that its gradients are averaged over the processes."""
        if self.size == 1:
            return model
        from torch import nn

        ids = [device] if device.type == "cuda" else None
        with self.guard():
            return nn.parallel.DistributedDataParallel(model, device_ids=ids)


ALONE = Group()
"""A single process."""


@contextmanager
def joined(device: str) -> Generator[tuple[Group, str]]:
    """Join the processes that ``torchrun`` started; yield the group and this one's device.

    ``auto`` and ``cuda`` give each process one GPU, where there are any. Without ``torchrun`` the
    group has one process.

    Raises:
        DiffvizError: if the others can't be reached.
    """
    if _from_torchrun("WORLD_SIZE", 1) == 1:
        yield ALONE, device
        return
    torch = import_torch("torchrun")
    local = _from_torchrun("LOCAL_RANK", 0)
    if device == "auto":
        device = find_device(device)
    if device == "cuda":
        device = f"cuda:{local}"
    on_gpus = device.startswith("cuda")
    if on_gpus and local < torch.cuda.device_count():
        torch.cuda.set_device(local)
    backend = "cpu:gloo,cuda:nccl" if on_gpus else "gloo"
    try:
        torch.distributed.init_process_group(backend, timeout=_PATIENCE)
    except (RuntimeError, ValueError) as error:
        raise DiffvizError("the processes that torchrun started can't reach each other") from error
    try:
        yield Group(torch.distributed.get_rank(), torch.distributed.get_world_size()), device
    finally:
        torch.distributed.destroy_process_group()


def process_threads() -> int:
    """Return this process's share of the cores."""
    return max(1, default_threads() // max(1, _from_torchrun("LOCAL_WORLD_SIZE", 1)))


def process_rank() -> int:
    """Return the number that ``torchrun`` gave this process, from 0."""
    return _from_torchrun("RANK", 0) if _from_torchrun("WORLD_SIZE", 1) > 1 else 0


def _from_torchrun(name: str, alone: int) -> int:
    text = os.environ.get(name, str(alone))
    if not (text.isascii() and text.isdigit()):
        raise DiffvizError(f"{name} is '{text}': torchrun sets it to a number; unset it")
    return int(text)
