"""The lines of the ``diffviz`` command on stderr."""

import sys
from contextlib import suppress

from ..core.errors import printable

ERROR = "diffviz: error: "
"""Start of the line that a failed command prints."""


def print_error(error: object) -> None:
    """Print an error as one line."""
    _print(f"{ERROR}{error}")


def print_notice(text: str) -> None:
    """Print a line that is not an error, such as ``diffviz: interrupted``."""
    _print(f"diffviz: {text}")


def _print(line: str) -> None:
    with suppress(OSError):  # the terminal may be gone
        print(printable(line), file=sys.stderr, flush=True)
