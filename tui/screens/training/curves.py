"""The lines of the charts: this run's losses, the published ones, other runs, the four phases."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ....core.recipes import PUBLISHED_LOSSES
from ...text import short_number
from ...theme import ACCENT, BACK, DIM, LIVE, PHASE_COLOURS, faded
from ...widgets.plot import View
from ...widgets.series import Series, Values
from .log_history import LogHistory
from .number_columns import smoothed

SPANS = (50, 200, 10, 1)
"""The selectable smoothing, in batches; 1 is none."""
OTHERS = (LIVE, *PHASE_COLOURS.values())
"""Colours of other runs."""
_BAND_SPAN = 100
_EPOCHS_FROM = 1.5  # shown epochs from which the axis is in epochs, not in batches
_RUNG = 1.04
_FEWEST = 24  # batches in the closest view


@dataclass(frozen=True)
class ChartSettings:
    """Smoothing, axis and range of the charts."""

    span: int = SPANS[0]
    log: bool = False
    zoom: int = 0
    """How many times the view was halved."""
    back: float = 0.0
    """Epochs from the end of the view to the newest batch."""

    def with_next_span(self) -> "ChartSettings":
        """Return these settings with the next smoothing."""
        return replace(self, span=SPANS[(SPANS.index(self.span) + 1) % len(SPANS)])

    def zoomed(self, by: int, history: LogHistory) -> "ChartSettings":
        """Return these settings with the view halved or doubled, as far as batches allow."""
        batches = max(1, history.step)
        deepest = max(0, int(np.log2(batches / _FEWEST))) if batches > _FEWEST else 0
        zoom = min(max(0, self.zoom + by), deepest)
        return replace(self, zoom=zoom, back=self.back if zoom else 0.0)

    def panned(self, by: int, history: LogHistory) -> "ChartSettings":
        """Return these settings a quarter of the view earlier (-1) or later, where zoomed in."""
        if not self.zoom:
            return self
        view = view_of(self, history)
        width = view.last - view.first
        furthest = history.step / history.batches_per_epoch - width
        return replace(self, back=min(max(0.0, self.back - by * width / 4), furthest))


def whole(history: LogHistory, others: Sequence[LogHistory] = ()) -> float:
    """Return the epochs of the longest line; at least a small part of one."""
    epochs = [h.step / h.batches_per_epoch for h in (history, *others)]
    return max(_FEWEST / history.batches_per_epoch, *epochs)


def view_of(
    settings: ChartSettings, history: LogHistory, others: Sequence[LogHistory] = ()
) -> View:
    """Return the part of the run that the charts show."""
    newest = max(history.step / history.batches_per_epoch, 1e-9)
    if settings.zoom == 0:
        first, last = 0.0, _onward(whole(history, others))
    else:
        width = _onward(newest) / 2**settings.zoom
        last = max(width, math.ceil((newest - settings.back) / width * 20 - 1e-9) * width / 20)
        first = last - width
    if last - first >= _EPOCHS_FROM and history.batches_per_epoch > 1:
        return View(first, last, settings.log, "epoch", at_ends=True)
    return View(first, last, settings.log, "batch", history.batches_per_epoch, at_ends=True)


def _onward(end: float) -> float:
    """Round ``end`` up, so that the axis rarely changes, which is cheaper to draw."""
    return _RUNG ** math.ceil(math.log(end, _RUNG) - 1e-9)


def loss_series(
    history: LogHistory,
    settings: ChartSettings,
    others: Sequence[tuple[str, LogHistory]],
    published: bool,
) -> list[Series]:
    """Return the lines of the loss chart, the topmost last."""
    x, y = history.epoch_axis(), history.column("loss")
    raw = ACCENT if settings.span == 1 else faded(DIM, 0.6)  # grey in 16 colours too
    lines = [Series("raw", x, y, raw, spread=True)]
    if published:
        # at the middle of each epoch
        epochs = np.arange(len(PUBLISHED_LOSSES), dtype=np.float64) + 0.5
        losses = np.array(PUBLISHED_LOSSES)
        lines.append(Series("reference, published", epochs, losses, BACK, short="publ."))
    for index, (name, other) in enumerate(others):
        colour = OTHERS[index % len(OTHERS)]
        span = max(SPANS[0], settings.span)
        lines.append(Series(name, *_loss_line(other, span), colour))
    if settings.span > 1:
        places, means = _loss_line(history, settings.span)
        name = f"mean of {settings.span}"
        lines.append(Series(name, places, means, ACCENT, short=f"mean {settings.span}"))
    return lines


def _loss_line(history: LogHistory, span: int) -> tuple[Values, Values]:
    return smoothed(history.epoch_axis(), history.column("loss"), span, history.column("step"))


def band_series(history: LogHistory) -> list[Series]:
    """Return a line for each phase: the loss over its timesteps."""
    x = history.epoch_axis()
    lines = []
    for phase, colour in PHASE_COLOURS.items():
        places, means = smoothed(x, history.band(phase), _BAND_SPAN, history.column("step"))
        newest = f" {short_number(float(means[-1]))}" if len(means) else ""
        lines.append(Series(phase.label + newest, places, means, colour, short=phase.label))
    return lines[::-1]  # the legend begins with the last line
