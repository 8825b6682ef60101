"""The real commands in processes of their own, with and without a terminal.

``pytest -m slow tests/faults`` runs all and ends with a table.
"""

import fcntl
import os
import signal
import termios
from pathlib import Path

import pytest

from ..processes import DIFFVIZ, PipedProcess, TerminalProcess

PATIENCE = 120.0  # seconds: for a machine that is busy, not a measurement


def pytest_collection_modifyitems(items):
    """Mark everything in here as slow."""
    for item in items:
        if Path(__file__).parent in Path(item.path).parents:
            item.add_marker(pytest.mark.slow)


def _control_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture
def start(tmp_path):
    """Return a function that starts ``diffviz ARGUMENTS``; what still runs is killed at the end.

    ``screen`` gives it a terminal of (columns, rows); ``before`` is code that runs first.
    """
    started: list[PipedProcess] = []

    def begin(*arguments, cwd: Path = tmp_path, screen=None, before="", env=None, **popen):
        variables = {"OMP_NUM_THREADS": "1", "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        options = {
            "code": before + DIFFVIZ,
            "cwd": cwd,
            "env": os.environ | variables | (env or {}),
            "patience": PATIENCE,
            **popen,
        }
        if screen is not None:
            process = TerminalProcess(
                arguments, size=screen, preexec_fn=_control_terminal, **options
            )
        else:
            process = PipedProcess(arguments, **options)
        started.append(process)
        return process

    yield begin
    for process in started:
        process.close()
