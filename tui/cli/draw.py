"""``diffviz draw``: a canvas for one's own drawing, its U-turns, and filling in parts of it."""

import argparse
import sys
from typing import TYPE_CHECKING

from ..stderr import print_notice
from .flags import add_data_dir, add_sampling, add_speed, add_terminal, terminal_of
from .given_flags import add_given, given_files
from .numbers import whole_number
from .parser import UsageError
from .run import DEFAULT_PACE, DEFAULT_SEED, run_options

if TYPE_CHECKING:
    from ..session.drawn import Drawn

DEFAULT_STEPS = 100
MOST_TURNS = 8
"""Ways back that are shown side by side."""


def add_parser(commands) -> None:
    """Add ``draw`` to the command line."""
    parser = commands.add_parser(
        "draw",
        help="draw a digit, noise it, and watch what the network makes of it",
        examples=(
            "diffviz draw",
            "diffviz draw --from drawing.png --t 500 -n 8",
        ),
        description="Draw with the mouse or the keyboard; keys 1, 3 and 8 noise the drawing to t "
        "and let it come back so many times, side by side. With a mask (key m, --mask) its part is "
        "filled in and the rest held. Without a terminal, print what the picture of --from "
        f"becomes. Without --steps, ddpm takes {DEFAULT_STEPS} here.",
    )
    add_given(parser)
    parser.add_argument(
        "-n",
        type=whole_number(1, MOST_TURNS),
        metavar="N",
        help=f"begin with N ways back of --from, 1 to {MOST_TURNS}",
    )
    add_sampling(parser, DEFAULT_SEED)
    add_speed(parser, DEFAULT_PACE, f"{DEFAULT_PACE.length:g}s")
    add_data_dir(parser, "for real digits")
    add_terminal(parser)
    parser.set_defaults(execute=execute, branch=(), model=None)


def execute(args: argparse.Namespace) -> int:
    """Show the canvas, or print what the picture becomes where no app can be shown."""
    if args.steps is None and args.sampler == "ddpm":
        args.steps = DEFAULT_STEPS
    if args.n is not None and args.picture is None:
        raise UsageError("-n needs a picture to begin with: name it with --from FILE")
    options, drawn = run_options(args), drawn_of(args)
    terminal = terminal_of(args)
    if terminal.interactive:
        from ..terminal import startup

        startup.begin()
        from ..app import run_app

        return run_app(options, terminal=terminal, begin_with=lambda app: app.open_canvas(drawn))
    if args.picture is None:
        raise UsageError(
            "there is no terminal to draw in: name a picture with --from FILE, or run it in one"
        )
    from ..plain.draw import draw_plain

    return draw_plain(options, drawn, args.n or MOST_TURNS, sys.stdout)


def drawn_of(args: argparse.Namespace) -> "Drawn":
    """Return what the canvas begins with; decisions in reading the picture are printed.

    Raises:
        UsageError: if a flag needs another.
        DiffvizError: if a picture can't be read.
    """
    from ..session.drawn import Drawn

    files = given_files(args)
    if files is None:
        return Drawn()
    from ...core.pictures import to_grey

    given, notes = files.read()
    for note in notes:
        print_notice(note)
    return Drawn(
        to_grey(given.x_0), files.picture.name, args.t, given.hidden, args.n, args.seed,
        given.resamplings, given.jump,
    )  # fmt: skip
