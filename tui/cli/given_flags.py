"""The flags of commands that start from a picture of the user's."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.names import (
    DEFAULT_JUMP,
    DEFAULT_RESAMPLINGS,
    DEFAULT_U_TURN,
    MASK_SAMPLER,
    MASK_STEPS,
    MAX_RESAMPLINGS,
    NUM_TIMESTEPS,
)
from ..stderr import print_notice
from .chosen import weights_of
from .numbers import whole_number
from .parser import UsageError

if TYPE_CHECKING:
    from ...core.array_types import Grey
    from ...core.data.given_files import GivenFiles
    from ...core.sampling import Given

_EVALUATIONS = (MASK_STEPS // DEFAULT_JUMP - 1) * DEFAULT_JUMP * DEFAULT_RESAMPLINGS + DEFAULT_JUMP
"""Of a mask that is filled in with all defaults: the last steps aren't gone through again."""


def add_picture(parser: argparse.ArgumentParser, use: str) -> None:
    """Add ``--from``, whose help says what it is used for, and ``--invert``."""
    parser.add_argument("--from", dest="picture", type=Path, metavar="FILE", help=use)
    parser.add_argument(
        "--invert",
        action=argparse.BooleanOptionalAction,
        help="the picture is black ink on white (default: as it looks)",
    )


def picture_of(args: argparse.Namespace) -> "tuple[Grey, list[str]]":
    """Return the picture of ``--from``, ``[28, 28]``, and a line on each decision in reading it.

    Raises:
        DiffvizError: if it can't be read, is no whole picture or is blank.
    """
    from ...core.data.one_picture import read_picture

    return read_picture(args.picture, args.invert)


def add_given(parser: argparse.ArgumentParser) -> None:
    """Add the flags of a picture to start from, and of a part to fill in."""
    add_picture(parser, "start from this picture (any size; black ink on white is inverted) at --t")
    add = parser.add_argument
    add(
        "--t",
        type=whole_number(1, NUM_TIMESTEPS),
        metavar="T",
        help=f"the timestep that the picture is noised to (default: {DEFAULT_U_TURN}; "
        f"{NUM_TIMESTEPS} with --mask)",
    )
    add(
        "--mask",
        type=Path,
        metavar="FILE",
        help="fill in what is white in this picture, and hold the rest of --from; without "
        f"--sampler and --steps by {MASK_SAMPLER} with {MASK_STEPS} steps, most of them "
        f"{DEFAULT_RESAMPLINGS} times: {_EVALUATIONS} evaluations of the network",
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


def choose_sampler(args: argparse.Namespace) -> None:
    """Fill in the sampler and the steps of a mask, unless they are named or the weights' own."""
    if args.sampler is None and args.mask is not None:
        from ...core.models.few_steps import default_sampler

        if default_sampler(weights_of(args), MASK_SAMPLER) == MASK_SAMPLER:
            args.sampler, args.steps = MASK_SAMPLER, args.steps or MASK_STEPS


def read_given(args: argparse.Namespace) -> "tuple[GivenFiles | None, Given | None]":
    """Return the files that the flags name and the picture in them; decisions are printed.

    Raises:
        UsageError: if a flag needs another.
        DiffvizError: if a picture can't be read.
    """
    files = given_files(args)
    if files is None:
        return None, None
    given, notes = given_of(args, files)
    for note in notes:
        print_notice(note)
    return files, given


def given_of(args: argparse.Namespace, files: "GivenFiles") -> "tuple[Given, list[str]]":
    """Return the picture in ``files`` and a line on each decision in reading it.

    Raises:
        UsageError: if the model of the flags can't start from a picture.
        DiffvizError: if it can't be read.
    """
    if getattr(args, "model", None) is None:
        return files.read()
    if files.mask is not None:
        raise UsageError("--mask is for digits, and not for the pictures of --model: leave it out")
    from ..session.replay import knows_timesteps

    if not knows_timesteps(weights_of(args)):
        raise UsageError(
            "--from doesn't go with a folder of diffusers, whose scheduler chooses its timesteps"
        )
    return files.read_in_colour()


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
