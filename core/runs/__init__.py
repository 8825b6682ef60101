"""A run folder: its log, lock, state, commands and previews. Loads no torch."""

from .events import EVENT_NAMES, event_line, parse_event, parse_line
from .files import CONFIG, LOG, MAX_LINE
from .folder import (
    RunFolder,
    change_epochs,
    check_no_run,
    cut_log,
    read_config,
    read_log,
)

__all__ = [
    "CONFIG",
    "EVENT_NAMES",
    "LOG",
    "MAX_LINE",
    "RunFolder",
    "change_epochs",
    "check_no_run",
    "cut_log",
    "event_line",
    "parse_event",
    "parse_line",
    "read_config",
    "read_log",
]
