"""A run as the source of the training screen: reads its folder and sends commands."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ....core.errors import DiffvizError, printable
from ....core.runs import LOG, read_config
from ....core.runs.commands import send_command
from ....core.runs.differences import settings_of
from ....core.runs.foreign import is_foreign
from ....core.runs.lock import holder_of
from ....core.runs.preview_files import read_preview
from ....core.runs.run_state import RunState
from ...text import shell_word
from .filmstrip import Pictures
from .log_history import LogHistory, Moment
from .log_tail import Tail


class RunSource:
    """One run folder, which need not exist yet."""

    def __init__(self, path: Path, coming: Callable[[], bool] = lambda: False) -> None:
        """Make a reader of the run in ``path``.

        ``coming`` returns whether a process is starting to train there.
        """
        self.path = path
        self._coming = coming
        self.history = LogHistory()
        self.config: dict[str, Any] = {}
        self.environment: dict[str, Any] = {}
        self.state = RunState.STARTING
        self._tail = Tail(path / LOG)
        self._host: str | None = None
        self._settings: dict[str, Any] | None = None

    @property
    def foreign(self) -> bool:
        """Whether another program's loop writes it, which takes no commands."""
        return is_foreign(self.environment)

    @property
    def settings(self) -> dict[str, Any]:
        """What decides the numbers of the run, by name; empty while that isn't known."""
        if self._settings is None and self.config:
            self._settings = settings_of(self.path)
        return self._settings or {}

    @property
    def name(self) -> str:
        """The folder's name, printable."""
        return printable(self.path.name or str(self.path))

    @property
    def every(self) -> int:
        """Of the oldest batches, one in so many is in the history."""
        return self._tail.every * self.history.batches.every

    @property
    def listening(self) -> bool:
        """Whether a process receives commands."""
        return self.trains and not self.foreign

    @property
    def trains(self) -> bool:
        """Whether a process trains there."""
        return self.state in (RunState.RUNNING, RunState.PAUSED)

    @property
    def alive(self) -> bool:
        """Whether a process trains there or is starting to."""
        return self.trains or self.state is RunState.STARTING

    @property
    def answers(self) -> object:
        """A value that changes when training has answered a command, or started again."""
        return self.alive, id(self.history), self.history.answers

    @property
    def notices(self) -> list[str]:
        """Messages about the state of the run, longest wording first."""
        if self.foreign:
            return [self._foreign_notice]
        goes_on = f"diffviz train --resume {shell_word(self.path)} goes on"
        match self.state:
            case RunState.FAILED:
                what, _, advice = self.history.failure.partition(": ")
                return [f"{what}: {advice}" if advice else what, what]
            case RunState.DEAD:
                return [f"training ended unexpectedly: {goes_on}", goes_on]
            case RunState.STOPPED:
                return [f"stopped: {goes_on}", goes_on]
            case RunState.FINISHED:
                samples = f"diffviz run --weights {shell_word(self.path)}"
                return [f"done: {samples} samples from it", f"done: {samples}"]
            case _ if self._host is not None:
                return [f"trains on {self._host}"]
            case RunState.STARTING:
                return ["starting: loading the network and the images ..."]
            case _ if not len(self.history.batches["step"]):
                return self._first_batch
            case _:
                return [self.history.message]

    @property
    def _first_batch(self) -> list[str]:
        """Messages about what a training does before its first batch is in the log."""
        history = self.history
        if history.step == 0 and not history.moments and self.environment.get("preview_every") != 0:
            return [
                "drawing the first preview: digits of the untrained network ...",
                "drawing the first preview ...",
            ]
        return ["computing the first batch ..."]

    @property
    def _foreign_notice(self) -> str:
        match self.state:
            case RunState.FAILED:
                return self.history.failure
            case RunState.DEAD:
                return "the program that wrote this run ended without closing it"
            case RunState.FINISHED:
                return "done"
            case _:
                return "" if self._host is None else f"trains on {self._host}"

    def read(self) -> bool:
        """Read new events and the state; return whether anything has changed."""
        if not self.config:
            self._read_config()
        # Before the log: if training ends in between, the next reading shows it.
        holder = holder_of(self.path)
        self._host = holder.host if holder else None
        held = holder is not None or self._coming()
        before = self.state
        if new := self._tail.open():
            self.history = LogHistory()
        for event in self._tail.read():
            self.history.add(event)
            new = True
        self.state = RunState.of(held, self.history.state_event)
        return new or before is not self.state

    def pictures(self, moment: Moment) -> Pictures | None:
        """Return the pictures of a moment; None if they can't be read."""
        return read_preview(self.path, moment.path)

    def send(self, command: str, value: int | None = None) -> None:
        """Send a command to the process that trains.

        Raises:
            DiffvizError: if no process trains there, or the folder can't be written.
        """
        if self.foreign:
            raise DiffvizError(f"{self.name} is written by another program: it takes no commands")
        if not self.listening:
            raise DiffvizError(f"{self.name} is not training now: it can't receive commands")
        send_command(self.path, command, value)

    def close(self) -> None:
        """Close the log."""
        self._tail.close()

    def _read_config(self) -> None:
        try:
            config, self.environment = read_config(self.path)
        except DiffvizError:
            return
        self.config = config.to_json()
