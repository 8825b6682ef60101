"""A training shown again: the log of a run folder, as fast as a recording wants it."""

from collections.abc import Callable
from pathlib import Path

from ...core.errors import DiffvizError
from ...core.runs import CONFIG
from ...core.runs.lock import is_held
from ..screens.training.run_source import RunSource
from ..screens.training.training_screen import TrainScreen
from ..terminal import Terminal
from ..training_app import TrainingApp
from .script import DONE

LENGTH_S = 12.0
"""Seconds that a whole log takes in a recording."""


class Rerun(RunSource):
    """Reads a finished log event by event; the run seems to be training until its end."""

    def __init__(
        self, path: Path, clock: Callable[[], float], happened: Callable[[str], object]
    ) -> None:
        """Read the log of the run in ``path``.

        Raises:
            DiffvizError: if there is no log.
        """
        super().__init__(path)
        self._clock = clock
        self._happened = happened
        self._tail.open()
        self._events = list(self._tail.read())
        self._tail.close()
        self._taken = 0
        if not self._events:
            raise DiffvizError(f"{path} has no log to show: train with diffviz train --out {path}")

    def read(self) -> bool:
        """Take in what is due."""
        if not self.config:
            self._read_config()
        due = round(len(self._events) * min(1.0, self._clock() / LENGTH_S))
        news = self._events[self._taken : max(1, due)]
        for event in news:
            self.history.take(event)
            if event.get("event") == "epoch":
                self._happened(f"epoch {event.get('epoch')}")
        self._taken += len(news)
        over = self._taken == len(self._events)
        self.state = self._state(held=not over or is_held(self.path))
        if news and over:
            self._happened(DONE)
        return bool(news)

    def send(self, command: str, value: int | None = None) -> None:
        """Refuse: nobody trains.

        Raises:
            DiffvizError: always.
        """
        raise DiffvizError("this training is only shown again: nobody would hear that")


def training_app(
    path: Path,
    terminal: Terminal,
    clock: Callable[[], float],
    happened: Callable[[str], object],
) -> TrainingApp:
    """Return the app of ``diffviz watch`` for the run in ``path``.

    Raises:
        DiffvizError: if there is no run.
    """
    if not (path / CONFIG).is_file():
        raise DiffvizError(f"no run in {path} (it has no {CONFIG}): name one with --run")
    source = Rerun(path, clock, happened)
    return TrainingApp(lambda: TrainScreen(source), terminal)
