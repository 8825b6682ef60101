"""What a label and its guidance cost: a step of one digit, beside that without a label.

    python -m benchmarks.label_cost [--quick] [--weights labelled] [--against default]

A guided step evaluates the network twice, in one batch; the default guidance counts in an interval
of timesteps only. All are measured in turns, by each backend with one thread and with all. Two
copies of one network differ by a few percent in speed, so that each is loaded several times;
the table has the median of these and, in brackets, the smallest and the largest.
"""

import argparse
import statistics
from typing import Any

from diffviz.core.machine.device import default_threads
from diffviz.core.pipeline import Pipeline

from .timing import Work, interleaved, table

_STEPS = 200  # of a turn
_LOADS = 5
_GUIDED: dict[str, Any] = {"guidance": 1.0, "guidance_from": 1000, "guidance_until": 0}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="What a label and its guidance cost.")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--weights", default="labelled", help="some with labels")
    parser.add_argument("--against", default="default", help="some without")
    args = parser.parse_args()
    loads, rounds = (1, 3) if args.quick else (_LOADS, 6)
    rows = []
    for backend in ("openvino", "pytorch"):
        for threads in sorted({1, default_threads()}):
            seconds = [
                _load_and_measure(args.weights, args.against, backend, threads, rounds)
                for _ in range(loads)
            ]
            rows.append([backend, str(threads), *_row(seconds)])
    head = [
        "backend",
        "threads",
        "no label, ms",
        "label, w = 0",
        "default guidance",
        "guided at all t",
    ]
    print(table(head, rows))


def _load_and_measure(
    weights: str, against: str, backend: str, threads: int, rounds: int
) -> dict[str, float]:
    """Return the seconds of a step of each kind."""
    labelled, plain = (
        Pipeline.load(name, threads=threads, backend=backend) for name in (weights, against)
    )
    works: dict[str, tuple[Work, int]] = {
        "plain": (_sampling(plain), _STEPS),
        "label": (_sampling(labelled, label="7", guidance=0.0), _STEPS),
        "default": (_sampling(labelled, label="7"), _STEPS),
        "guided": (_sampling(labelled, label="7", **_GUIDED), _STEPS),
    }
    return interleaved(works, rounds)


def _row(loads: list[dict[str, float]]) -> list[str]:
    """Return the cells of one backend: milliseconds, and how many times as long the others take."""
    plain_ms = [1000 * seconds["plain"] for seconds in loads]
    return [
        _spread(plain_ms, "{:.3f}"),
        _spread([seconds["label"] / seconds["plain"] for seconds in loads], "{:.2f}"),
        _spread([seconds["default"] / seconds["label"] for seconds in loads], "{:.2f}"),
        _spread([seconds["guided"] / seconds["label"] for seconds in loads], "{:.2f}"),
    ]


def _spread(values: list[float], form: str) -> str:
    """Return the median and, of several values, the smallest and the largest."""
    median = form.format(statistics.median(values))
    if len(values) == 1:
        return median
    return f"{median} ({form.format(min(values))}-{form.format(max(values))})"


def _sampling(pipeline: Pipeline, **how: Any) -> Work:
    def work(steps: int) -> None:
        for _ in pipeline.sample([3], steps, sampler="ddpm", **how):
            pass

    return work


if __name__ == "__main__":
    main()
