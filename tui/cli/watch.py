"""``diffviz watch``: look at a training that goes on elsewhere, or at one that is over."""

import argparse
import os
import sys
from pathlib import Path


def add_parser(commands) -> None:
    """Add ``watch`` to the command line."""
    parser = commands.add_parser(
        "watch",
        help="watch a training run",
        description="Show a run while it trains in another process or terminal: losses, pictures, "
        "speed. Without RUN, choose from a list. Without a terminal, print where it is.",
    )
    add = parser.add_argument
    add("run", type=Path, nargs="*", metavar="RUN", help="run folder; more are drawn beside it")
    add(
        "--runs-dir",
        type=Path,
        default=Path("runs"),
        metavar="DIR",
        help="where the list of runs comes from (default: ./runs)",
    )
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> int:
    """Show the run, or the list; return the exit status."""
    from ...core.errors import DiffvizError
    from ...core.run_state import list_runs
    from ...core.runs import CONFIG

    for run in args.run:
        if not (run / CONFIG).is_file():
            raise DiffvizError(f"no run in {run} (it has no {CONFIG}): diffviz watch lists runs")
    if not has_screen():
        return _print(args.run or [summary.path for summary in list_runs(args.runs_dir)])
    from ..training.app import show

    if not args.run:
        from ..training.run_list import RunListScreen

        return show(lambda: RunListScreen(args.runs_dir))
    from ..training.run_list import earlier_runs
    from ..training.screen import TrainScreen
    from ..training.source import RunSource

    first, *others = args.run
    earlier = earlier_runs(list_runs(first.absolute().parent), first.absolute())
    return show(lambda: TrainScreen(RunSource(first), [RunSource(run) for run in others], earlier))


def has_screen() -> bool:
    """Return whether there is a terminal that can show an app."""
    tty = sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
    return tty and os.environ.get("TERM", "dumb") != "dumb"


def _print(runs: list[Path]) -> int:
    """Print where each run is."""
    from ...core.run_state import summarise

    for run in runs:
        summary = summarise(run)
        loss = "–" if summary.loss is None else f"{summary.loss:.4f}"
        epochs = f"epoch {summary.epoch or 0}/{summary.config.epochs}"
        print(f"{run}  {summary.state.value}  {epochs}  loss {loss}")
    return 0
