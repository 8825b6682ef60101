"""What computes a network, one against another: the 1000-step DDPM chain in each.

python -m benchmarks.backends [--quick] [--threads 1]

Each does some steps of a chain in turns; the best turn counts.
"""

import argparse
import warnings
from importlib.util import find_spec

import torch

from diffviz.core.models.weights import load_weights
from diffviz.core.pipeline import Pipeline

from . import loops
from .timing import Work, interleaved, table

BATCHES = (1, 8, 32)
_STEPS = {1: 40, 8: 8, 32: 2}
_PACKAGES = {"numpy": "numpy", "pytorch": "torch", "openvino": "openvino"}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="The chain in each backend.")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(args.threads)
    rounds = 5 if args.quick else 30
    print(f"{args.threads} thread(s), best of {rounds} turns, seconds of 1000 steps")
    for weights in ("reference", "default"):
        _compare(weights, args.threads, rounds)


def _compare(weights: str, threads: int, rounds: int) -> None:
    """Print seconds and how much faster than the write-up's loop, eager PyTorch."""
    pipelines = {
        backend: Pipeline.load(weights, "cpu", threads, backend=backend)
        for backend, package in _PACKAGES.items()
        if find_spec(package)
    }
    model = load_weights(weights).model.eval()
    rows: dict[str, list[str]] = {}
    for batch in BATCHES:
        steps = _STEPS[batch]
        eager = loops.write_up(model, batch)
        works: dict[str, tuple[Work, int]] = {"the write-up's loop": (eager, steps)}
        for backend, pipeline in pipelines.items():
            works[f"diffviz, {backend}"] = _chain(pipeline, batch), steps
        best = interleaved(works, rounds)
        for name, seconds in best.items():
            faster = best["the write-up's loop"] / seconds
            rows.setdefault(name, []).append(f"{1000 * seconds:.2f} ({faster:.2f}x)")
    print(f"\n### {weights}\n")
    head = ["1000 steps, s (times faster)", *(f"batch {batch}" for batch in BATCHES)]
    print(table(head, [[name, *cells] for name, cells in rows.items()]))


def _chain(pipeline: Pipeline, batch: int) -> Work:
    return loops.stepping(lambda: pipeline.sample(list(range(batch)), 1000, sampler="ddpm"))


if __name__ == "__main__":
    main()
