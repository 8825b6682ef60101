"""The state of a training, read from its run folder. No torch.

The lock shows whether a process trains: the operating system frees it however the process ends,
and no clock is needed.
"""

import math
import os
import time
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from pathlib import Path

from ..errors import DiffvizError
from ..files.reading import lines_from_end, open_regular
from ..recipes import TrainConfig
from ..records import (
    Batch,
    CheckpointSaved,
    Commanded,
    EpochDone,
    Failed,
    Finished,
    Started,
    TrainEvent,
)
from .events import parse_event
from .folder import CONFIG, LOG, MAX_LINE, read_config
from .lock import LOCK, is_held

_NEWEST_LINES = 2000  # read from the log's end to find the newest events


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
    """Ended by an error, which is the log's last event: ``--resume`` goes on."""
    DEAD = "dead"
    """Training ended unexpectedly: ``--resume`` continues from its checkpoint."""

    @classmethod
    def of(cls, held: bool, newest: TrainEvent | None) -> "RunState":
        """Return the state of a run.

        Args:
            held: Whether a process has the run's lock.
            newest: The newest event in its log that :func:`changes_state`; None if there is none.
        """
        match newest:
            case None:
                return cls.STARTING if held else cls.DEAD
            case Finished() | Failed() if held:  # logged by an earlier process
                return cls.STARTING
            case Finished(complete=complete):
                return cls.FINISHED if complete else cls.STOPPED
            case Failed():
                return cls.FAILED
            case Commanded(command="pause") if held:
                return cls.PAUSED
            case _:
                return cls.RUNNING if held else cls.DEAD


def changes_state(event: TrainEvent) -> bool:
    """Return whether ``event`` may change what a run is doing."""
    if isinstance(event, Commanded):
        return event.done and event.command in ("pause", "resume")
    return not isinstance(event, CheckpointSaved)  # it may be saved while paused


@dataclass(frozen=True, slots=True)
class RunSummary:
    """Summary of a run for a list; None is what is not known yet."""

    path: Path
    state: RunState
    age_s: float
    """Seconds since the newest log line or heartbeat."""
    config: TrainConfig
    step: int
    epoch: int | None
    loss: float | None
    """Of the newest whole epoch; before the first, of the newest batch."""
    images_per_s: float | None


def run_state(run: Path) -> RunState:
    """Return what the training in the folder is doing."""
    held = is_held(run)  # before the log: an end in between is seen next time
    return _state(held, _newest_events(run / LOG))


def summarise(run: Path) -> RunSummary:
    """Return a run's summary.

    Raises:
        DiffvizError: if there is no run in the folder or its configuration is damaged.
    """
    config, _ = read_config(run)
    held = is_held(run)  # before the log: an end in between is seen next time
    events = _newest_events(run / LOG)
    batch = next((e for e in events if isinstance(e, Batch)), None)
    epoch = next((e for e in events if isinstance(e, EpochDone)), batch)
    newest = events[0] if events else None
    return RunSummary(
        path=run,
        state=_state(held, events),
        age_s=seconds_since_life(run),
        config=config,
        step=newest.step if newest else 0,
        epoch=getattr(newest, "epoch", 0) or (batch.epoch if batch else 0) or None,
        loss=_known(epoch.loss) if epoch else None,
        images_per_s=_known(batch.images_per_s) if batch else None,
    )


def list_runs(folder: Path) -> list[RunSummary]:
    """Return the runs directly in ``folder``, the most recently active first.

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
    """Return the seconds since the run's log, lock or configuration was last written."""
    times = [0.0]
    for name in (LOG, LOCK, CONFIG):
        try:
            times.append(os.stat(run / name).st_mtime)
        except OSError:
            continue
    return max(0.0, time.time() - max(times))


def _state(held: bool, newest: list[TrainEvent]) -> RunState:
    return RunState.of(held, next(filter(changes_state, newest), None))


def _newest_events(log: Path) -> list[TrainEvent]:
    """Return events from the end of the log, newest first: back to the newest whole epoch's."""
    events: list[TrainEvent] = []
    try:
        with open_regular(log) as file:
            for line in islice(lines_from_end(file, MAX_LINE), _NEWEST_LINES):
                event = parse_event(line)
                if event is not None:
                    events.append(event)
                    if isinstance(event, EpochDone | Started):
                        break
    except (OSError, DiffvizError):
        pass
    return events


def _known(number: float) -> float | None:
    return number if math.isfinite(number) else None
