"""The lines of a run's log: one JSON object for each event of a training."""

import json
import math
from collections.abc import Callable
from dataclasses import MISSING, asdict, fields
from typing import Any

from ..records import (
    Batch,
    CheckpointSaved,
    Commanded,
    EpochDone,
    Failed,
    Finished,
    Preview,
    Score,
    Started,
    TrainEvent,
)

EVENT_NAMES: dict[type, str] = {
    Started: "started",
    Batch: "batch",
    EpochDone: "epoch",
    CheckpointSaved: "checkpoint",
    Preview: "preview",
    Score: "score",
    Commanded: "command",
    Finished: "finished",
    Failed: "failed",
}
_LARGEST = 1e300  # a float beyond it was not measured
_LARGEST_INT = 1 << 53  # up to it a float is exact


def event_line(event: TrainEvent) -> str:
    """Return the log's line for an event; fields that are None or not finite are left out."""
    values = {key: value for key, value in asdict(event).items() if _known(value)}
    return json.dumps({"event": EVENT_NAMES[type(event)]} | values) + "\n"


def parse_line(line: bytes) -> dict[str, Any] | None:
    """Return the JSON object on a line of a log, or None if it is not one with a step."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return None
    step = values.get("step") if isinstance(values, dict) else None
    return values if isinstance(step, int) and abs(step) < _LARGEST_INT else None


def parse_event(line: bytes) -> TrainEvent | None:
    """Return the event on a line of a log, or None if there is none.

    A log may be damaged or from another version. A missing value is the field's default; without a
    default, or with a value of the wrong type, it is NaN, 0, False or an empty text.
    """
    values = parse_line(line)
    name = None if values is None else values.get("event")
    if values is None or not isinstance(name, str) or name not in _FIELDS:
        return None
    event, columns = _FIELDS[name]
    return event(*[convert(values[k]) if k in values else absent for k, convert, absent in columns])


def _known(value: object) -> bool:
    return value is not None and not (isinstance(value, float) and not math.isfinite(value))


def _float(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    return float(value) if abs(value) < _LARGEST else math.nan


def _int(value: object) -> int:
    number = _float(value)
    return int(number) if abs(number) < _LARGEST_INT else 0


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _floats(value: object) -> dict[str, float] | None:
    return {k: _float(v) for k, v in value.items()} if isinstance(value, dict) else None


_CONVERTERS: dict[Any, Callable[[object], Any]] = {
    int: _int,
    int | None: _int,
    float: _float,
    float | None: _float,
    str: _text,
    str | None: _text,
    bool: bool,
    dict[str, float] | None: _floats,
}
_FIELDS = {
    name: (
        event,
        [
            (f.name, convert, convert(None) if f.default is MISSING else f.default)
            for f in fields(event)
            for convert in [_CONVERTERS[f.type]]
        ],
    )
    for event, name in EVENT_NAMES.items()
}
"""The class of each event, and of its fields the names, converters and values where missing."""
