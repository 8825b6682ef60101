"""A training's losses for one small chart, on other screens."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ....core.runs.lock import is_held
from ...text import short_number
from .curves import SPANS
from .number_columns import smoothed
from .run_source import RunSource

_POINTS = 240  # more than the columns of dots of a small chart
_PARTS = 40  # a longer run is smoothed over this part of its batches


@dataclass(frozen=True)
class LossSummary:
    """Evenly spaced mean losses, and the epochs of the first and the last."""

    losses: tuple[float, ...]
    first: float
    last: float
    note: str


def open_in_training(run: Path) -> RunSource | None:
    """Return a reader of the run if it is being trained now."""
    return RunSource(run) if is_held(run) else None


def summarise(source: RunSource) -> LossSummary | None:
    """Return the losses of a run as read so far; None while there are none."""
    history = source.history
    span = max(SPANS[0], history.batches["loss"].size // _PARTS)
    epochs, losses = smoothed(history.epoch_axis(), history.column("loss"), span)
    if not len(losses):
        return None
    begin = span - 1 if len(losses) >= 2 * span else 0  # means of few batches vary too much
    picked = np.linspace(begin, len(losses) - 1, min(_POINTS, len(losses) - begin)).astype(int)
    digits = 2 if epochs[-1] < 10 else 1
    state = source.state.value if source.alive else "ended"
    return LossSummary(
        tuple(losses[picked].tolist()),
        round(float(epochs[begin]), digits),
        round(float(epochs[-1]), digits),
        f"{short_number(float(losses[-1]))}  {state}",
    )
