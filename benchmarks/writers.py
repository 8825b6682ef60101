"""What writing costs a loop of one's own: a call beside a step of 10 ms.

python -m benchmarks.writers [--quick]

The loop computes nothing: it waits, as one that uses a GPU does, and the writers' own threads run
in that time.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean, median

import numpy as np

import diffviz

from .timing import table

_STEP_S = 0.01


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="What writing costs a loop.")
    parser.add_argument("--quick", action="store_true")
    steps = 100 if parser.parse_args().quick else 1000
    images = np.random.default_rng(0).standard_normal((1, 28, 28)).astype(np.float32)
    large = np.random.default_rng(0).standard_normal((1, 3, 256, 256)).astype(np.float32)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with diffviz.RunWriter(folder / "run") as run:
            rows = [_row("RunWriter.log", lambda k: run.log(k + 1, 0.1, lr=1e-3), steps)]
        with diffviz.StepWriter(folder / "digit.steps") as writer:
            ask = _row("StepWriter.step, 28 x 28", lambda k: writer.step(k, images, images), steps)
            rows.append(ask)
        with diffviz.StepWriter(folder / "large.steps") as writer:
            ask = _row("the same, 3 x 256 x 256", lambda k: writer.step(k, large, large), steps)
            rows.append(ask)
    print(table(["call", "median", "mean", "worst", "mean, of a step of 10 ms"], rows))


def _row(name: str, call: Callable[[int], object], steps: int) -> list[str]:
    seconds = []
    for k in reversed(range(steps)):
        time.sleep(_STEP_S / 2)
        begun = time.perf_counter()
        call(k)
        seconds.append(time.perf_counter() - begun)
    micro = [f"{1e6 * value:.0f} µs" for value in (median(seconds), mean(seconds), max(seconds))]
    return [name, *micro, f"{mean(seconds) / _STEP_S:.2%}"]


if __name__ == "__main__":
    main()
