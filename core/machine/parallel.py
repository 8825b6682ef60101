"""Work on large arrays, shared among threads."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from .blas import can_limit, one_thread

T = TypeVar("T")
R = TypeVar("R")


def in_threads(work: Callable[[T], R], parts: Iterable[T], threads: int) -> list[R]:
    """Return ``work`` of each part, in their order, computed by up to ``threads`` threads.

    numpy's BLAS has one thread meanwhile: several parts side by side never wait for each other,
    as the threads of one matrix product do. A BLAS that can't be limited has threads of its own
    already; then one part is computed after the other.
    """
    todo = list(parts)
    workers = min(threads, len(todo)) if can_limit() else 1
    with one_thread():
        if workers <= 1:
            return [work(part) for part in todo]
        with ThreadPoolExecutor(workers, "diffviz-parts") as pool:
            return list(pool.map(work, todo))
