"""``diffviz tour``: a guided tour with questions, or its questions on a sheet of paper."""

import argparse
from pathlib import Path

from ...core.errors import DiffvizError
from .flags import add_terminal
from .numbers import whole_number
from .parser import UsageError
from .remembered import chosen_of

_LAST = 12
"""The number of stations; the screens' list of them isn't loaded for ``--help``."""


def add_parser(commands) -> None:
    """Add ``tour`` to the command line."""
    parser = commands.add_parser(
        "tour",
        help="a guided tour that asks",
        examples=("diffviz tour --station 2", "diffviz tour --export worksheet.html"),
        description="Twelve stations about diffusion, a sentence or two at a time, with questions "
        "to guess at before the pictures go on. docs/learn.md has more to try at each.",
    )
    parser.add_argument(
        "--station",
        type=whole_number(1, _LAST),
        default=1,
        metavar="N",
        help=f"begin with station N, 1 to {_LAST}",
    )
    parser.add_argument(
        "--large",
        action="store_true",
        help="for a projector: the pictures, the phase and t, and nothing else",
    )
    parser.add_argument(
        "--export",
        type=Path,
        metavar="FILE",
        help="write the questions as a worksheet to print (.html), and show nothing",
    )
    add_terminal(parser)
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> int:
    """Show the tour, or write the worksheet; return the exit status."""
    if args.export is not None:
        if args.large or args.station != 1:
            raise UsageError("--export writes all stations: leave --station and --large out")
        return _export(args.export)
    terminal, remembered = chosen_of(args)
    if not terminal.interactive:
        raise DiffvizError(
            "the tour needs a terminal: docs/learn.md is the same to read, and diffviz run "
            "--narrate tells a run"
        )
    from ...core.models.catalog import DEFAULT
    from ..run_options import RunOptions
    from ..screens.tour.scenes import RUN
    from ..terminal import startup

    startup.begin()
    from ..tour_app import run_tour

    options = RunOptions(
        weights=DEFAULT, seed=RUN.seed, spec=RUN.spec, device="cpu", threads=None, speed=None
    )
    return run_tour(options, args.station, args.large, terminal, remembered)


def _export(path: Path) -> int:
    from ...core.errors import printable
    from ...core.export import check_output
    from ...core.files.results import write_result
    from ..screens.tour.worksheet import worksheet

    check_output(path, (".html",))
    content = worksheet().encode()
    write_result(path, lambda file: file.write(content))
    print(printable(f"{path}: a worksheet of {_LAST} stations"))
    return 0
