"""The command that starts a child process."""

import sys


def python_module(name: str) -> list[str]:
    """Return the command that runs a module in a separate process.

    With ``-P`` the current folder is not on its import path, so that a ``random.py`` there is not
    imported in place of the standard library's.
    """
    return [sys.executable, "-P", "-m", name]
