"""The ``diffviz`` command: a module for each subcommand, with slow imports inside functions."""

from .command_line import build_parser, guarded, main

__all__ = [
    "build_parser",
    "guarded",
    "main",
]
