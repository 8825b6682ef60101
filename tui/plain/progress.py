"""A progress bar on stderr, if that is a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from ..terminal.signals import unwind_on_signals
from ..text import duration
from .console import plain_console


class _TimeLeft(ProgressColumn):
    """The time left, written as everywhere."""

    max_refresh = 0.5

    def render(self, task: Task) -> Text:
        """Return the time left; empty while it is unknown."""
        left = task.time_remaining
        return Text("" if left is None or task.finished else f"{duration(left)} left")


Bar = Callable[[str, float, float], None]
"""``(task, amount done, total amount)``"""


@contextmanager
def work_progress(enabled: bool = True) -> Iterator[Bar]:
    """Show a progress bar of the current task; a new task replaces it.

    In a group of processes only one should enable it.
    """
    console = plain_console(stderr=True)
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        _TimeLeft(),
        console=console,
        disable=not (enabled and console.is_terminal),
        transient=True,
    )
    tasks: dict[str, int] = {}

    def show(task: str, done: float, total: float) -> None:
        if task not in tasks:
            for earlier in tasks.values():
                progress.update(earlier, visible=False)  # type: ignore[arg-type]
            tasks[task] = progress.add_task(task, total=total)
        progress.update(tasks[task], completed=done, total=total)  # type: ignore[arg-type]

    with unwind_on_signals():
        progress.start()
        try:
            yield show
        finally:
            with suppress(OSError):  # the terminal may be gone
                progress.stop()
