"""The ``diffviz`` command line: parser, dispatch and handling of errors."""

import argparse
import atexit
import gc
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any

from ...core.errors import DiffvizError
from ...core.names import suggestion
from ..exit_codes import FAILURE, INTERRUPTED, USAGE
from ..stderr import print_error, print_notice
from .environment import prepare
from .flags import check_torch
from .parser import Parser, UsageError

COMMANDS = ("run", "draw", "sample", "record", "play", "train", "watch", "export", "eval",
            "phases", "guidance", "uturn", "morph", "tour", "doctor", "completion")  # fmt: skip
"""The subcommands in the order of ``--help``; each has a module of the same name."""

_DEFAULT = "run"
"""What ``diffviz`` alone does."""
_ALONE = ("-h", "--help", "--version")


def build_parser(names: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """Return the parser of the command line with the subcommands ``names``."""
    parser = Parser(
        prog="diffviz",
        description="Watch a diffusion model turn noise into a handwritten digit. diffviz alone is "
        "diffviz run. Exit codes: "
        "0 success, 1 failure, 2 usage, 130 Ctrl+C, 143 SIGTERM, 129 SIGHUP.",
        examples=("diffviz run", "diffviz sample -n 32 --seed 0 -o grid.png"),
    )
    parser.add_argument(
        "--version", action=_Version, nargs=0, help="show program's version number and exit"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in names:
        import_module(f".{name}", __package__).add_parser(commands)
    return parser


class _Version(argparse.Action):
    """Prints the version; reading it takes longer than defining all other flags."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import PackageNotFoundError, version

        try:
            found = version("diffviz")
        except PackageNotFoundError:
            found = "unknown"
        print(f"diffviz {found}")
        parser.exit()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; the console script's entry point."""
    return guarded(lambda: _dispatch(arguments))


def _dispatch(arguments: Sequence[str] | None) -> int:
    words = (sys.argv[1:] if arguments is None else arguments) or [_DEFAULT]
    gc.disable()  # nothing that is loaded or made here is garbage
    try:
        parsed = build_parser(_commands_of(words)).parse_args(words)
    finally:
        gc.enable()
    if parsed.command != "train":  # which offers to install it
        check_torch(parsed)
    return parsed.execute(parsed)


def _commands_of(words: Sequence[str]) -> Sequence[str]:
    """Return the names of the commands whose parsers are needed for ``words``.

    Raises:
        UsageError: if the first word is neither a command nor a flag that needs none.
    """
    first = words[0]
    if first in COMMANDS:
        return [first]
    if first in _ALONE:
        return COMMANDS
    if not first.startswith("-"):
        raise UsageError(f"unknown command '{first}': {suggestion(first, COMMANDS)}")
    near = suggestion(first, _ALONE)
    if near.startswith("choose"):
        near = "flags follow the name of a command, as in diffviz run --seed 7"
    raise UsageError(f"unknown flag {first}: {near}")


def guarded(command) -> int:
    """Call ``command``; report an expected error as a line on stderr and an exit status."""
    prepare()
    try:
        status = command()
        try:
            _flush()
        except OSError:
            if not status:  # otherwise the command has handled a closed terminal
                raise
        return status
    except UsageError as error:
        print_error(error)
        return USAGE
    except DiffvizError as error:
        print_error(error)
        return FAILURE
    except KeyboardInterrupt:
        atexit.register(_ignore_interrupts)
        print_notice("interrupted")
        return INTERRUPTED
    except SystemExit as leaving:
        if leaving.code == INTERRUPTED:
            atexit.register(_ignore_interrupts)
        raise
    except BrokenPipeError:  # the reader of a pipe left (`| head`): no message
        return FAILURE
    except OSError as error:  # a full disk under stdout, a path that is too long, …
        print_error(error)
        return FAILURE
    except MemoryError:
        print_error("there is not enough memory: ask for fewer at a time, or raise the limit")
        return FAILURE
    finally:
        _discard_unwritten()


def _ignore_interrupts() -> None:
    """Ignore Ctrl+C while Python shuts down, so that it doesn't change the exit status."""
    with suppress(ValueError):  # raised outside the main thread
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _flush() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()


def _discard_unwritten() -> None:
    """Discard output that can't be written: otherwise Python fails when it flushes at exit."""
    for stream in (sys.stdout, sys.stderr):
        if stream is None:
            continue
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
