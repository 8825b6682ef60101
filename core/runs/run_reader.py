"""The runs of a folder, read again and again: only those that may have changed."""

import os
import time
from dataclasses import replace
from pathlib import Path

from .folder import CONFIG, LOG
from .lock import LOCK
from .run_state import RunState, RunSummary, list_runs, summarise_or_name_problem

_ENDED = (RunState.STOPPED, RunState.FINISHED, RunState.FAILED, RunState.DEAD, RunState.UNREADABLE)

Signature = tuple[tuple[int, int], ...]


class RunReader:
    """Lists the runs of one folder; a run that is over is read again when its files change."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[Path, tuple[Signature, RunSummary]] = {}

    def read(self) -> list[RunSummary]:
        """Return the runs as :func:`.run_state.list_runs` does.

        Raises:
            DiffvizError: if the folder can't be read.
        """
        runs = list_runs(self._folder, self._summary)
        self._known = {run.path: self._known[run.path] for run in runs if run.path in self._known}
        return runs

    def _summary(self, run: Path) -> RunSummary:
        signature = _signature(run)  # before reading: a change in between is seen next time
        known = self._known.get(run)
        if known is not None and known[0] == signature and known[1].state in _ENDED:
            newest = max((changed for changed, _ in signature), default=0)
            return replace(known[1], age_s=max(0.0, time.time() - newest / 1e9))
        summary = summarise_or_name_problem(run)
        self._known[run] = signature, summary
        return summary


def _signature(run: Path) -> Signature:
    """Return when the files of a run were changed, and their sizes."""
    found: list[tuple[int, int]] = []
    for name in (CONFIG, LOG, LOCK):
        try:
            facts = os.stat(run / name)
        except OSError:
            found.append((0, -1))
        else:
            found.append((facts.st_mtime_ns, facts.st_size))
    return tuple(found)
