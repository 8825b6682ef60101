"""What the run screen costs: its sampling beside the headless one, and how soon a key shows.

python -m benchmarks.screen [--quick] [--rounds 5] [--size 120x40] [--weights default]
    [--steps 1000]

Each round samples the same seed twice in turns: headless in this process, and by the app at full
speed on a pseudo-terminal of its own, which this process reads as a terminal would. Both times
run from the first step to the last. Then keys are pressed while the app samples; a key's time
ends when what it does has been read.
"""

import argparse
import os
import random
import struct
import sys
import time
from statistics import median

from .terminal import AppOnTerminal

_KEYS = ((b"\x1b[D", ("◀".encode(),)), (b"\x1b[F", ("● live".encode(), "● done".encode())))
"""Left and End, and what each writes into the header."""


def main() -> None:
    """Print ratios and key times."""
    args = _arguments()
    if args.app is not None:
        sys.exit(_app(args, args.app))
    from diffviz.core.pipeline import Pipeline

    pipeline = Pipeline.load(args.weights, "cpu", args.threads)
    for _ in pipeline.sample([args.seed], min(50, args.steps)):
        pass  # warm
    columns, rows = map(int, args.size.split("x"))
    report, written = os.pipe()
    os.set_inheritable(written, True)
    command = [sys.executable, "-m", "benchmarks.screen", "--app", str(written)]
    command += ["--weights", args.weights, "--seed", str(args.seed)]
    command += ["--steps", str(args.steps), "--threads", str(args.threads)]
    with AppOnTerminal(command, columns, rows, keep=(written,)) as app:
        app.read_until(report, 60)
        os.read(report, 8)  # its first run, which loads the weights, doesn't count
        headless, shown, ratios = [], [], []
        for _ in range(args.rounds):
            headless.append(_sample(pipeline, args.seed, args.steps))
            app.send(b"n")
            app.read_until(report, 120)
            shown.append(struct.unpack("d", os.read(report, 8))[0])
            ratios.append(headless[-1] / shown[-1])
            print(
                f"headless {args.steps / headless[-1]:7.1f} steps/s   "
                f"screen {args.steps / shown[-1]:7.1f} steps/s   ratio {ratios[-1]:.3f}",
                flush=True,
            )
        waits = _press_keys(app, report, args.presses)
    best = min(headless) / min(shown)
    print(f"\n{args.size}, {args.weights}, {args.steps} DDPM steps, {args.threads} thread(s)")
    print(f"screen / headless: median {median(ratios):.3f}, best of each {best:.3f}")
    waits.sort()
    print(
        f"key to screen, {len(waits)} presses at full speed: median {1e3 * median(waits):.0f} ms, "
        f"95th percentile {1e3 * waits[int(0.95 * (len(waits) - 1))]:.0f} ms"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="what the run screen costs")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and key presses")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--presses", type=int, default=60)
    parser.add_argument("--size", default="120x40")
    parser.add_argument("--weights", default="default")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--app", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.quick:
        args.rounds, args.presses = 2, 10
    return args


def _sample(pipeline, seed: int, steps: int) -> float:
    """Return the seconds from the first step to the last of one headless chain."""
    chain = pipeline.sample([seed], steps)
    next(chain)
    begun = time.perf_counter()
    for _ in chain:
        pass
    return time.perf_counter() - begun


def _app(args: argparse.Namespace, report: int) -> int:
    """Run the app as ``diffviz run`` does, and tell ``report`` what each run took."""
    from diffviz.core.sampling import SamplingSpec
    from diffviz.tui.app import run_app
    from diffviz.tui.run_options import RunOptions
    from diffviz.tui.screens.run.run_screen import RunScreen
    from diffviz.tui.worker.events import SamplingFinished

    show = RunScreen.show_finished

    def show_finished(self: RunScreen, finished: SamplingFinished) -> None:
        show(self, finished)
        os.write(report, struct.pack("d", finished.elapsed))

    RunScreen.show_finished = show_finished
    return run_app(
        RunOptions(
            args.weights, args.seed, SamplingSpec(steps=args.steps), "cpu", args.threads, None
        )
    )


def _press_keys(app: AppOnTerminal, report: int, presses: int) -> list[float]:
    """Return how long each key press took to show, while the app samples."""
    pause = random.Random(0)
    waits: list[float] = []
    app.send(b"n")
    app.read_for(0.3)
    while len(waits) < presses:
        if app.ready(report):  # the run is over: the next seed, which is live: not between the keys
            os.read(report, 8)
            app.send(b"n")
            app.read_for(0.3)
        for key, effects in _KEYS:
            app.read_for(pause.uniform(0.05, 0.25))
            waits.append(app.time_key(key, effects))
    return waits


if __name__ == "__main__":
    main()
