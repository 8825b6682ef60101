"""Commands from the training screen to the process that trains, and their status."""

import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

from ....core.errors import DiffvizError
from ....core.runs.run_state import RunState
from ...theme import ERROR, TEXT, style
from ...widgets.text_widget import Row, text
from .run_source import RunSource

if TYPE_CHECKING:
    from ...plain.detached import Detached


class RunCommands:
    """Sends commands to the run of ``source``; ``process`` is given if this program started it."""

    def __init__(self, source: RunSource, process: "Detached | None") -> None:
        self._source, self._process = source, process
        self._message = ""
        self._failed = False
        self._answers: object = None

    def send(self, command: str, effect: str, value: int | None = None) -> None:
        """Send a command whose ``effect`` completes "the training …"."""
        try:
            self._source.send(command, value)
        except DiffvizError as error:
            self._message, self._failed = str(error), True
        else:
            self._message, self._failed = f"sent: the training {effect}", False
            self._answers = self._source.answers

    def say(self, message: str) -> None:
        """Show a message until the next answer of the training."""
        self._message, self._failed, self._answers = message, False, self._source.answers

    def stop(self) -> None:
        """Stop the training, with a checkpoint; by a signal before it reads commands."""
        if self._process is not None and not self._source.listening:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGTERM)
        else:
            self.send("stop", "stops after this batch, with a checkpoint")

    @property
    def status(self) -> list[Row]:
        """The last command until it is answered, or the state of the run; longest wording first."""
        source = self._source
        if self._message and not self._failed and self._answers != source.answers:
            self._message = ""
        wordings, failed = [self._message], self._failed
        if not self._message:
            wordings = source.notices
            if source.state is RunState.STARTING and self._process is not None:
                wordings = [self._process.notice()]
            failed = source.state in (RunState.FAILED, RunState.DEAD)
        return [[text(words, style(ERROR if failed else TEXT))] for words in wordings]
