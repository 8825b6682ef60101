"""The ``diffviz`` command: one module a subcommand, heavy imports inside their functions."""

import argparse
import os
import sys
from collections.abc import Sequence

from ...core.errors import DiffvizError
from ..exit_codes import FAILURE, INTERRUPTED
from . import completion, doctor, phases, play, record, run, sample, train, watch
from . import eval as evaluation


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="diffviz",
        description="Watch a diffusion model turn noise into a handwritten digit.",
        epilog="exit codes: 0 success, 1 failure, 2 usage, 130 Ctrl+C, 143 SIGTERM, 129 SIGHUP",
    )
    parser.add_argument("--version", action="version", version=f"diffviz {_version()}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in (run, sample, record, play, train, watch, evaluation, phases, doctor, completion):
        module.add_parser(commands)
    return parser


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("diffviz")
    except PackageNotFoundError:
        return "unknown"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; the console script's entry point."""
    return guarded(lambda: _dispatch(arguments))


def _dispatch(arguments: Sequence[str] | None) -> int:
    parsed = build_parser().parse_args(arguments)
    return parsed.execute(parsed)


def guarded(command) -> int:
    """Call ``command``; turn expected trouble into one line on stderr and an exit status."""
    try:
        status = command()
        _flush()
        return status
    except DiffvizError as error:
        print(f"diffviz: error: {error}", file=sys.stderr)
        return FAILURE
    except KeyboardInterrupt:
        print("diffviz: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of a pipe left (`| head`): nothing to tell it
        return FAILURE
    except OSError as error:  # a full disk under stdout, a path that is too long, …
        print(f"diffviz: error: {error}", file=sys.stderr)
        return FAILURE
    finally:
        _silence()


def _flush() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()


def _silence() -> None:
    """Throw away what stdout can't write, or Python would complain when it flushes at exit."""
    try:
        _flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
