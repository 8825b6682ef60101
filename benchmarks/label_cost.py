"""What a label and its guidance cost: a step of one digit, beside that without a label.

    python -m benchmarks.label_cost [--quick] [--weights labelled] [--against default]

A guided step evaluates the network twice, in one batch. All are measured in turns, by each backend
with one thread and with all.
"""

import argparse
from typing import Any

from diffviz.core.machine.device import default_threads
from diffviz.core.pipeline import Pipeline

from .timing import Work, interleaved, table

_STEPS = 200  # of a turn
_GUIDED: dict[str, Any] = {"guidance": 1.0, "guidance_from": 1000, "guidance_until": 0}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="What a label and its guidance cost.")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--weights", default="labelled", help="some with labels")
    parser.add_argument("--against", default="default", help="some without")
    args = parser.parse_args()
    rows = []
    for backend in ("openvino", "pytorch"):
        for threads in sorted({1, default_threads()}):
            row = _row(args.weights, args.against, backend, threads, 3 if args.quick else 12)
            rows.append([backend, str(threads), *row])
    head = ["backend", "threads", "no label, ms", "label, w = 0", "guided", "guided / w = 0"]
    print(table(head, rows))


def _row(weights: str, against: str, backend: str, threads: int, rounds: int) -> list[str]:
    labelled, plain = (
        Pipeline.load(name, threads=threads, backend=backend) for name in (weights, against)
    )
    works: dict[str, tuple[Work, int]] = {
        "plain": (_sampling(plain), _STEPS),
        "label": (_sampling(labelled, label="7", guidance=0.0), _STEPS),
        "guided": (_sampling(labelled, label="7", **_GUIDED), _STEPS),
    }
    seconds = interleaved(works, rounds)
    plain_s, label_s, guided_s = seconds["plain"], seconds["label"], seconds["guided"]
    return [
        f"{1000 * plain_s:.3f}",
        f"{label_s / plain_s:.2f} times",
        f"{guided_s / plain_s:.2f} times",
        f"{guided_s / label_s:.2f}",
    ]


def _sampling(pipeline: Pipeline, **how: Any) -> Work:
    def work(steps: int) -> None:
        for _ in pipeline.sample([3], steps, sampler="ddpm", **how):
            pass

    return work


if __name__ == "__main__":
    main()
