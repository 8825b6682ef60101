"""Run folders: ``config.json``, ``log.jsonl``, the checkpoint and the weights of a training.

The log is one JSON object a line, written and handed to the operating system before training
goes on, so a killed run loses no line that its checkpoint counts on.
"""

import contextlib
import json
import os
from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from ..errors import DiffvizError
from ..files.atomic import write_atomically
from ..files.reading import bounded_lines, lines_from_end, open_regular, read_bounded
from ..names import is_path_text
from ..recipes import TrainConfig
from ..records import Failed, TrainEvent
from .events import event_line, parse_event, parse_line
from .files import COMMANDS, CONFIG, LOCK, LOG, MAX_LINE, delete_leftovers
from .lock import RunLock, take_lock

MAX_CONFIG = 1 << 20  # bytes; diffviz writes nothing longer


class RunFolder:
    """A run folder opened by the one process that trains in it; a context manager."""

    def __init__(self, path: Path, lock: RunLock) -> None:
        self.path = path
        self._lock = lock
        self._new: list[Path] = []

    @property
    def lock_problem(self) -> str | None:
        """Why no lock keeps other processes from training here too; None if one does."""
        return self._lock.problem

    @classmethod
    def create(
        cls, path: Path, config: TrainConfig, environment: dict[str, Any] | None = None
    ) -> "RunFolder":
        """Make a new run folder; ``environment`` (device, threads, …) goes into its config.

        Raises:
            DiffvizError: if there is a run in ``path`` already or it can't be written.
        """
        check_no_run(path)
        new = [folder for folder in (path, *path.parents) if not folder.exists()]
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DiffvizError(f"can't make the run folder {path}: {error.strerror}") from error
        run = cls(path, take_lock(path))
        run._new = new
        try:
            run.write_config(config, environment or {})
        except BaseException:
            run.discard()
            run._lock.close()
            raise
        return run

    def discard(self) -> None:
        """Remove a new run that could not begin, so that its name is free again."""
        for name in (CONFIG, COMMANDS, LOCK):
            with contextlib.suppress(OSError):
                (self.path / name).unlink()
        for folder in self._new:
            with contextlib.suppress(OSError):  # something else is in it
                folder.rmdir()

    @classmethod
    def open(cls, path: Path) -> "RunFolder":
        """Open an existing run folder to resume its training.

        Raises:
            DiffvizError: if there is no run in ``path``, or another process trains in it.
        """
        if not (path / CONFIG).is_file():
            raise DiffvizError(f"no run in {path} (it has no {CONFIG})")
        run = cls(path, take_lock(path))
        if run.lock_problem is None:
            delete_leftovers(path)
        return run

    def write_config(self, config: TrainConfig, environment: dict[str, Any]) -> None:
        """Write ``config.json``."""
        _write_config(self.path, config, environment)

    def record(self, events: Iterable[TrainEvent]) -> Iterator[TrainEvent]:
        """Yield ``events`` unchanged after each has been written to the log.

        The log is first cut back to the first event's step.
        """
        log: TextIO | None = None
        stored, step = True, 0
        try:
            for event in events:
                stored, step = False, event.step
                try:
                    if log is None:
                        cut_log(self.path / LOG, event.step)
                        log = (self.path / LOG).open("a", encoding="utf-8")
                    log.write(event_line(event))
                    log.flush()
                except OSError as error:
                    raise DiffvizError(
                        f"can't write {self.path / LOG}: {error.strerror}; what was saved before "
                        f"is whole: make room, then --resume {self.path}"
                    ) from error
                stored = True
                yield event
        except DiffvizError as error:
            if stored and log is not None:
                with contextlib.suppress(OSError):
                    log.write(event_line(Failed(step, str(error))))
            raise
        finally:
            _close_quietly(log)
            _end(events, stored)

    def __enter__(self) -> "RunFolder":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lock.close()


def check_no_run(path: Path) -> None:
    """Raise a DiffvizError if there is a run in ``path``."""
    if (path / CONFIG).exists():
        raise DiffvizError(
            f"{path} holds a run already: go on with --resume {path}, or name another --out"
        )


def _end(events: Iterable[TrainEvent], stored: bool) -> None:
    """Close ``events``; if the newest is not in the log, so that it saves no checkpoint of it."""
    if not stored and isinstance(events, Generator):
        with contextlib.suppress(DiffvizError):
            events.throw(DiffvizError("the log can't be written"))
    elif isinstance(events, Generator):
        events.close()


def _close_quietly(file: TextIO | None) -> None:
    if file is not None:
        with contextlib.suppress(OSError):  # what could not be flushed was reported already
            file.close()


def read_config(path: Path) -> tuple[TrainConfig, dict[str, Any]]:
    """Return the configuration and the environment of the run in ``path``.

    Raises:
        DiffvizError: if they are missing or damaged.
    """
    file = path / CONFIG
    try:
        content = json.loads(read_bounded(file, MAX_CONFIG))
        config, environment = TrainConfig.from_json(content["config"]), content["environment"]
    except OSError as error:
        raise DiffvizError(f"no run in {path}: can't read {file} ({error.strerror})") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DiffvizError(f"{file} is damaged: it is not a run's configuration") from error
    if not _is_environment(environment):
        raise DiffvizError(f"{file} is damaged: it does not say where the run trains")
    return config, environment


def change_epochs(path: Path, epochs: int) -> None:
    """Change the number of epochs in a run's configuration.

    Raises:
        DiffvizError: if it can't be read or written.
    """
    config, environment = read_config(path)
    _write_config(path, replace(config, epochs=epochs), environment)


def _write_config(path: Path, config: TrainConfig, environment: dict[str, Any]) -> None:
    content = {"config": config.to_json(), "environment": environment}
    write_atomically(path / CONFIG, (json.dumps(content, indent=2) + "\n").encode())


def _is_environment(values: Any) -> bool:
    """Return whether the entries that resuming needs, where given, have valid values."""
    if not isinstance(values, dict):
        return False
    device, threads = values.get("device") or "", values.get("threads") or 1
    return (
        isinstance(device, str)
        and device.isprintable()
        and is_path_text(values.get("data_dir") or "")
        and type(threads) is int
        and 1 <= threads <= 1024
    )


def read_log(path: Path) -> Iterator[TrainEvent]:
    """Yield the events of a log, oldest first; incomplete lines are skipped."""
    try:
        with open_regular(path) as file:
            for line in bounded_lines(file, MAX_LINE):
                # without its end a line is still being written, or was cut off by a crash
                event = parse_event(line) if line.endswith(b"\n") else None
                if event is not None:
                    yield event
    except OSError as error:
        raise DiffvizError(f"can't read {path}: {error.strerror}") from error


def cut_log(path: Path, step: int) -> None:
    """Remove every event after ``step``, and incomplete lines at the end.

    The shorter log replaces the old one in a single move, so that a reader notices.

    Raises:
        DiffvizError: if it can't be read or written.
    """
    try:
        with open_regular(path) as file:
            end = size = file.seek(0, os.SEEK_END)
            for line in lines_from_end(file, MAX_LINE):
                event = parse_line(line) if line.endswith(b"\n") else None
                if event is not None and event["step"] <= step:
                    break
                end -= len(line)
            if end < size:
                file.seek(0)
                write_atomically(path, file.read(end))
    except FileNotFoundError:
        return
    except OSError as error:
        raise DiffvizError(f"can't read {path}: {error.strerror}") from error
