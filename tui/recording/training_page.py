"""The page of a training: what the same noises became, and the loss."""

import numpy as np

from ...core.errors import DiffvizError
from ...core.viewer import Page, Track, within_budget
from ..screens.training.log_history import LogHistory, Moment
from ..screens.training.training_screen import TrainScreen
from ..text import shell_word
from ..training_app import TrainingApp

_BATCHES = 50  # whose mean is the loss at a moment


def training_page(app: TrainingApp) -> Page:
    """Return the page of the run that ``app`` shows.

    Raises:
        DiffvizError: if the run has no previews.
    """
    (screen,) = (screen for screen in app.screen_stack if isinstance(screen, TrainScreen))
    source = screen.source
    history = source.history
    found = [
        (moment, pictures)
        for moment in history.moments
        if (pictures := source.pictures(moment)) is not None
    ]
    if not found:
        raise DiffvizError(
            f"{source.path} has no previews to show: train with --preview-every BATCHES"
        )
    number = min(len(pictures) for _, pictures in found)
    (kept, *_) = within_budget([len(found)] * number)
    shown = [found[index] for index in kept]
    moments = [moment for moment, _ in shown]
    times = tuple(moment.step for moment in moments)
    tracks = [
        Track(f"noise {row + 1}", times, np.stack([pictures[row] for _, pictures in shown]))
        for row in range(number)
    ]
    facts = [("dataset", str(source.config["dataset"]))] if "dataset" in source.config else []
    return Page(
        f"Training of {source.name}: what the same noise becomes",
        tracks,
        [*facts, ("batches", f"{history.step:,}")],
        f"diffviz watch {shell_word(source.path)}",
        labels=[_label(moment) for moment in moments],
        losses=[_loss(history, moment) for moment in moments],
    )


def _label(moment: Moment) -> str:
    return f"epoch {moment.epoch}, batch {moment.step:,}"


def _loss(history: LogHistory, moment: Moment) -> float | None:
    """Return the mean loss of the batches before a moment; None where none is known."""
    steps, losses = history.batches["step"], history.batches["loss"]
    end = int(np.searchsorted(steps, moment.step, "right"))
    known = losses[max(0, end - _BATCHES) : end]
    known = known[np.isfinite(known)]
    return round(float(known.mean()), 6) if len(known) else None
