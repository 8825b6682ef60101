"""A training in a process of its own, which goes on whatever happens to the screen."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from ...core.errors import DiffvizError
from ...core.runs.lock import is_held
from ..exit_codes import BY_SIGNAL

OUTPUT = "output.txt"
_COMMAND = "import sys; from diffviz.tui.cli import main; sys.exit(main())"
_ERROR = "diffviz: error: "
_LAST_BYTES = 1 << 14


class Detached:
    """A training process in a session of its own; it holds nothing of this one."""

    def __init__(self, run: Path, process: subprocess.Popen[bytes]) -> None:
        self.run = run
        self._process = process

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def training(self) -> bool:
        """Whether it has taken the run folder and goes on."""
        return self._process.poll() is None and is_held(self.run)

    @property
    def ended(self) -> bool:
        """Whether the process is over."""
        return self._process.poll() is not None

    def trouble(self) -> str | None:
        """Return why the process ended, if it ended badly; its output is in the run folder."""
        status = self._process.poll()
        if not status or status in BY_SIGNAL.values():
            return None
        try:
            with (self.run / OUTPUT).open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - _LAST_BYTES))
                lines = file.read().decode(errors="replace").splitlines()
        except OSError:
            lines = []
        said = next((line for line in reversed(lines) if line.startswith(_ERROR)), None)
        if said is not None:
            return said.removeprefix(_ERROR)
        return f"the training ended with status {status}: see {self.run / OUTPUT}"


def start_detached(arguments: Sequence[str], run: Path) -> Detached:
    """Start ``diffviz ARGUMENTS…`` (a training without a screen, into ``run``) and return at once.

    Closing the terminal, Ctrl+C and this process's end don't reach it. What it prints goes to
    ``output.txt`` in the run folder, after what an earlier sitting printed there.

    Raises:
        DiffvizError: if the run folder can't be made or written.
    """
    try:
        run.mkdir(parents=True, exist_ok=True)
        output = (run / OUTPUT).open("ab")
    except OSError as error:
        raise DiffvizError(f"can't write in the run folder {run}: {error.strerror}") from error
    with output:
        process = subprocess.Popen(
            [sys.executable, "-c", _COMMAND, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Detached(run, process)
