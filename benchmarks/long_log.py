"""A training log of a million batches: how soon a run can be seen, and in how much memory.

python -m benchmarks.long_log [--lines 1000000]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from diffviz.core.recipes import TrainConfig
from diffviz.core.records import Batch, EpochDone, Started
from diffviz.core.runs import LOG, RunFolder, cut_log, event_line

EPOCH = 468
CHILD = """
import resource, sys, time
began = time.perf_counter()
from pathlib import Path
from diffviz.tui.screens.training.run_source import RunSource
source = RunSource(Path(sys.argv[1]))
source.read()
read = time.perf_counter() - began
again = time.perf_counter()
source.read()
cpu = time.process_time()
mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
batches = len(source.history.column("loss"))
print(read, cpu, time.perf_counter() - again, mb, batches, source.every, source.history.step)
"""
LIST = """
import sys, time
from pathlib import Path
from diffviz.core.runs.run_state import list_runs
began = time.perf_counter()
(run,) = list_runs(Path(sys.argv[1]))
print(time.perf_counter() - began, run.step)
"""


def write_run(run: Path, lines: int) -> None:
    """Write a run whose log has so many batches, with what the trainer says about each."""
    with RunFolder.create(run, TrainConfig(epochs=10**5), {}):
        pass
    bands = {"static": 0.012345, "blob": 0.023456, "lock-in": 0.034567, "refinement": 0.12345}
    started = Started("run", "film-unet", 296_000, "mnist", 60_000, "cpu", 10**5, EPOCH, 128, 0)
    with (run / LOG).open("w") as log:
        log.write(event_line(started))
        for step in range(1, lines + 1):
            epoch, batch = (step - 1) // EPOCH + 1, (step - 1) % EPOCH + 1
            loss = 0.05 + 0.9 / step
            event = Batch(step, epoch, batch, 0.1 * step, loss, 1e-3, 1280.5, None, 0.34567, bands)
            log.write(event_line(event))
            if batch == EPOCH:
                done = EpochDone(step, epoch, batch, 0.1 * step, loss, 1e-3, 1280.5)
                log.write(event_line(done))


def child(code: str, path: Path) -> list[float]:
    """Run ``code`` in a fresh interpreter and return the numbers it prints."""
    command = [sys.executable, "-c", code, str(path)]
    return [float(x) for x in subprocess.check_output(command, text=True).split()]


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    lines = parser.parse_args().lines
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        write_run(run, lines)
        size = (run / LOG).stat().st_size
        print(f"{lines:,} batches, {size / 1e6:.0f} MB of log")
        read, cpu, again, mb, batches, every, step = min(child(CHILD, run) for _ in range(3))
        print(
            f"reader: {read:.2f} s with its imports ({cpu:.2f} s of CPU), {mb:.0f} MB at most, "
            f"{batches:,.0f} batches kept (1 in {every:.0f}), up to batch {step:,.0f}; "
            f"looking again {again * 1e3:.1f} ms"
        )
        seconds, _ = child(LIST, run.parent)
        print(f"list of runs: {seconds * 1e3:.0f} ms")
        began = time.perf_counter()
        cut_log(run / LOG, lines - 100)
        newest = json.loads((run / LOG).read_bytes()[-400:].splitlines()[-1])["step"]
        print(f"cut back by 100 batches to {newest:,}: {time.perf_counter() - began:.2f} s")


if __name__ == "__main__":
    main()
