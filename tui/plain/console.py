"""Rich's console for plain output: escape sequences only where the stream is a terminal."""

import sys
from typing import TextIO

from rich.console import Console

from ..terminal.capabilities import is_terminal


def plain_console(stderr: bool = False, file: TextIO | None = None) -> Console:
    """Return a console on standard output or standard error, or on ``file`` in their place.

    Whether it may use escape sequences is decided by the stream alone: FORCE_COLOR,
    TTY_COMPATIBLE and others, which many build systems set, would put them into files. Names
    of files are printed as they are: neither ``[`` nor ``:`` begins any markup.
    """
    terminal = is_terminal(file or (sys.stderr if stderr else sys.stdout))
    return Console(
        file=file,
        stderr=stderr,
        force_terminal=terminal,
        force_interactive=None if terminal else False,
        color_system="auto" if terminal else None,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=not stderr,
    )
