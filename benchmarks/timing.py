"""Timing things in turns, so that whatever else runs on the machine meets all of them."""

import time
from collections.abc import Callable, Mapping

Work = Callable[[int], object]
"""Does so many steps of its kind."""


def interleaved(works: Mapping[str, tuple[Work, int]], rounds: int) -> dict[str, float]:
    """Return the seconds of one step of each work: the best of ``rounds`` turns.

    ``works`` gives for each name what to do and how many steps make a turn. Each turn begins with
    a step that isn't counted: it compiles, allocates, and finds the caches full of others' data.
    """
    best: dict[str, float] = {}
    for _ in range(rounds):
        for name, (work, steps) in works.items():
            work(1)
            start = time.perf_counter()
            work(steps)
            seconds = (time.perf_counter() - start) / steps
            best[name] = min(best.get(name, seconds), seconds)
    return best


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])
