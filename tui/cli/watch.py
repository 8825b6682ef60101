"""``diffviz watch``: show training runs, in progress or finished."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.errors import printable
from .flags import add_terminal, terminal_of

if TYPE_CHECKING:
    from ...core.runs.run_state import RunSummary
    from ..plain.detached import Detached
    from ..terminal import Terminal


def add_parser(commands) -> None:
    """Add ``watch`` to the command line."""
    parser = commands.add_parser(
        "watch",
        help="watch a training run",
        examples=(
            "diffviz watch",
            "diffviz watch runs/try runs/other",
        ),
        description="Show a run while it trains in another process or terminal: losses, pictures, "
        "speed. Without RUN, choose from a list. Without a terminal, print where it is.",
    )
    add = parser.add_argument
    add(
        "run",
        type=Path,
        nargs="*",
        metavar="RUN",
        help="run folder; further ones are compared with it",
    )
    add(
        "--runs-dir",
        type=Path,
        default=Path("runs"),
        metavar="DIR",
        help="where the list of runs comes from (default: ./runs)",
    )
    add_terminal(parser)
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> int:
    """Show the run, or the list; return the exit status."""
    from ...core.errors import DiffvizError
    from ...core.runs import CONFIG
    from ...core.runs.run_state import list_runs, summarise

    for run in args.run:
        if not (run / CONFIG).is_file():
            raise DiffvizError(f"no run in {run} (it has no {CONFIG}): diffviz watch lists runs")
    terminal = terminal_of(args)
    if not terminal.interactive:
        runs = [summarise(run) for run in args.run] or list_runs(args.runs_dir)
        return _print(runs, args.runs_dir)
    from ..terminal import startup

    startup.begin()
    from ..training_app import show

    if not args.run:
        from ..screens.training.run_list import RunListScreen

        return show(lambda: RunListScreen(args.runs_dir), terminal)
    from ..screens.training.run_list import earlier_runs
    from ..screens.training.run_source import RunSource
    from ..screens.training.training_screen import TrainScreen

    first, *others = args.run
    compared = [RunSource(run) for run in others]
    return show(lambda: TrainScreen(RunSource(first), compared, earlier_runs(first)), terminal)


def watch_new_run(training: "Detached", terminal: "Terminal") -> int:
    """Show a training that this process has started; return the exit status."""
    from ..screens.training.run_list import earlier_runs
    from ..screens.training.run_source import RunSource
    from ..screens.training.training_screen import TrainScreen
    from ..training_app import show

    source = RunSource(training.run, coming=lambda: not training.ended)
    earlier = earlier_runs(training.run)
    return show(lambda: TrainScreen(source, earlier=earlier, begun=training), terminal)


def _print(runs: "list[RunSummary]", folder: Path) -> int:
    """Print a line about each run, or that ``folder`` has none."""
    if not runs:
        print(
            printable(f"no runs in {folder}: diffviz train starts one, --runs-dir looks elsewhere")
        )
    for run in runs:
        where = f" on {run.host}" * (run.host is not None)
        what = run.problem or f"epoch {run.epochs_text}  loss {run.loss_text}"
        print(printable(f"{run.path}  {run.state.value}{where}  {what}"))
    return 0
