"""The batch size and number of threads for sampling, measured where that is worth its time.

A second thread may make one small digit no faster, or slower, and on a machine whose cores are also
used by others a thread for each core is many times slower.

The results are cached for later runs on the same machine.
"""

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..backends import Backend, open_backend
from ..files.memo import cached
from ..machine.device import default_threads, device_name
from ..machine.distributed import ALONE, Group, process_threads
from ..models.weights import Weights
from ..names import SIDE

BATCH = 32
"""Digits at once where nothing is measured."""
_LARGEST = 256
_PAYS = 100_000  # passes of one digit: with fewer, measuring takes longer than it gains
_BETTER = 0.97  # of the time: what is less sure doesn't count
_TURNS = 3
_SHORT_TURNS = 20  # of a single digit


@dataclass(frozen=True, slots=True)
class SamplePlan:
    """Digits a batch, and CPU threads."""

    batch: int
    threads: int


def plan_sampling(
    weights: Weights,
    device: str,
    passes: int,
    *,
    precision: str = "fp32",
    backend: str = "auto",
    threads: int | None = None,
    group: Group = ALONE,
) -> SamplePlan:
    """Return how to do ``passes`` of one digit each through the network on ``device``.

    Nothing is measured for few passes or where ``threads`` is given. All processes of
    a ``group`` get the same batch.

    Raises:
        DiffvizError: if the backend or the precision can't be had.
    """
    mine = SamplePlan(BATCH, threads or process_threads())
    if threads is None and passes >= _PAYS:

        def prepare(count: int) -> Backend:
            return open_backend(weights, device, count, precision=precision, backend=backend)

        used = prepare(mine.threads)
        facts = [weights.architecture, device_name(device), used.name, precision]
        key = json.dumps(["plan", *facts, default_threads(), mine.threads])
        candidates = [mine.threads, mine.threads // 2, 1] if device == "cpu" else [mine.threads]
        mine = SamplePlan(*_measured(key, lambda: _probe(prepare, candidates)))
    chosen = group.sum(np.array([float(mine.batch) if group.main else 0.0]))
    return SamplePlan(int(chosen[0]), mine.threads)


def step_threads(weights: Weights, device: str, *, precision: str, backend: str) -> int:
    """Return how many CPU threads compute one digit at a time while a screen is shown.

    A core is left to the screen, so that a key shows at once; of the others, as many as make a
    pass faster.

    Raises:
        DiffvizError: if the backend or the precision can't be had.
    """
    most = max(1, default_threads() - 1)
    if most == 1 or device != "cpu":
        return most

    def prepare(count: int) -> Backend:
        return open_backend(weights, device, count, precision=precision, backend=backend)

    def fastest() -> int:
        best = _Timed(prepare, 1, 1)
        while best.threads < most:
            other = _Timed(prepare, 1, min(most, 2 * best.threads))
            if best.or_better(other) is best:
                break
            best = other
        return best.threads

    facts = [weights.architecture, device_name(device), prepare(1).name, precision]
    key = json.dumps(["threads", *facts, default_threads()])
    return _measured(key, fastest)


def _measured(key: str, measure: Callable[[], Any]) -> Any:
    """Return the result cached under ``key``, or of ``measure``, as plain JSON values.

    A result measured while others used the machine isn't saved.
    """
    content = cached(key, lambda: json.dumps(measure()).encode(), lambda: not _busy())
    return json.loads(content)


def _busy() -> bool:
    """Return whether others use half of the cores; False where the load can't be read."""
    return hasattr(os, "getloadavg") and os.getloadavg()[0] > 0.5 * default_threads()


def _probe(prepare: Callable[[int], Backend], threads: list[int]) -> tuple[int, int]:
    """Return the fastest batch size and number of threads; of equals, the first and smallest."""
    best = _Timed(prepare, BATCH, threads[0])
    for count in dict.fromkeys(max(1, count) for count in threads[1:]):
        best = best.or_better(_Timed(prepare, BATCH, count))
    for factor in (2.0, 0.5):
        start = best
        while 8 <= best.batch * factor <= _LARGEST:
            other = _Timed(prepare, int(best.batch * factor), best.threads)
            if best.or_better(other) is best:
                break
            best = other
        if best is not start:
            break
    return best.batch, best.threads


class _Timed:
    """The time for a digit, with this batch size and number of threads."""

    def __init__(self, prepare: Callable[[int], Backend], batch: int, threads: int) -> None:
        self.batch, self.threads = batch, threads
        denoiser = prepare(threads)
        x_t = np.random.default_rng(0).standard_normal((batch, SIDE, SIDE), np.float32)
        denoiser(x_t, 500)  # compiles, allocates
        turns = _SHORT_TURNS if batch == 1 else _TURNS
        self.seconds = min(_seconds(lambda: denoiser(x_t, 500)) for _ in range(turns)) / batch

    def or_better(self, other: "_Timed") -> "_Timed":
        """Return ``other`` if it is faster by more than chance."""
        return other if other.seconds < _BETTER * self.seconds else self


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
