"""How soon there is something: ``--help``, the first painted frame, the first denoised step.

python -m benchmarks.start [--quick] [--size 100x30]

Each round starts every command once, in turns; the best of all rounds counts. What a terminal would
show is read from a pseudo-terminal, and a time ends when the words that say so were read. A round
before the first fills the caches: compiled Python files, and the converted network.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping

from .terminal import AppOnTerminal
from .timing import table

_PYTHON = [sys.executable, "-P", "-c"]
_DIFFVIZ = [*_PYTHON, "import sys; from diffviz.tui.cli import main; sys.exit(main())"]
_BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    BINDINGS = [("q", "quit", "quit")]
    def compose(self):
        yield Static("here it is")
Bare().run()
"""
_LOADED = "from diffviz.core.models.weights import load_weights; load_weights('default').model"
_FIRST_PASS = """
from diffviz.core.pipeline import Pipeline
next(Pipeline.load('default', 'cpu', 1, backend='BACKEND').sample([17]))
"""
_FIRST_FRAME = (b"loading weights",)
_FIRST_STEP = (b"almost pure noise",)
_PATIENCE_S = 60.0

Command = Callable[[], float]
"""Starts something, waits for what it is about, ends it, and returns the seconds."""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="How soon there is something.")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--size", default="100x30")
    args = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # installed files are compiled once
    columns, rows = map(int, args.size.split("x"))

    def shows(command: list[str], words: tuple[bytes, ...]) -> Command:
        return lambda: _until_shown(command, words, columns, rows)

    run = [*_DIFFVIZ, "run", "--device", "cpu", "--speed", "max"]
    commands: dict[str, Command] = {
        "python -c pass": lambda: _whole([*_PYTHON, "pass"]),
        "diffviz --help": lambda: _whole([*_DIFFVIZ, "--help"]),
        "bare Textual app, first frame": shows([*_PYTHON, _BARE], (b"here it is",)),
        "diffviz run, first frame": shows(run, _FIRST_FRAME),
        "import torch, load the weights": lambda: _whole([*_PYTHON, f"import torch; {_LOADED}"]),
        "diffviz run, first denoised step shown": shows(run, _FIRST_STEP),
        "diffviz run --backend pytorch, the same": shows(
            [*run, "--backend", "pytorch"], _FIRST_STEP
        ),
        "Pipeline, first denoised step": lambda: _whole(_first_pass("auto")),
        "Pipeline, the same with torch": lambda: _whole(_first_pass("pytorch")),
    }
    rounds = 2 if args.quick else 8
    best = in_turns(commands, rounds)
    print(f"seconds from the start of a process, best of {rounds}; terminal of {args.size}\n")
    loaded = best["import torch, load the weights"]
    against = {"diffviz run, first frame": best["bare Textual app, first frame"]}
    against |= dict.fromkeys(list(commands)[5:], loaded)
    lines = [
        [name, f"{seconds:.3f}", f"{seconds / against[name]:.2f}x" if name in against else ""]
        for name, seconds in best.items()
    ]
    print(table(["", "seconds", "against bare Textual, or torch and loading"], lines))
    print(f"\n--help loads: {_heavy_of_help() or 'neither torch, numpy nor textual'}")


def in_turns(commands: Mapping[str, Command], rounds: int) -> dict[str, float]:
    """Return the seconds of each: the best of ``rounds``, after one that doesn't count."""
    best = dict.fromkeys(commands, float("inf"))
    for number in range(rounds + 1):
        for name, command in commands.items():
            seconds = command()
            if number:
                best[name] = min(best[name], seconds)
    return best


def _whole(command: list[str]) -> float:
    """Return the seconds of ``command`` from its start to its end."""
    begun = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


def _first_pass(backend: str) -> list[str]:
    # leaves at once: how a process takes torch down isn't what is asked
    code = f"import os{_FIRST_PASS.replace('BACKEND', backend)}os._exit(0)"
    return [*_PYTHON, code]


def _until_shown(command: list[str], words: tuple[bytes, ...], columns: int, rows: int) -> float:
    """Return the seconds until the app has written one of ``words``."""
    begun = time.perf_counter()
    with AppOnTerminal(command, columns, rows) as app:
        app.wait_for(words, _PATIENCE_S)
        return time.perf_counter() - begun


def _heavy_of_help() -> str:
    """Return which of the heavy modules ``diffviz --help`` loads."""
    code = """
import contextlib, io, sys
from diffviz.tui.cli import main
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
    main(["--help"])
print(*sorted({"torch", "numpy", "textual"} & set(sys.modules)))
"""
    done = subprocess.run([*_PYTHON, code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


if __name__ == "__main__":
    main()
