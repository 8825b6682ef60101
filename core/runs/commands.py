"""Commands to a running training, through a file in its run folder.

Whoever watches a run appends a line to ``commands.jsonl``; training reads them between two
batches, carries them out and logs a ``command`` event for each. No torch.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import DiffvizError
from .files import COMMANDS

NAMES = ("pause", "resume", "checkpoint", "stop", "halve_lr", "epochs")
"""``checkpoint``: save one now; ``halve_lr``: from the next batch on; ``epochs``: train until the
end of epoch ``value``, which may also be the one under way."""
_MAX_BYTES = 1 << 20  # read at once
_MAX_EPOCHS = 100_000


@dataclass(frozen=True, slots=True)
class Command:
    """A command; ``value`` is the number of epochs of ``epochs``."""

    name: str
    value: int | None = None


def send_command(run: Path, name: str, value: int | None = None) -> None:
    """Send a command to the training in the folder ``run``; the answer is in its log.

    Commands sent while no process trains have no effect: training begins with an empty file.

    Raises:
        DiffvizError: if there is no such command, or the file can't be written.
    """
    command = {"command": name} if value is None else {"command": name, "value": value}
    if _checked(command) is None:
        raise DiffvizError(f"unknown command to a training: '{name}' (with {value})")
    line = (json.dumps(command) + "\n").encode()
    try:
        handle = os.open(run / COMMANDS, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            os.write(handle, line)  # one call: lines of two senders don't mix
        finally:
            os.close(handle)
    except OSError as error:
        raise DiffvizError(f"can't write {run / COMMANDS}: {error.strerror}") from error


class CommandInbox:
    """Reads the commands to a training, in the process that trains."""

    def __init__(self, run: Path) -> None:
        """Begin with an empty file; commands to an earlier session are dropped."""
        self._path = run / COMMANDS
        self._path.unlink(missing_ok=True)
        self._read = 0

    def new(self) -> Iterator[Command]:
        """Yield the commands sent since the last call, oldest first; invalid lines are skipped."""
        try:
            if os.stat(self._path).st_size <= self._read:
                return
            with self._path.open("rb") as file:
                file.seek(self._read)
                content = file.read(_MAX_BYTES)
        except OSError:
            return
        whole = content[: content.rfind(b"\n") + 1]
        # a line as long as all that is read at once is no command and must not block later ones
        self._read += len(whole) or len(content) // _MAX_BYTES * _MAX_BYTES
        for line in whole.splitlines():
            try:
                command = _checked(json.loads(line))
            except (ValueError, RecursionError):
                continue
            if command is not None:
                yield command


def _checked(line: object) -> Command | None:
    if not isinstance(line, dict) or line.get("command") not in NAMES:
        return None
    name, value = line["command"], line.get("value")
    if name != "epochs":
        return Command(name) if value is None else None
    return Command(name, value) if type(value) is int and 1 <= value <= _MAX_EPOCHS else None
