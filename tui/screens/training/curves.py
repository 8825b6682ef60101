"""The lines of the charts: this run's losses, the published ones, other runs, the four phases."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ....core.recipes import PUBLISHED_LOSSES
from ...text import short_number
from ...theme import ACCENT, BACK, LIVE, PHASE_COLOURS, faded
from .log_history import History
from .numbers import smoothed
from .plot import View
from .series import Numbers, Series

SPANS = (50, 200, 10, 1)
"""What the smoothing key goes through, in batches; 1 is none."""
OTHERS = (LIVE, *PHASE_COLOURS.values())
"""Colours of other runs."""
_BAND_SPAN = 100
_EPOCHS_FROM = 1.5  # epochs on show from which they, not batches, are counted
_RUNG = 1.04
_FEWEST = 24  # batches in the closest view


@dataclass(frozen=True)
class Looking:
    """How the charts are looked at."""

    span: int = SPANS[0]
    log: bool = False
    zoom: int = 0
    """How many times the view was halved."""
    back: float = 0.0
    """How far the view's end lies before the newest batch, in epochs."""


def whole(history: History, others: Sequence[History] = ()) -> float:
    """Return the epochs that the longest line has got to; at least a small part of one."""
    ends = [h.step / h.batches_per_epoch for h in (history, *others)]
    return max(_FEWEST / history.batches_per_epoch, *ends)


def deepest(history: History) -> int:
    """Return how many times the view can be halved."""
    batches = max(1, history.step)
    return max(0, int(np.log2(batches / _FEWEST))) if batches > _FEWEST else 0


def view_of(looking: Looking, history: History, others: Sequence[History] = ()) -> View:
    """Return the part of the run that is looked at."""
    newest = max(history.step / history.batches_per_epoch, 1e-9)
    if looking.zoom == 0:
        first, last = 0.0, _onward(whole(history, others))
    else:
        width = _onward(newest) / 2**looking.zoom
        last = max(width, math.ceil((newest - looking.back) / width * 20 - 1e-9) * width / 20)
        first = last - width
    if last - first >= _EPOCHS_FROM:
        return View(first, last, looking.log, "epoch")
    return View(first, last, looking.log, "batch", per=history.batches_per_epoch)


def _onward(end: float) -> float:
    """Return the next rung above ``end``: an axis that stands still is cheap to draw again."""
    return _RUNG ** math.ceil(math.log(end, _RUNG) - 1e-9)


def loss_series(
    history: History, looking: Looking, others: Sequence[tuple[str, History]], published: bool
) -> list[Series]:
    """Return what the loss chart draws, from the bottom to the top."""
    x, y = history.epoch_axis(), history.column("loss")
    raw = ACCENT if looking.span == 1 else faded(ACCENT, 0.4)
    lines = [Series("raw", x, y, raw, spread=True)]
    if published:
        # a mean over an epoch stands in its middle
        epochs = np.arange(len(PUBLISHED_LOSSES), dtype=np.float64) + 0.5
        losses = np.array(PUBLISHED_LOSSES)
        lines.append(Series("published", epochs, losses, BACK, short="publ."))
    for index, (name, other) in enumerate(others):
        colour = OTHERS[index % len(OTHERS)]
        span = max(SPANS[0], looking.span)
        lines.append(Series(name, *_loss_line(other, span), colour))
    if looking.span > 1:
        places, means = _loss_line(history, looking.span)
        name = f"mean of {looking.span}"
        lines.append(Series(name, places, means, ACCENT, short=f"mean {looking.span}"))
    return lines


def _loss_line(history: History, span: int) -> tuple[Numbers, Numbers]:
    return smoothed(history.epoch_axis(), history.column("loss"), span, history.column("step"))


def band_series(history: History) -> list[Series]:
    """Return a line for each phase: how well its timesteps are denoised."""
    x = history.epoch_axis()
    lines = []
    for phase, colour in PHASE_COLOURS.items():
        places, means = smoothed(x, history.band(phase), _BAND_SPAN, history.column("step"))
        newest = f" {short_number(float(means[-1]))}" if len(means) else ""
        lines.append(Series(phase.label + newest, places, means, colour, short=phase.label))
    return lines[::-1]  # the legend begins with what is drawn last
