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
from ..exit_codes import FAILURE, INTERRUPTED
from ..stderr import print_error, print_notice

COMMANDS = ("run", "sample", "record", "play", "train", "watch", "eval", "phases", "doctor",
            "completion")  # fmt: skip
"""The subcommands in the order of ``--help``; each has a module of the same name."""


def build_parser(names: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """Return the parser of the command line with the subcommands ``names``."""
    parser = argparse.ArgumentParser(
        prog="diffviz",
        description="Watch a diffusion model turn noise into a handwritten digit.",
        epilog="exit codes: 0 success, 1 failure, 2 usage, 130 Ctrl+C, 143 SIGTERM, 129 SIGHUP",
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
    words = sys.argv[1:] if arguments is None else arguments
    gc.disable()  # nothing that is loaded or made here is garbage
    try:
        named = [word for word in words[:1] if word in COMMANDS]
        parsed = build_parser(named or COMMANDS).parse_args(words)
    finally:
        gc.enable()
    return parsed.execute(parsed)


def guarded(command) -> int:
    """Call ``command``; report an expected error as a line on stderr and an exit status."""
    try:
        status = command()
        try:
            _flush()
        except OSError:
            if not status:  # otherwise the command has handled a closed terminal
                raise
        return status
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
