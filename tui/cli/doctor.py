"""``diffviz doctor``: what was found out about this terminal, and a test card for each mode."""

import argparse
import sys

from .flags import add_terminal, terminal_of


def add_parser(commands) -> None:
    """Add ``doctor`` to the command line."""
    parser = commands.add_parser(
        "doctor",
        help="tell what this terminal can show",
        description="Tell what was found out about this terminal and why, and print a test card "
        "for each way to draw: the first one that looks right is the best for --color.",
    )
    add_terminal(parser)
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> int:
    """Print the findings and the cards."""
    from ..plain.doctor import report

    sys.stdout.write(report(terminal_of(args)))
    return 0
