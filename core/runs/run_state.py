"""The state of a training, read from its run folder. No torch."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from ..errors import DiffvizError
from ..recipes import TrainConfig
from ..records import Batch, Commanded, EpochDone, Failed, Finished, TrainEvent
from .files import CONFIG
from .folder import read_config
from .lock import holder_of, is_held
from .log_end import changes_state, newest_events, seconds_since_life


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
    UNREADABLE = "unreadable"
    """Its configuration can't be read, is damaged, or is of another version of diffviz."""

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


@dataclass(frozen=True, slots=True)
class RunSummary:
    """Summary of a run for a list; None is what is not known yet."""

    path: Path
    state: RunState
    age_s: float
    """Seconds since the newest log line or heartbeat."""
    config: TrainConfig | None
    """None: :attr:`RunState.UNREADABLE`."""
    step: int
    epoch: int | None
    loss: float | None
    """Of the newest whole epoch; before the first, of the newest batch."""
    images_per_s: float | None
    host: str | None = None
    """The other computer that it trains on, if it does."""
    problem: str = ""
    """Why it is unreadable."""

    @property
    def epochs_text(self) -> str:
        """The epoch it is in and how many there are to be, as far as they are known."""
        return f"{self.epoch or 0}/{self.config.epochs if self.config else '–'}"

    @property
    def loss_text(self) -> str:
        """The loss with four decimals, or a dash."""
        return "–" if self.loss is None else f"{self.loss:.4f}"


def run_state(run: Path) -> RunState:
    """Return what the training in the folder is doing."""
    held = is_held(run)  # before the log: an end in between is seen next time
    return _state(held, newest_events(run))


def summarise(run: Path) -> RunSummary:
    """Return a run's summary.

    Raises:
        DiffvizError: if there is no run in the folder or its configuration is damaged.
    """
    config, _ = read_config(run)
    holder = holder_of(run)  # before the log: an end in between is seen next time
    events = newest_events(run)
    batch = next((e for e in events if isinstance(e, Batch)), None)
    epoch = next((e for e in events if isinstance(e, EpochDone)), batch)
    newest = events[0] if events else None
    return RunSummary(
        path=run,
        state=_state(holder is not None, events),
        age_s=seconds_since_life(run),
        config=config,
        step=newest.step if newest else 0,
        epoch=next((number for e in events if (number := getattr(e, "epoch", 0))), None),
        loss=_known(epoch.loss) if epoch else None,
        images_per_s=_known(batch.images_per_s) if batch else None,
        host=holder.host if holder else None,
    )


def summarise_or_name_problem(run: Path) -> RunSummary:
    """Return a run's summary; if its configuration can't be read, one that says why."""
    try:
        return summarise(run)
    except DiffvizError as error:
        return _unreadable(run, str(error))


def list_runs(
    folder: Path, summary_of: Callable[[Path], RunSummary] = summarise_or_name_problem
) -> list[RunSummary]:
    """Return the runs directly in ``folder``, the most recently active first.

    Those whose configuration can't be read are the last. ``summary_of`` reads one.

    Raises:
        DiffvizError: if the folder can't be read. One that doesn't exist has no runs.
    """
    try:
        found = [path for path in folder.iterdir() if (path / CONFIG).is_file()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise DiffvizError(f"can't read {folder}: {error.strerror}") from error
    runs = [summary_of(path) for path in found]
    return sorted(runs, key=lambda run: (run.config is None, run.age_s, run.path.name))


def _unreadable(run: Path, problem: str) -> RunSummary:
    return RunSummary(
        path=run,
        state=RunState.UNREADABLE,
        age_s=seconds_since_life(run),
        config=None,
        step=0,
        epoch=None,
        loss=None,
        images_per_s=None,
        problem=problem,
    )


def _state(held: bool, newest: list[TrainEvent]) -> RunState:
    return RunState.of(held, next(filter(changes_state, newest), None))


def _known(number: float) -> float | None:
    return number if math.isfinite(number) else None
