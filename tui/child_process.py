"""How processes of this program are started."""

import sys


def python_module(name: str) -> list[str]:
    """Return the command that runs a module in a process of its own.

    With ``-P`` the current folder is not on its import path: a ``random.py`` of the user's there
    is never imported in place of the standard library's.
    """
    return [sys.executable, "-P", "-m", name]
