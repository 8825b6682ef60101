"""The flags of commands that start from a picture of the user's."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.names import (
    DEFAULT_JUMP,
    DEFAULT_RESAMPLINGS,
    DEFAULT_U_TURN,
    MAX_RESAMPLINGS,
    NUM_TIMESTEPS,
)
from .flags import whole_number
from .parser import UsageError

if TYPE_CHECKING:
    from ...core.data.given_files import GivenFiles


def add_given(parser: argparse.ArgumentParser, *, mask: bool = True) -> None:
    """Add ``--from``, ``--t``, ``--invert`` and, with ``mask``, the flags of a hidden part."""
    add = parser.add_argument
    add(
        "--from",
        dest="picture",
        type=Path,
        metavar="FILE",
        help="start from this picture (any size; black ink on white is inverted) at --t",
    )
    add(
        "--t",
        type=whole_number(1, NUM_TIMESTEPS),
        metavar="T",
        help=f"the timestep that the picture is noised to (default: {DEFAULT_U_TURN}; "
        f"{NUM_TIMESTEPS} with --mask)" if mask else "the timestep that the picture is noised to "
        f"(default: {DEFAULT_U_TURN})",
    )  # fmt: skip
    add(
        "--invert",
        action=argparse.BooleanOptionalAction,
        help="the picture is black ink on white (default: as it looks)",
    )
    if not mask:
        return
    add(
        "--mask",
        type=Path,
        metavar="FILE",
        help="fill in what is white in this picture, and hold the rest of --from",
    )
    add(
        "--resamplings",
        type=whole_number(1, MAX_RESAMPLINGS),
        metavar="N",
        help="with --mask: how often each part of the process is gone through "
        f"(default: {DEFAULT_RESAMPLINGS})",
    )
    add(
        "--jump",
        type=whole_number(1, NUM_TIMESTEPS),
        metavar="N",
        help=f"with --mask: the length of such a part in steps (default: {DEFAULT_JUMP})",
    )


def given_files(args: argparse.Namespace) -> "GivenFiles | None":
    """Return the picture that the flags name; None without one.

    Raises:
        UsageError: if a flag needs another.
    """
    mask = getattr(args, "mask", None)
    of_mask = {name: getattr(args, name, None) for name in ("resamplings", "jump")}
    of_mask = {name: value for name, value in of_mask.items() if value is not None}
    if args.picture is None:
        alone = {"--t": args.t, "--mask": mask, "--invert": args.invert} | {
            f"--{name}": value for name, value in of_mask.items()
        }
        for flag, value in alone.items():
            if value is not None:
                raise UsageError(f"{flag} needs a picture: name it with --from FILE")
        return None
    if mask is None and of_mask:
        flags = ", ".join(f"--{name}" for name in of_mask)
        raise UsageError(f"{flags} has an effect with --mask only: add it, or leave {flags} out")

    from ...core.data.given_files import GivenFiles

    return GivenFiles(args.picture, args.t, mask, invert=args.invert, **of_mask)
