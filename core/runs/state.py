"""What a run folder's training is doing, seen from outside. No torch.

Whether it lives is told by the lock, which the operating system frees however a trainer ends,
never by a clock alone.
"""

import os
import time
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from pathlib import Path
from typing import Any

from ..errors import DiffvizError
from ..files.reading import lines_from_end, open_regular
from ..recipes import TrainConfig
from .folder import CONFIG, LOG, MAX_LINE, parse_line, read_config
from .lock import LOCK, is_held

_NEWEST_LINES = 2000  # looked at from the log's end for what the newest events say


class RunState(Enum):
    """What a training is doing."""

    STARTING = "starting"
    """A process has locked the run, but has not logged anything yet."""
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    """Ended early, on request: ``--resume`` goes on."""
    FINISHED = "finished"
    FAILED = "failed"
    """Ended in trouble; the log's last event says which: ``--resume`` goes on."""
    DEAD = "dead"
    """Training ended unexpectedly: ``--resume`` continues from its checkpoint."""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run as a list shows it; None is what is not known yet."""

    path: Path
    state: RunState
    age_s: float
    """Seconds since the last sign of life: a log line, or a paused trainer's heartbeat."""
    config: TrainConfig
    step: int
    epoch: int | None
    loss: float | None
    """Of the newest whole epoch; before the first, of the newest batch."""
    images_per_s: float | None


def run_state(run: Path) -> RunState:
    """Return what the training in the folder is doing."""
    return _state(is_held(run), _newest_events(run / LOG))


def summarise(run: Path) -> RunSummary:
    """Return a run's summary.

    Raises:
        DiffvizError: if there is no run in the folder or its configuration is damaged.
    """
    config, _ = read_config(run)
    held = is_held(run)  # before the log: an end that comes between is seen next time
    events = _newest_events(run / LOG)
    batch = next((e for e in events if e.get("event") == "batch"), {})
    epoch = next((e for e in events if e.get("event") == "epoch"), batch)
    newest = events[0] if events else {}
    return RunSummary(
        path=run,
        state=_state(held, events),
        age_s=seconds_since_life(run),
        config=config,
        step=newest.get("step", 0),
        epoch=_number(newest.get("epoch"), int) or _number(batch.get("epoch"), int),
        loss=_number(epoch.get("loss"), float),
        images_per_s=_number(batch.get("images_per_s"), float),
    )


def list_runs(folder: Path) -> list[RunSummary]:
    """Return the runs that lie directly in ``folder``, those seen alive last first.

    Damaged ones are left out.

    Raises:
        DiffvizError: if the folder can't be read. One that doesn't exist has no runs.
    """
    try:
        found = [path for path in folder.iterdir() if (path / CONFIG).is_file()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise DiffvizError(f"can't read {folder}: {error.strerror}") from error
    runs = []
    for path in found:
        try:
            runs.append(summarise(path))
        except DiffvizError:
            continue
    return sorted(runs, key=lambda run: (run.age_s, run.path.name))


def seconds_since_life(run: Path) -> float:
    """Return how long ago the run's folder last showed a sign of life."""
    times = [0.0]
    for name in (LOG, LOCK, CONFIG):
        try:
            times.append(os.stat(run / name).st_mtime)
        except OSError:
            continue
    return max(0.0, time.time() - max(times))


def _state(held: bool, newest: list[dict[str, Any]]) -> RunState:
    """Judge by the newest events, newest first."""
    for event in newest:
        kind, command = event.get("event"), event.get("command")
        if held:
            if kind == "command" and command in ("pause", "resume") and event.get("done"):
                return RunState.PAUSED if command == "pause" else RunState.RUNNING
            if kind in ("batch", "started"):
                return RunState.RUNNING
            if kind in (
                "finished",
                "failed",
            ):  # of an earlier session: the new one has not begun its log
                return RunState.STARTING
        elif kind == "finished":
            return RunState.FINISHED if event.get("complete") else RunState.STOPPED
        elif kind == "failed":
            return RunState.FAILED
        else:
            return RunState.DEAD
    return RunState.STARTING if held else RunState.DEAD


def _newest_events(log: Path) -> list[dict[str, Any]]:
    """Return events from the end of the log, newest first: back to the newest whole epoch's."""
    events: list[dict[str, Any]] = []
    try:
        with open_regular(log) as file:
            for line in islice(lines_from_end(file, MAX_LINE), _NEWEST_LINES):
                event = parse_line(line)
                if event is not None:
                    events.append(event)
                    if event.get("event") in ("epoch", "started"):
                        break
    except (OSError, DiffvizError):
        pass
    return events


def _number(value: Any, kind: type) -> Any:
    return kind(value) if type(value) in (int, float) and abs(value) < 1e300 else None
