"""``diffviz watch``: show training runs, in progress or finished."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.errors import printable
from ..text import counted
from .flags import add_narrate, add_terminal
from .parser import UsageError
from .remembered import chosen_of

if TYPE_CHECKING:
    from ...core.runs.run_state import RunSummary
    from ..plain.detached import Detached
    from .remembered import Chosen


def add_parser(commands) -> None:
    """Add ``watch`` to the command line."""
    parser = commands.add_parser(
        "watch",
        help="watch a training run, or a sampling loop of your own",
        examples=(
            "diffviz watch runs/try runs/other",
            "diffviz watch loop.steps",
        ),
        description="Show a run while it trains in another process or terminal: losses, pictures, "
        "speed. Without RUN, choose from a list. A file of diffviz.StepWriter shows the steps of a "
        "sampling loop. Without a terminal, print where it is.",
    )
    add = parser.add_argument
    add(
        "run",
        type=Path,
        nargs="*",
        metavar="RUN",
        help="run folder; further ones are compared with it. Or one file of steps",
    )
    add(
        "--runs-dir",
        type=Path,
        default=Path("runs"),
        metavar="DIR",
        help="where the list of runs comes from (default: ./runs)",
    )
    add("--csv", type=Path, metavar="FILE", help="write the losses of the runs as .csv instead")
    add("--png", type=Path, metavar="FILE", help="draw the losses of the runs as .png instead")
    add_narrate(parser, "the training in RUN, until it ends,")
    add_terminal(parser)
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> int:
    """Show the run, or the list; return the exit status."""
    from ...core.errors import DiffvizError
    from ...core.runs import CONFIG
    from ...core.runs.run_state import list_runs, summarise

    if args.narrate:
        return _narrate(args)
    wanted = [path for path in (args.csv, args.png) if path is not None]
    if wanted and not args.run:
        raise UsageError("--csv and --png take the losses of runs: name some")
    if len(args.run) == 1 and not wanted and _holds_steps(args.run[0]):
        return _watch_steps(args.run[0], chosen_of(args))
    for run in args.run:
        if not (run / CONFIG).is_file():
            raise DiffvizError(f"no run in {run} (it has no {CONFIG}): diffviz watch lists runs")
    if wanted:
        return _write_losses(args)
    chosen = chosen_of(args)
    if not chosen.terminal.interactive:
        runs = [summarise(run) for run in args.run] or list_runs(args.runs_dir)
        return _print(runs, args.runs_dir)
    from ..terminal import startup

    startup.begin()
    from ..training_app import show

    if not args.run:
        from ..screens.training.run_list import RunListScreen

        return show(lambda: RunListScreen(args.runs_dir), *chosen)
    from ..screens.training.run_list import earlier_runs
    from ..screens.training.run_source import RunSource
    from ..screens.training.training_screen import TrainScreen

    first, *others = args.run
    compared = [RunSource(run) for run in others]
    return show(lambda: TrainScreen(RunSource(first), compared, earlier_runs(first)), *chosen)


def _narrate(args: argparse.Namespace) -> int:
    """Tell of the one run, until nobody trains there; return the exit status."""
    from ...core.errors import DiffvizError
    from ...core.runs import CONFIG
    from ..plain.narrated import narrate_run
    from ..terminal.signals import print_if_open

    if args.csv is not None or args.png is not None:
        raise UsageError("--csv and --png write files, --narrate tells: leave one of them out")
    if len(args.run) != 1:
        raise UsageError("--narrate tells of one run: name one RUN (diffviz watch lists them)")
    (run,) = args.run
    if not (run / CONFIG).is_file():
        raise DiffvizError(f"no run in {run} (it has no {CONFIG}): diffviz watch lists runs")
    narrate_run(run, print_if_open)
    return 0


def _holds_steps(path: Path) -> bool:
    """Return whether ``path`` is a file of steps, or the name of one that doesn't exist yet."""
    from ...core.writers.step_file import is_step_file

    return is_step_file(path) or (path.suffix == ".steps" and not path.exists())


def _watch_steps(path: Path, chosen: "Chosen") -> int:
    """Show a sampling loop's steps; return the exit status."""
    if not chosen.terminal.interactive:
        return _print_steps(path)
    from ..terminal import startup

    startup.begin()
    from ..screens.steps.step_source import FileSource
    from ..screens.steps.steps_screen import StepsScreen
    from ..training_app import show

    return show(lambda: StepsScreen(FileSource(path)), *chosen)


def _print_steps(path: Path) -> int:
    """Print a line about each sampling in a file of steps."""
    from ...core.errors import DiffvizError
    from ...core.writers.step_file import StepFile

    if not path.exists():
        raise DiffvizError(f"no file of steps {path}: diffviz.StepWriter writes one")
    steps = StepFile(path)
    steps.poll()
    if steps.problem:
        raise DiffvizError(steps.problem)
    for number in sorted({entry.sampling for entry in steps.entries}):
        mine = [entry for entry in steps.entries if entry.sampling == number]
        first, last = mine[0], mine[-1]
        size = f"{last.width} x {last.height} {'RGB' if last.channels == 3 else 'grey'}"
        span = f"t {first.t:g} to {last.t:g}"
        print(printable(f"{path}  sampling {number}  {counted(len(mine), 'step')}  {span}  {size}"))
    if not steps.entries:
        print(printable(f"{path}  no step yet"))
    steps.close()
    return 0


def _write_losses(args: argparse.Namespace) -> int:
    """Write the losses of the runs into files; return the exit status."""
    from ...core.export import check_output
    from ...core.runs.loss_files import write_csv, write_png

    for path, ending in ((args.csv, ".csv"), (args.png, ".png")):
        if path is not None:
            check_output(path, (ending,))
    what = counted(len(args.run), "run")
    if args.csv is not None:
        rows = write_csv(args.csv, args.run)
        print(printable(f"{args.csv}: {counted(rows, 'row')}, {what}"))
    if args.png is not None:
        write_png(args.png, args.run)
        print(printable(f"{args.png}: losses of {what}"))
    return 0


def watch_new_run(training: "Detached", chosen: "Chosen") -> int:
    """Show a training that this process has started; return the exit status."""
    from ..screens.training.run_list import earlier_runs
    from ..screens.training.run_source import RunSource
    from ..screens.training.training_screen import TrainScreen
    from ..training_app import show

    source = RunSource(training.run, coming=lambda: not training.ended)
    earlier = earlier_runs(training.run)
    return show(lambda: TrainScreen(source, earlier=earlier, begun=training), *chosen)


def _print(runs: "list[RunSummary]", folder: Path) -> int:
    """Print a line about each run and what sets it apart, or that ``folder`` has none."""
    from ...core.runs.differences import differences, settings_of

    if not runs:
        print(
            printable(f"no runs in {folder}: diffviz train starts one, --runs-dir looks elsewhere")
        )
    told = differences([settings_of(run.path) for run in runs]) if len(runs) > 1 else [""]
    for run, different in zip(runs, told, strict=False):
        where = f" on {run.host}" * (run.host is not None)
        what = run.problem or f"epoch {run.epochs_text}  loss {run.loss_text}"
        more = f"  {different}" if different else ""
        print(printable(f"{run.path}  {run.state.value}{where}  {what}{more}"))
    return 0
