"""The app around the training screens, and how it is left."""

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from ..app import THEME
from ..commands import KeyCommands
from ..leaving import EXIT_INTERRUPTED, ExitSignals


class TrainingApp(App[str]):
    """``diffviz train`` and ``diffviz watch``: begins with the screen that ``first`` makes."""

    TITLE = "diffviz"
    COMMANDS: ClassVar = {KeyCommands}
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", show=False, priority=True)
    ]

    def __init__(self, first: Callable[[], Screen]) -> None:
        super().__init__()
        self.register_theme(THEME)
        self.theme = THEME.name
        self.first = first()

    def get_default_screen(self) -> Screen:
        """Return the screen to begin with."""
        return self.first

    def action_interrupt(self) -> None:
        """Leave as an interrupted command does."""
        self.exit(return_code=EXIT_INTERRUPTED)


def show(first: Callable[[], Screen]) -> int:
    """Show the screen that ``first`` makes until it is left; return the exit status.

    0 after ``q``, 130 after Ctrl+C, 143 after SIGTERM, 129 after SIGHUP; a training goes on in
    all of them, unless it was told to stop.
    """
    app = TrainingApp(first)
    with ExitSignals(lambda code: app.exit(return_code=code)) as signals:
        asyncio.run(_run(app, signals))
    return app.return_code or 0


async def _run(app: TrainingApp, signals: ExitSignals) -> None:
    signals.attach(asyncio.get_running_loop())
    await app.run_async()
