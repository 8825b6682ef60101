"""``--follow``, and the losses of weights that are still being trained."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ....core.models.catalog import run_of
from ...session.session import Session
from ...worker.pipelines import Source, version_of

if TYPE_CHECKING:
    from ..training.loss_summary import LossSummary
    from ..training.run_source import RunSource

POLL_S = 0.5
SHOW_S = 3.0
"""How long a finished digit stays when there are newer weights."""


class Follow:
    """Watches the run folder of the weights in use, if they are a run's.

    While it is being trained, the loss panel shows its losses. With ``--follow`` the same seed is
    sampled anew when there are newer weights.
    """

    def __init__(
        self,
        session: Session,
        sources: Mapping[str, Source],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Follow the weights of ``session``; ``sources`` are the ones loaded so far, by name."""
        self._session, self._sources = session, sources
        self._clock = clock
        self._weights = ""
        self._run: Path | None = None
        self._source: RunSource | None = None
        self.waiting = False
        """Whether the followed run has no weights yet."""
        self._finished_at = 0.0
        self._took = ""

    def must_wait(self) -> bool:
        """Return whether the training that is followed has no weights to sample from yet."""
        self._open()
        missing = self._session.follows and not self.has_weights
        # If no process trains, loading fails with a message about what is missing.
        self.waiting = missing and (self.training or self.waiting)
        return self.waiting

    @property
    def has_weights(self) -> bool:
        """Whether the run has weights to sample from."""
        return version_of(self._weights) is not None

    @property
    def training(self) -> bool:
        """Whether the weights in use are being trained now."""
        return self._source is not None and self._source.alive

    @property
    def waiting_message(self) -> str:
        """The message while there are no weights."""
        if self.training:
            return "no weights yet: sampling begins with the first checkpoint"
        return "no weights yet, and no process is training"

    @property
    def read_losses_of(self) -> str:
        """The weights whose losses are read from their run's log; empty for none."""
        return self._weights if self._source is not None else ""

    @property
    def age(self) -> str:
        """The number of batches of the followed weights, as text to show after the seed."""
        source = self._sources.get(self._weights)
        if source is None or source.step is None or not self._session.follows:
            return ""
        return f", batch {source.step:,}"

    def digit_finished(self, took: str) -> None:
        """Note when a digit was finished, which ``took`` some time."""
        self._finished_at, self._took = self._clock(), took

    @property
    def finished_message(self) -> str:
        """The message about the finished digit and what follows it."""
        follows = "newer weights follow" if self.training else "the training ended"
        return f"done: seed {self._session.seed}{self.age} in {self._took}; {follows}"

    def newer_weights(self) -> bool:
        """Return whether there are newer weights than the ones in use."""
        used, now = self._sources.get(self._weights), version_of(self._weights)
        return used is not None and now is not None and now != used.version

    def has_shown_digit(self) -> bool:
        """Return whether the finished digit was on the screen long enough."""
        return self._clock() - self._finished_at >= SHOW_S

    def poll(self) -> "LossSummary | None":
        """Return the losses of the training, if there are new ones."""
        self._open()
        if self._source is None or not self._source.read():
            return None
        from ..training.loss_summary import summarise

        return summarise(self._source)

    def close(self) -> None:
        """Close the log."""
        if self._source is not None:
            self._source.close()
            self._source = None

    def _open(self) -> None:
        """Find the run folder of the weights in use, and open its log while it is being trained."""
        weights = self._session.weights
        if weights != self._weights:
            self.close()
            self._weights = weights
            self._run = run_of(weights)
        if self._run is not None and self._source is None:
            # not for the first frame of other weights
            from ..training.loss_summary import open_in_training

            self._source = open_in_training(self._run)
