"""The ``diffviz`` command: one module a subcommand, heavy imports inside their functions."""

from .command_line import (
    build_parser,
    guarded,
    main,
)

__all__ = [
    "build_parser",
    "guarded",
    "main",
]
