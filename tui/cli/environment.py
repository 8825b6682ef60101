"""What the command changes in its process before it begins: streams and environment."""

import os
import sys
from contextlib import suppress

from ..terminal.capabilities import is_terminal


def prepare() -> None:
    """Make standard output take every name, the terminal's size be its own, and BLAS have a thread.

    A name of a file may hold characters that the encoding of standard output lacks, or bytes that
    are no text: they are escaped. numpy's BLAS starts threads while it is loaded, and ends the
    process where a limit forbids that; nothing here computes with more than one of them.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    _forget_size()


def _forget_size() -> None:
    """Remove COLUMNS and LINES where the terminal says how large it is.

    Python, Rich and Textual prefer the variables, which stay as they are when it is resized.
    Where the size is unknown (0x0, in some containers) they are needed.
    """
    if not is_terminal(sys.stdout):
        return
    with suppress(OSError, ValueError):
        if min(os.get_terminal_size(sys.stdout.fileno())) > 0:
            for name in ("COLUMNS", "LINES"):
                os.environ.pop(name, None)
