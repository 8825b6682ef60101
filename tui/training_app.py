"""The app around the training screens, and how it is left."""

from collections.abc import Callable

from textual.screen import Screen

from .terminal import Terminal
from .terminal_app import TerminalApp, run_until_left


class TrainingApp(TerminalApp):
    """The app of ``diffviz train`` and ``diffviz watch``; starts with the screen of ``first``."""

    def __init__(self, first: Callable[[], Screen], terminal: Terminal | None = None) -> None:
        super().__init__(terminal)
        self.first = first()

    def get_default_screen(self) -> Screen:
        """Return the screen to begin with."""
        return self.first


def show(first: Callable[[], Screen], terminal: Terminal | None = None) -> int:
    """Show the screen that ``first`` makes until it is left; return the exit status.

    0 after ``q``, 130 after Ctrl+C, 143 after SIGTERM, 129 after SIGHUP; a training goes on in
    all of them, unless it was stopped.
    """
    app = TrainingApp(first, terminal)
    run_until_left(app)
    return app.return_code or 0
