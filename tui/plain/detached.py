"""Training in a separate process, which continues when the screen is closed."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from ...core.errors import DiffvizError, printable
from ...core.runs import CONFIG
from ...core.runs.lock import is_held
from ..child_process import python_module
from ..exit_codes import BY_SIGNAL
from ..stderr import ERROR, NOTICE
from .train_options import TrainOptions

OUTPUT = "output.txt"
_LAST_BYTES = 1 << 14


class Detached:
    """A training process in its own session, independent of this one."""

    def __init__(
        self, run: Path, process: subprocess.Popen[bytes], made_folder: bool = False
    ) -> None:
        self.run = run
        self._process = process
        self._made_folder = made_folder
        self._earlier_bytes = 0  # of the output: an earlier session's
        with suppress(OSError):
            self._earlier_bytes = (run / OUTPUT).stat().st_size

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def training(self) -> bool:
        """Whether it has locked the run folder and is running."""
        return self._process.poll() is None and is_held(self.run)

    @property
    def ended(self) -> bool:
        """Whether the process is over."""
        return self._process.poll() is not None

    def trouble(self) -> str | None:
        """Return why the process failed, from its output in the run folder; None if it didn't."""
        status = self._process.poll()
        if not status or status in BY_SIGNAL.values() or -status in BY_SIGNAL:
            return None  # a signal ended it, perhaps before it could handle one
        lines = self._last_lines()
        how = f"by {_signal_name(-status)}" if status < 0 else f"with status {status}"
        ended = f"the training was ended {how}: see {self.run / OUTPUT}"
        errors = (line.removeprefix(ERROR) for line in reversed(lines) if line.startswith(ERROR))
        return next(errors, ended)

    @property
    def began(self) -> bool:
        """Whether there is a run in the folder: it has its configuration."""
        return (self.run / CONFIG).is_file()

    def remove_output(self) -> None:
        """Remove the output of a training that never began, and the folder if it was made."""
        with suppress(OSError):
            (self.run / OUTPUT).unlink()
            if self._made_folder:
                self.run.rmdir()

    def notice(self) -> str:
        """Return what the process said last before it trains, such as that it downloads."""
        lines = self._last_lines(self._earlier_bytes)
        notices = (line for line in reversed(lines) if line.startswith(NOTICE))
        return printable(next(notices, "").removeprefix(NOTICE))

    def _last_lines(self, start: int = 0) -> list[str]:
        try:
            with (self.run / OUTPUT).open("rb") as file:
                file.seek(max(start, file.seek(0, os.SEEK_END) - _LAST_BYTES))
                return file.read().decode(errors="replace").splitlines()
        except OSError:
            return []


def _signal_name(number: int) -> str:
    name = signal.Signals(number).name if number in list(signal.Signals) else f"signal {number}"
    return f"{name} (out of memory, perhaps)" if number == signal.SIGKILL else name


def start_detached(options: TrainOptions) -> Detached:
    """Start a training without a screen in the options' run folder and return at once.

    It continues after Ctrl+C, when the terminal is closed and when this process ends. Its output
    is appended to ``output.txt`` in the run folder.

    Raises:
        DiffvizError: if the run folder can't be made or written.
    """
    run = options.folder
    assert run is not None
    new = not run.exists()
    try:
        run.mkdir(parents=True, exist_ok=True)
        output = (run / OUTPUT).open("ab")
    except OSError as error:
        raise DiffvizError(f"can't write in the run folder {run}: {error.strerror}") from error
    with output:
        process = subprocess.Popen(
            [*python_module("diffviz"), "train", "--plain", *options.to_flags()],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Detached(run, process, new)
