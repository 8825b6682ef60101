"""Digits a second: distilled weights in 4, 2 and 1 steps against SA-Solver with 20.

    python -m benchmarks.few_steps [--quick] [--weights few-steps] [--against default] [--threads 2]

All are measured in turns, with the batch size and the threads that ``diffviz sample`` takes for
many digits. Digits are counted as it makes them: noise, evaluations, and grey levels.
"""

import argparse

from diffviz.core.machine.device import default_threads
from diffviz.core.models.weights import load_weights
from diffviz.core.pictures import to_pictures
from diffviz.core.pipeline import Pipeline
from diffviz.core.samples.plan import plan_sampling

from .timing import Work, interleaved, table

_MANY = 1_000_000  # passes: enough for the plan to be measured
_FEW = (4, 2, 1)
_BATCHES = 4  # of a turn


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Digits a second in few steps.")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--weights", default="few-steps", help="distilled ones")
    parser.add_argument("--against", default="default")
    parser.add_argument("--threads", type=int, help="default: what is fastest")
    parser.add_argument("--precision", default="fp32", help="fp32 or bf16")
    args = parser.parse_args()
    rounds = 3 if args.quick else 12
    processes = [(args.against, "sa-solver", 20)]
    processes += [(args.weights, "consistency", steps) for steps in _FEW]
    works: dict[str, tuple[Work, int]] = {}
    rows: dict[str, list[str]] = {}
    batches: dict[str, int] = {}
    for weights, sampler, steps in processes:
        pipeline, batch = _planned(weights, args.threads, args.precision)
        name = f"{weights}, {sampler} {steps}"
        works[name] = (_sampling(pipeline, batch, sampler, steps), _BATCHES)
        rows[name] = [str(steps), str(batch), str(pipeline.threads)]
        batches[name] = batch
    seconds = interleaved(works, rounds)
    rates = {name: batches[name] / each for name, each in seconds.items()}
    first = next(iter(rates.values()))
    head = [
        "weights, sampler",
        "evaluations",
        "batch",
        "threads",
        "ms a digit",
        "digits/s",
        "times",
    ]
    cells = [
        [name, *rows[name], f"{1000 / rate:.2f}", f"{rate:,.0f}", f"{rate / first:.2f}"]
        for name, rate in rates.items()
    ]
    print(f"{default_threads()} cores, {args.precision}, best of {rounds} turns\n")
    print(table(head, cells))


def _planned(weights: str, threads: int | None, precision: str) -> tuple[Pipeline, int]:
    """Return the pipeline and the batch size that many digits are sampled with."""
    loaded = load_weights(weights)
    plan = plan_sampling(loaded, "cpu", _MANY, threads=threads, precision=precision)
    return Pipeline(loaded, "cpu", plan.threads, precision=precision), plan.batch


def _sampling(pipeline: Pipeline, batch: int, sampler: str, steps: int) -> Work:
    """Return what makes so many batches of other seeds each."""
    seed = 0

    def work(count: int) -> None:
        nonlocal seed
        for _ in range(count):
            seeds = range(seed, seed + batch)
            seed += batch
            *_, last = pipeline.sample(seeds, steps, sampler=sampler)
            to_pictures(last.x_t)

    return work


if __name__ == "__main__":
    main()
