"""Size of pages, seconds of CPU time to record one, and whether it has the same bytes again.

python -m benchmarks.pages [--quick]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_SCENARIOS = ("run", "race", "grid", "branch")


def main() -> int:
    """Record each scenario twice and print a row for it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the run only")
    args = parser.parse_args()
    diffviz = str(Path(sys.executable).with_name("diffviz"))
    print("| page | MB | CPU s | same bytes |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name in _SCENARIOS[:1] if args.quick else _SCENARIOS:
            paths, seconds = [Path(folder, f"{name}-{turn}.html") for turn in (1, 2)], []
            for path in paths:
                before = time.process_time() + _of_children()
                command = [diffviz, "record", str(path), "--scenario", name]
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
                seconds.append(time.process_time() + _of_children() - before)
            first, second = (path.read_bytes() for path in paths)
            same = "yes" if first == second else "no"
            print(f"| {name} | {len(first) / 1e6:.2f} | {min(seconds):.1f} | {same} |", flush=True)
    return 0


def _of_children() -> float:
    times = os.times()
    return times.children_user + times.children_system


if __name__ == "__main__":
    raise SystemExit(main())
