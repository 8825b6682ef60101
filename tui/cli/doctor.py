"""``diffviz doctor``: print what this terminal and this installation can do, and test cards."""

import argparse
import sys

from .flags import add_terminal, terminal_of


def add_parser(commands) -> None:
    """Add ``doctor`` to the command line."""
    parser = commands.add_parser(
        "doctor",
        help="show what this terminal can display, and what computes",
        examples=(
            "diffviz doctor",
            "diffviz doctor --all",
        ),
        description="Print in three lines what this terminal can show, what computes, and whether "
        "all works. With --all, also the reasons, the backends and how to get the others, the "
        "variables that count, and a test card for each way to draw: the first one that looks "
        "right is the best for --color.",
    )
    parser.add_argument("--all", action="store_true", help="print all that the verdict comes from")
    add_terminal(parser)
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> int:
    """Print the report."""
    from ..plain.doctor import report

    sys.stdout.write(report(terminal_of(args), args.all))
    return 0
