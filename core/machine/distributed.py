"""Groups of processes that share the work, started by ``torchrun``.

Process 0 writes all files. Small host tensors are exchanged through gloo, gradients through the
device's backend. torch is imported only where there is more than one process.
"""

import os
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import DiffvizError
from .device import default_threads, find_device
from .torch_install import import_torch

if TYPE_CHECKING:
    import torch
    from torch import nn

_PATIENCE = timedelta(hours=1)  # while process 0 scores an epoch, the others wait
_MEETING = timedelta(minutes=5)
_TELL_AFTER_S = 5.0
_TORCHRUN = "TORCHELASTIC_RUN_ID"
"""Set by ``torchrun`` alone."""
_RESTARTS = "TORCHELASTIC_RESTART_COUNT"


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
def joined(
    device: str, *, training: bool = False, tell: Callable[[str], object] = lambda text: None
) -> Generator[tuple[Group, str]]:
    """Join the processes that share the work; yield the group and this one's device.

    ``torchrun`` tells each process of its group by environment variables. Job managers set some
    of them too, for every command in a container: without ``torchrun`` they count only when
    ``training``. ``auto`` and ``cuda`` give each process one GPU, where there are any. Without
    other processes the group has one.

    Args:
        device: Name of the device, as the user gave it.
        training: Whether the command is one that is started by other means than ``torchrun``.
        tell: Called with a line for the user if the others don't come at once.

    Raises:
        DiffvizError: if the others can't be reached.
    """
    size = process_count(training=training)
    if size == 1:
        yield ALONE, device
        return
    torch = import_torch("torchrun")
    local = _number("LOCAL_RANK", 0)
    if device == "auto":
        device = find_device(device)
    if device == "cuda":
        device = f"cuda:{local}"
    on_gpus = device.startswith("cuda")
    if on_gpus and local < torch.cuda.device_count():
        torch.cuda.set_device(local)
    backend = "cpu:gloo,cuda:nccl" if on_gpus else "gloo"
    try:
        with _interruptible(), _telling(tell, size):
            store, rank, size = _meet()
            torch.distributed.init_process_group(
                backend, store=store, rank=rank, world_size=size, timeout=_PATIENCE
            )
    except (RuntimeError, ValueError) as error:
        raise DiffvizError(
            f"the other {size - 1} of {size} processes can't be reached (WORLD_SIZE is {size}: "
            "unset it to work alone)"
        ) from error
    try:
        yield Group(torch.distributed.get_rank(), torch.distributed.get_world_size()), device
    finally:
        torch.distributed.destroy_process_group()


def process_count(*, training: bool = False) -> int:
    """Return how many processes share the work; see :func:`joined`.

    Raises:
        DiffvizError: if a variable that counts is no number above 0.
    """
    if not training and _TORCHRUN not in os.environ:
        return 1
    size = _number("WORLD_SIZE", 1)
    if size < 1:
        raise DiffvizError(f"WORLD_SIZE is {size}: it has to be 1 or more; unset it to work alone")
    return size


def process_threads(*, training: bool = False) -> int:
    """Return this process's share of the cores."""
    if process_count(training=training) == 1:
        return default_threads()
    return max(1, default_threads() // max(1, _number("LOCAL_WORLD_SIZE", 1)))


def process_rank(*, training: bool = False) -> int:
    """Return the number of this process in its group, from 0."""
    return _number("RANK", 0) if process_count(training=training) > 1 else 0


def _meet() -> tuple[Any, int, int]:
    """Return the store of the processes, this one's rank and their number, once all are there."""
    from torch.distributed.rendezvous import rendezvous

    torch = import_torch("torchrun")

    store, rank, size = next(rendezvous("env://", timeout=_MEETING))
    # torchrun's store outlives a restart of the processes, and has addresses of those before
    store = torch.distributed.PrefixStore(f"diffviz/{os.environ.get(_RESTARTS, '0')}", store)
    store.set(f"diffviz/{rank}", "here")
    store.wait([f"diffviz/{number}" for number in range(size)], _MEETING)
    return store, rank, size


@contextmanager
def _telling(tell: Callable[[str], object], size: int) -> Generator[None]:
    """Say after some seconds what this process waits for."""
    text = (
        f"waiting for the other {size - 1} of {size} processes (WORLD_SIZE is {size}: unset it to "
        "work alone)"
    )
    timer = threading.Timer(_TELL_AFTER_S, tell, [text])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def _interruptible() -> Generator[None]:
    """Let Ctrl+C end the process at once: Python doesn't see it while torch's C++ code waits."""
    try:
        handler = signal.getsignal(signal.SIGINT)
        if handler is signal.default_int_handler:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
    except ValueError:  # outside the main thread
        handler = None
    try:
        yield
    finally:
        if handler is signal.default_int_handler:
            signal.signal(signal.SIGINT, handler)


def _number(name: str, alone: int) -> int:
    text = os.environ.get(name, str(alone))
    if not (text.isascii() and text.isdigit()):
        raise DiffvizError(f"{name} is '{text}': torchrun sets it to a number; unset it")
    return int(text)
