"""The app of ``diffviz train`` and ``diffviz watch``."""

from collections.abc import Callable

from textual.screen import Screen

from .terminal import Terminal
from .terminal.settings import Remembered
from .terminal_app import TerminalApp, run_until_left


class TrainingApp(TerminalApp):
    """The training screens, beginning with the one that ``first`` makes."""

    def __init__(self, first: Callable[[], Screen], terminal: Terminal | None = None) -> None:
        super().__init__(terminal)
        self.first = first()

    def get_default_screen(self) -> Screen:
        """Return the screen to begin with."""
        return self.first


def show(
    first: Callable[[], Screen],
    terminal: Terminal | None = None,
    remembered: Remembered = Remembered(),  # noqa: B008  a tuple
) -> int:
    """Run the app from the screen that ``first`` makes; return the exit status.

    It is 0 after ``q``, 130 after Ctrl+C, 143 after SIGTERM and 129 after SIGHUP. The training
    continues, unless it was stopped.
    """
    app = TrainingApp(first, terminal)
    begun = app.choices
    run_until_left(app)
    remembered.keep(begun, app.choices)
    return app.return_code or 0
