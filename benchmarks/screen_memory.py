"""What the screen keeps in memory: a whole run, the grid while it is sampled, and afterwards.

python -m benchmarks.screen_memory [--weights default]

Runs the app on a pseudo-terminal and reads the private memory of its processes (Linux): the one
that draws and keeps the steps, and the one that samples. Idle means: weights loaded, a short run
done.
"""

import argparse
import os
import sys
from pathlib import Path

from .terminal import AppOnTerminal

_IDLE_STEPS = 4
_PATIENCE_S = 600.0


def main() -> None:
    """Print a table in MB."""
    parser = argparse.ArgumentParser(description="what the screen keeps in memory")
    parser.add_argument("--weights", default="default")
    args = parser.parse_args()
    told, tell = os.pipe()
    os.set_inheritable(tell, True)
    command = [sys.executable, "-m", "benchmarks.screen", "--app", str(tell)]
    command += ["--weights", args.weights, "--steps"]
    print(f"{'MB of private memory':<34}{'screen':>8}{'sampler':>9}{'both':>8}   above idle")
    with AppOnTerminal([*command, str(_IDLE_STEPS)], 120, 40, keep=(tell,)) as app:
        _finish(app, told)
        idle = _say("idle, 4 steps done", app)
    with AppOnTerminal([*command, "1000"], 120, 40, keep=(tell,)) as app:
        _finish(app, told)
        _say("1000 steps done, all views", app, idle)
        for _ in range(100):
            app.send(b"\x1b[1;2D")  # ten steps back
        app.read_for(3)
        app.send(b"\x1b[F")
        app.read_for(1)
        _say("scrubbed to the noise and back", app, idle)
        app.resize(230, 60)
        app.send(b"g")
        app.read_for(10)
        _say("grid of 32 at 230x60, after 10 s", app, idle)
        app.wait_for((b"32 digits in",), _PATIENCE_S)
        app.read_for(1)
        _say("the grid with all its 1000 steps", app, idle)
        app.send(b"\x1b[H")
        app.read_for(2)
        for _ in range(50):
            app.send(b"\x1b[1;2C")  # ten steps on
            app.read_for(0.1)
        _say("scrubbed to the noise and on again", app, idle)
        app.send(b"\x1b")
        app.read_for(2)
        app.resize(120, 40)
        app.read_for(2)
        _say("back on the run screen", app, idle)


def _finish(app: AppOnTerminal, told: int) -> None:
    app.read_until(told, 120)
    os.read(told, 8)
    app.read_for(1)


def _say(what: str, app: AppOnTerminal, idle: float | None = None) -> float:
    screen, sampler = _private(app.pid), sum(map(_private, _children(app.pid)))
    both = screen + sampler
    above = "" if idle is None else f"{both - idle:+.1f}"
    print(f"{what:<34}{screen:>8.1f}{sampler:>9.1f}{both:>8.1f}   {above:>10}", flush=True)
    return both


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _private(pid: int) -> float:
    """Return the memory in MB that only this process uses."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    kilobytes = [int(line.split()[1]) for line in lines if line.startswith("Private_")]
    return sum(kilobytes) / 1024


if __name__ == "__main__":
    main()
