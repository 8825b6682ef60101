"""Commands from the training screen to the process that trains, and their status.

A training reads commands between two batches. Until it has answered one, what was asked for
counts on the screen: a second press of a key goes on from there.
"""

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
        self._unanswered: list[tuple[str, int | None]] = []
        self._known = self._answered
        self._stopped = False

    def send(self, command: str, effect: str, value: int | None = None) -> None:
        """Send a command whose ``effect`` is what the training does now."""
        self._forget_answered()
        try:
            self._source.send(command, value)
        except DiffvizError as error:
            self._message, self._failed = str(error), True
        else:
            self._message, self._failed = effect, False
            self._answers = self._source.answers
            self._unanswered.append((command, value))
            self._stopped |= command == "stop"

    def say(self, message: str) -> None:
        """Show a message until the next answer of the training."""
        self._message, self._failed, self._answers = message, False, self._source.answers

    def stop(self) -> None:
        """Stop the training, with a checkpoint; by a signal before it reads commands."""
        if self._process is not None and not self._source.listening:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGTERM)
            self._stopped = True
        else:
            self.send("stop", "stopping after this batch, with a checkpoint")

    @property
    def stopping(self) -> bool:
        """Whether the training was told to stop and has not ended yet."""
        self._stopped &= self._source.alive
        return self._stopped

    @property
    def state(self) -> RunState:
        """The state of the run, after the commands that it has not answered yet."""
        self._forget_answered()
        after = {"pause": RunState.PAUSED, "resume": RunState.RUNNING}
        states = [after[name] for name, _ in self._unanswered if name in after]
        return states[-1] if states else self._source.state

    @property
    def epochs_wanted(self) -> int:
        """Epochs of the whole training, after the commands that it has not answered yet."""
        self._forget_answered()
        wanted = [value for name, value in self._unanswered if name == "epochs" and value]
        return wanted[-1] if wanted else self._source.history.epochs_wanted

    @property
    def learning_rate(self) -> float | None:
        """The learning rate after the commands that the training has not answered yet."""
        self._forget_answered()
        rate = self._source.history.learning_rate
        halved = sum(name == "halve_lr" for name, _ in self._unanswered)
        return None if rate is None else rate / 2**halved

    @property
    def _answered(self) -> tuple[int, int]:
        history = self._source.history
        return id(history), history.answers

    def _forget_answered(self) -> None:
        """Drop the commands that are answered, in their order, or that nobody will answer."""
        (log, before), (now, answers) = self._known, self._answered
        self._known = now, answers
        if log != now or not self._source.listening:
            self._unanswered.clear()
        del self._unanswered[: max(0, answers - before)]

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
                wordings = list(filter(None, [self._process.notice()])) or wordings
            failed = source.state in (RunState.FAILED, RunState.DEAD)
        return [[text(words, style(ERROR if failed else TEXT))] for words in wordings]
