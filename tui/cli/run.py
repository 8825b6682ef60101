"""``diffviz run``: sample a digit and show how it emerges."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.names import NUM_TIMESTEPS
from ..keys import Pace
from .chosen import check_label, spec_of, tell_choice, weights_of
from .flags import (
    add_data_dir,
    add_model,
    add_narrate,
    add_sampling,
    add_speed,
    add_terminal,
    branch_path,
    terminal_of,
)
from .given_flags import add_given, read_given
from .parser import UsageError, usage_errors
from .remembered import chosen_of

if TYPE_CHECKING:
    from ...core.sampling import Given
    from ..run_options import RunOptions

DEFAULT_PACE = Pace(length=10.0)
DEFAULT_SEED = 30  # with the bundled default weights: nearly a 4, then a 9


def add_parser(commands) -> None:
    """Add ``run`` to the command line."""
    parser = commands.add_parser(
        "run",
        help="watch noise become a digit",
        examples=(
            "diffviz run --seed 7 --sampler sa-solver --steps 20 --speed 5s",
            "diffviz run --weights reference --once",
        ),
        description="Sample one digit and show it while it emerges. Without a terminal, "
        "print what happens as plain lines.",
    )
    add_model(parser)
    add_sampling(parser, DEFAULT_SEED)
    add_speed(parser, None, f"{DEFAULT_PACE.length:g}s, or the one chosen last on the screen")
    parser.add_argument(
        "--branch",
        type=branch_path,
        default=(),
        metavar="T.C[,T.C]",
        help="at t = T go on as child C of a branch (key b), as printed on leaving the screen",
    )
    add_given(parser)
    add_data_dir(parser, "for real digits on the forward screen")
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--loop",
        action="store_true",
        help="go on with the next seed again and again, until space; key l",
    )
    how.add_argument(
        "--follow",
        metavar="RUN",
        help="sample from the newest weights in this run folder, and again when they improve",
    )
    how.add_argument(
        "--once", action="store_true", help="print the finished digit, and nothing else"
    )
    add_narrate(parser, "each digit")
    add_terminal(parser)
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> int:
    """Run the app, or print plain lines where no app can be shown."""
    options = begun_options(args)
    terminal = terminal_of(args)
    if args.once and args.narrate:
        raise UsageError("--narrate has no effect on --once: leave one of them out")
    if args.once:
        from ..plain.run import run_once

        return run_once(options, terminal.printing, sys.stdout)
    if terminal.interactive and not args.narrate:
        from ..terminal import startup

        startup.begin()
        terminal, remembered = chosen_of(args)
        from ..app import run_app

        settings = remembered.settings
        if args.speed is None and settings.pace is not None:
            pace = settings.pace
            speed = pace.per_second(NUM_TIMESTEPS)
            options = replace(options, speed=speed, length=pace.length)
        options = replace(options, uneven=settings.uneven)
        return run_app(options, terminal=terminal, remembered=remembered, hinted=settings.hints)
    from ..plain.run import run_plain

    return run_plain(options, sys.stdout, narrate=args.narrate)


def begun_options(args: argparse.Namespace, threads: int | None = None) -> "RunOptions":
    """Return the options of a run that may start from a picture; ``threads`` if none are given.

    Raises:
        UsageError: if flags don't fit each other.
        DiffvizError: if a picture, a run or the weights can't be read.
    """
    files, given = read_given(args)
    options = run_options(args, threads, given)
    if given is None:
        return options
    spec = given.with_steps(options.spec)
    return replace(options, given=given, given_files=files, spec=spec)


def _data_dir(args: argparse.Namespace) -> Path | None:
    """Return the folder of real digits; one that was named has to have them.

    Raises:
        DiffvizError: if it hasn't.
    """
    folder: Path | None = getattr(args, "data_dir", None)
    if folder is None:
        return None
    from ...core.data.idx_sets import IDX_SETS, find_idx_files, what_is_there
    from ...core.errors import DiffvizError

    kind = IDX_SETS["mnist"]
    if find_idx_files(kind, folder, kind.files(train=True)) is None:
        raise DiffvizError(
            f"no {kind.title} in --data-dir {folder} ({what_is_there(kind, folder)}): name the "
            "folder that has it, or leave the flag out"
        )
    return folder


def run_options(
    args: argparse.Namespace, threads: int | None = None, given: "Given | None" = None
) -> "RunOptions":
    """Return the options that the flags give, checked; ``threads`` if they give none.

    ``given`` is the picture that a ``--branch`` has to fit.
    """
    from ...core.errors import DiffvizError
    from ...core.models.catalog import run_of
    from ..run_options import RunOptions

    followed = getattr(args, "follow", None)
    if followed is not None and (args.weights is not None or args.model is not None):
        flag = "--weights" if args.model is None else "--model"
        raise UsageError(f"--follow takes the weights of its run: leave {flag} out")
    if followed is not None and run_of(followed) is None:
        from ...core.runs import CONFIG

        raise DiffvizError(f"no run in {followed} (it has no {CONFIG}): diffviz watch lists runs")
    pace = args.speed or DEFAULT_PACE
    options = RunOptions(
        weights=weights_of(args),
        seed=args.seed,
        spec=spec_of(args),
        device=args.device,
        threads=args.threads or threads,
        speed=pace.per_second(NUM_TIMESTEPS),
        length=pace.length,
        precision=args.precision,
        backend=args.backend,
        branch=args.branch,
        loop=getattr(args, "loop", False),
        follow=followed is not None,
        data_dir=_data_dir(args),
    )
    if not options.follow:
        check_label(options.spec, options.weights)
    tell_choice(args)
    if args.branch:
        from ..session.replay import check_branch, knows_timesteps

        if not knows_timesteps(options.weights):
            raise UsageError(
                "--branch doesn't go with a folder of diffusers, whose scheduler chooses its "
                "timesteps: key b branches"
            )
        with usage_errors():
            check_branch(args.branch, options.spec, given)
    return options
