"""``diffviz draw``: a canvas for one's own drawing, its U-turns, and filling in parts of it."""

import argparse
import sys

from .chosen import spec_of
from .flags import add_data_dir, add_sampling, add_speed, add_terminal
from .given_flags import add_given, read_given
from .numbers import whole_number
from .parser import UsageError
from .remembered import chosen_of
from .run import DEFAULT_PACE, DEFAULT_SEED, run_options

DEFAULT_SAMPLER, DEFAULT_STEPS = "ddpm", 100
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
    add_sampling(parser, DEFAULT_SEED, DEFAULT_SAMPLER)
    add_speed(parser, DEFAULT_PACE, f"{DEFAULT_PACE.length:g}s")
    add_data_dir(parser, "for real digits")
    add_terminal(parser)
    parser.set_defaults(execute=execute, branch=(), model=None)


def execute(args: argparse.Namespace) -> int:
    """Show the canvas, or print what the picture becomes where no app can be shown."""
    named = args.sampler is not None or args.steps is not None
    if args.steps is None and spec_of(args).sampler == DEFAULT_SAMPLER:
        args.steps = DEFAULT_STEPS
    if args.n is not None and args.picture is None:
        raise UsageError("-n needs a picture to begin with: name it with --from FILE")
    options, (files, given) = run_options(args), read_given(args)
    terminal, remembered = chosen_of(args)

    from ..session.drawn import Drawn

    drawn = Drawn.of(files, given, args.n, args.seed, named)
    if terminal.interactive:
        from ..terminal import startup

        startup.begin()
        from ..app import run_app

        return run_app(
            options,
            terminal=terminal,
            begin_with=lambda app: app.open_canvas(drawn),
            remembered=remembered,
        )
    if args.picture is None:
        raise UsageError(
            "there is no terminal to draw in: name a picture with --from FILE, or run it in one"
        )
    from ..plain.draw import draw_plain

    return draw_plain(options, drawn, args.n or MOST_TURNS, sys.stdout)
