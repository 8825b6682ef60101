"""The lines of the ``diffviz`` command on stderr."""

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from ..core.errors import printable

if TYPE_CHECKING:
    from ..core.sampling import SamplingSpec

NOTICE = "diffviz: "
"""Start of every line that a command prints on stderr."""
ERROR = f"{NOTICE}error: "
"""Start of the line that a failed command prints."""


def print_error(error: object) -> None:
    """Print an error as one line."""
    _print(f"{ERROR}{error}")


def print_notice(text: str) -> None:
    """Print a line that is not an error, such as ``diffviz: interrupted``."""
    _print(f"{NOTICE}{text}")


_told: set[str] = set()


def print_fallback(pipeline: object) -> None:
    """Print once what ``pipeline`` computes with in place of what can't be used; often nothing."""
    notice = getattr(pipeline, "notice", "")
    if notice and notice not in _told:
        _told.add(notice)
        print_notice(notice)


def print_misfit(spec: "SamplingSpec", weights: str) -> None:
    """Print why ``weights`` draw no whole digits by the process of ``spec``; often nothing."""
    from ..core.models.few_steps import misfit  # not for --help

    if line := misfit(spec, weights):
        print_notice(line)


def _print(line: str) -> None:
    with suppress(OSError):  # the terminal may be gone
        print(printable(line), file=sys.stderr, flush=True)
