"""The newest events of a run's log, and how old they are. No torch."""

import os
import time
from itertools import islice
from pathlib import Path

from ..errors import DiffvizError
from ..files.reading import lines_from_end, open_regular
from ..records import CheckpointSaved, Commanded, EpochDone, Failed, Finished, TrainEvent
from .events import parse_event
from .files import CONFIG, LOCK, LOG, MAX_LINE

RECENT_S = 60.0
"""A log or lock that was written within this time is one of a training that goes on."""
_NEWEST_LINES = 2000  # read from the log's end to find the newest events


def changes_state(event: TrainEvent) -> bool:
    """Return whether ``event`` may change what a run is doing."""
    if isinstance(event, Commanded):
        return event.done and event.command in ("pause", "resume")
    return not isinstance(event, CheckpointSaved)  # it may be saved while paused


def newest_events(run: Path) -> list[TrainEvent]:
    """Return events from the end of the log, newest first: back to the newest whole epoch's."""
    events: list[TrainEvent] = []
    try:
        with open_regular(run / LOG) as file:
            for line in islice(lines_from_end(file, MAX_LINE), _NEWEST_LINES):
                event = parse_event(line)
                if event is not None:
                    events.append(event)
                    if isinstance(event, EpochDone):
                        break
    except (OSError, DiffvizError):
        pass
    return events


def seconds_since_life(run: Path) -> float:
    """Return the seconds since the run's log, lock or configuration was last written."""
    times = [0.0]
    for name in (LOG, LOCK, CONFIG):
        try:
            times.append(os.stat(run / name).st_mtime)
        except OSError:
            continue
    return max(0.0, time.time() - max(times))


def seems_to_train(run: Path) -> bool:
    """Return whether a process trains in the folder as far as its log shows.

    That is: the log's newest event ends no training, and is younger than a minute.
    """
    newest = next(filter(changes_state, newest_events(run)), None)
    return not isinstance(newest, Finished | Failed) and seconds_since_life(run) < RECENT_S
