"""A training replayed: the log of a run folder, in the time of a recording."""

from collections.abc import Callable
from pathlib import Path

from ...core.errors import DiffvizError
from ...core.records import EpochDone
from ...core.runs import CONFIG
from ...core.runs.lock import is_held
from ...core.runs.run_state import RunState
from ..screens.training.run_source import RunSource
from ..screens.training.training_screen import TrainScreen
from ..terminal import Terminal
from ..training_app import TrainingApp
from .script import DONE

LENGTH_S = 12.0
"""How long a whole log takes in a recording, in seconds."""


class Rerun(RunSource):
    """Reads a finished log event by event; the run seems to be training until its end."""

    def __init__(
        self, path: Path, clock: Callable[[], float], on_event: Callable[[str], object]
    ) -> None:
        """Read the log of the run in ``path``.

        Raises:
            DiffvizError: if there is no log.
        """
        super().__init__(path)
        self._clock = clock
        self._on_event = on_event
        self._tail.open()
        self._events = list(self._tail.read())
        self._tail.close()
        self._count = 0
        if not self._events:
            raise DiffvizError(f"{path} has no log to show: train with diffviz train --out {path}")

    def read(self) -> bool:
        """Process the events that are due."""
        if not self.config:
            self._read_config()
        due = round(len(self._events) * min(1.0, self._clock() / LENGTH_S))
        new = self._events[self._count : max(1, due)]
        for event in new:
            self.history.add(event)
            if isinstance(event, EpochDone):
                self._on_event(f"epoch {event.epoch}")
        self._count += len(new)
        over = self._count == len(self._events)
        held = not over or is_held(self.path)
        self.state = RunState.of(held, self.history.state_event)
        if new and over:
            self._on_event(DONE)
        return bool(new)

    def send(self, command: str, value: int | None = None) -> None:
        """Refuse the command: no process trains.

        Raises:
            DiffvizError: always.
        """
        raise DiffvizError("this is a finished training: it can't receive commands")


def training_app(
    path: Path,
    terminal: Terminal,
    clock: Callable[[], float],
    on_event: Callable[[str], object],
) -> TrainingApp:
    """Return the app of ``diffviz watch`` for the run in ``path``.

    Raises:
        DiffvizError: if there is no run.
    """
    if not (path / CONFIG).is_file():
        raise DiffvizError(f"no run in {path} (it has no {CONFIG}): name one with --run")
    source = Rerun(path, clock, on_event)
    return TrainingApp(lambda: TrainScreen(source), terminal)
