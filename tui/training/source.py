"""A run as the screen sees it: its folder, read again and again, and what can be asked of it."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.errors import DiffvizError
from ...core.run_control import send_command
from ...core.run_state import RunState, is_held
from ...core.runs import LOG, read_config
from .history import History, Moment
from .tail import Tail


class RunSource:
    """One run folder; it need not exist yet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.history = History()
        self.config: dict[str, Any] = {}
        self.environment: dict[str, Any] = {}
        self.state = RunState.STARTING
        self._tail = Tail(path / LOG)

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.name or str(self.path)

    @property
    def every(self) -> int:
        """Of the older batches, one in so many was read."""
        return self._tail.every

    @property
    def running(self) -> bool:
        """Whether there is a process that trains, or is about to."""
        return self.state in (RunState.STARTING, RunState.RUNNING, RunState.PAUSED)

    @property
    def noises(self) -> int:
        """How many noises the filmstrip follows; 0 without previews."""
        return 4 if self.history.moments else 0

    @property
    def notice(self) -> str:
        """What there is to say about the run where nothing else is said."""
        return ""

    def read(self) -> bool:
        """Take in what is new; return whether anything is."""
        if not self.config:
            self._read_config()
        held = is_held(self.path)  # before the log: an end that comes between is seen next time
        before, news = self.state, False
        for event in self._tail.read():
            if not news and self._tail.restarted:
                self.history = History()
            news = True
            self.history.take(event)
        self.state = self._state(held)
        return news or before is not self.state

    def pictures(self, moment: Moment) -> NDArray[np.uint8] | None:
        """Return the pictures of a moment: uint8 ``[n, 28, 28]``."""
        return None

    def send(self, command: str, value: int | None = None) -> None:
        """Send a command to the process that trains.

        Raises:
            DiffvizError: if nobody trains there, or the folder can't be written.
        """
        if not self.running:
            raise DiffvizError(f"{self.name} isn't training: nobody would hear that")
        send_command(self.path, command, value)

    def close(self) -> None:
        """Let go of the log."""
        self._tail.close()

    def _read_config(self) -> None:
        try:
            config, self.environment = read_config(self.path)
        except DiffvizError:
            return
        self.config = config.to_json()

    def _state(self, held: bool) -> RunState:
        history = self.history
        if held and (not history.started or history.finished is not None):
            return RunState.STARTING
        if held:
            return RunState.PAUSED if history.paused else RunState.RUNNING
        if history.finished is not None:
            return RunState.FINISHED if history.finished.get("complete") else RunState.STOPPED
        return RunState.DEAD if history.started else RunState.STARTING
