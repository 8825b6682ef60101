"""What a digit costs as batches, chains and sets of digits grow.

python -m benchmarks.scaling [--quick] [--threads 2]

The first two tables are taken in turns, the best turn counts. The third runs ``diffviz sample`` and
asks it for its peak of memory (VmHWM; Linux only).
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from diffviz.core.machine.device import default_threads
from diffviz.core.pipeline import Pipeline

from .timing import Work, interleaved, table

BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
STEPS = (10, 50, 100, 250, 500, 1000)
COUNTS = (256, 1024, 4096)
_SET_STEPS = 5
_SAMPLE = """
import sys
from diffviz.tui.cli import main
status = main(sys.argv[1:])
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
sys.exit(status)
"""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="Cost as batches, chains and sets grow.")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--threads", type=int, default=default_threads())
    args = parser.parse_args()
    rounds = 2 if args.quick else 8
    print(f"{args.threads} threads, best of {rounds} turns")
    pipelines = {
        name: Pipeline.load(name, "cpu", args.threads) for name in ("reference", "default")
    }
    _batches(pipelines, rounds)
    _steps(pipelines, BATCHES[:1] if args.quick else (1, 32), rounds)
    _sets(COUNTS[:2] if args.quick else COUNTS, args.threads)


def _batches(pipelines: dict[str, Pipeline], rounds: int) -> None:
    """Print what one pass costs a digit, by batch size: flat or falling is what it should be."""
    rows = []
    for name, pipeline in pipelines.items():
        turns: dict[str, tuple[Work, int]] = {
            str(b): (_passes(pipeline, b), max(2, 64 // b)) for b in BATCHES
        }
        seconds = interleaved(turns, rounds)
        each = [seconds[str(b)] / b for b in BATCHES]
        cells = [f"{1e3 * s:.3f} ({s / each[0]:.2f}x)" for s in each]
        rows.append([f"{name}, {pipeline.computed_by}", *cells])
    print("\n### A pass, ms a digit (against batch 1)\n")
    print(table(["", *(f"batch {b}" for b in BATCHES)], rows))


def _passes(pipeline: Pipeline, batch: int) -> Work:
    x_t = np.random.default_rng(0).standard_normal((batch, 28, 28), np.float32)

    def work(count: int) -> None:
        for _ in range(count):
            pipeline.denoiser(x_t, 500)

    return work


def _steps(pipelines: dict[str, Pipeline], batches: tuple[int, ...], rounds: int) -> None:
    """Print what a step of a whole chain costs, by the number of steps."""
    rows = []
    for name, pipeline in pipelines.items():
        for batch in batches:
            best = dict.fromkeys(STEPS, float("inf"))
            _chain(pipeline, batch, 2)  # compiles
            for _ in range(max(1, rounds // 2)):
                for steps in STEPS:
                    best[steps] = min(best[steps], _chain(pipeline, batch, steps))
            each = [best[steps] / steps for steps in STEPS]
            cells = [f"{1e3 * s:.3f} ({s / each[-1]:.2f}x)" for s in each]
            rows.append([f"{name}, batch {batch}", *cells])
    print("\n### A chain, ms a step (against 1000 steps)\n")
    print(table(["", *(f"{steps} steps" for steps in STEPS)], rows))


def _chain(pipeline: Pipeline, batch: int, steps: int) -> float:
    begun = time.perf_counter()
    for _ in pipeline.sample(range(batch), steps):
        pass
    return time.perf_counter() - begun


def _sets(counts: tuple[int, ...], threads: int) -> None:
    """Print time and peak memory of ``diffviz sample -n``, by n."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for ending in (".npy", ".npz"):
            found = [_sample(Path(folder, f"digits{ending}"), n, threads) for n in counts]
            first: Any = found[0]
            for n, (seconds, mib) in zip(counts, found, strict=True):
                rate = (seconds - first[0]) / (n - counts[0]) if n > counts[0] else seconds / n
                rows.append(
                    [f"-n {n} -o digits{ending}", f"{seconds:.1f}", f"{1e3 * rate:.2f}",
                     f"{mib:.0f}", f"{mib / first[1]:.3f}x"]
                )  # fmt: skip
    print(f"\n### diffviz sample, {_SET_STEPS} steps (the first n of each includes the start)\n")
    print(table(["", "s", "ms a digit more", "peak MiB", "against the first"], rows))


def _sample(path: Path, n: int, threads: int) -> tuple[float, float]:
    """Return seconds and MiB."""
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-P", "-c", _SAMPLE, "sample", "-n", str(n), "-o", str(path),
         "--steps", str(_SET_STEPS), "--device", "cpu", "--threads", str(threads)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return time.perf_counter() - begun, int(done.stdout.split()[-1]) / 1024


if __name__ == "__main__":
    main()
