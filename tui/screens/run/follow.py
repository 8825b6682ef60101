"""``--follow``, and the loss panel of weights that are still being trained."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ....core.models.catalog import run_of
from ...keys import State
from ...worker.pipelines import version_of

if TYPE_CHECKING:
    from ..training.run_source import RunSource
    from .run_screen import RunScreen

POLL_S = 0.5
SHOW_S = 3.0
"""As long as a finished digit stays, even if there are newer weights."""


class Follow:
    """Looks at the run folder behind the weights in use, if they are those of a run.

    While somebody trains there, the loss panel shows how it goes. With ``--follow`` the same seed
    is sampled anew when there are newer weights.
    """

    def __init__(self, screen: "RunScreen", clock: Callable[[], float] = time.monotonic) -> None:
        self._screen = screen
        self._clock = clock
        self._weights = ""
        self._run: Path | None = None
        self._source: RunSource | None = None
        self.waiting = False
        """Whether there is nothing to sample from yet."""
        self._done_at = 0.0
        self._took = ""

    def must_wait(self) -> bool:
        """Return whether the training that is followed has no weights to sample from yet."""
        self._look()
        without = self._screen.session.follows and version_of(self._weights) is None
        # Where nobody trains, loading fails and says what is missing.
        self.waiting = without and (self._alive or self.waiting)
        return self.waiting

    @property
    def waits(self) -> str:
        """What to say while there are no weights."""
        if self._alive:
            return "no weights yet: sampling begins with the first checkpoint"
        return "no weights yet, and nobody trains there now"

    @property
    def shows(self) -> str:
        """The weights whose losses are shown as they come, if any are."""
        return self._weights if self._source is not None else ""

    def finished(self, took: str) -> str:
        """Note that a digit is finished after ``took``; return what to say."""
        self._done_at, self._took = self._clock(), took
        then = "newer weights follow" if self._alive else "the training ended"
        return f"done: seed {self._screen.session.seed}{self.age} in {took}; {then}"

    @property
    def age(self) -> str:
        """How far the followed weights in use are trained, to be said after the seed."""
        source = self._screen.sources.get(self._weights)
        if source is None or source.step is None or not self._screen.session.follows:
            return ""
        return f", batch {source.step:,}"

    def poll(self) -> None:
        """Show new losses, and begin again with newer weights when it is time."""
        self._look()
        screen, before = self._screen, self._alive
        if self._source is not None and self._source.read():
            from ..training.loss_summary import brief

            losses = brief(self._source)
            if losses is not None:
                screen.view.show_brief(losses)
        if not screen.session.follows:
            return
        if self.waiting:
            if version_of(self._weights) is not None:
                screen.begin()
            else:
                screen.enter(State.LOADING, self.waits)
        elif screen.state is State.DONE and screen.session.live:
            if self._newer and screen.app.screen is screen:
                if self._clock() - self._done_at >= SHOW_S:
                    screen.begin()
            elif self._alive is not before:
                screen.enter(State.DONE, self.finished(self._took))

    def close(self) -> None:
        """Let go of the log."""
        if self._source is not None:
            self._source.close()
            self._source = None

    @property
    def _alive(self) -> bool:
        return self._source is not None and self._source.alive

    @property
    def _newer(self) -> bool:
        used, now = self._screen.sources.get(self._weights), version_of(self._weights)
        return used is not None and now is not None and now != used.version

    def _look(self) -> None:
        """Find the run folder behind the weights in use, and read its log while it grows."""
        session = self._screen.session
        if session.recipe.weights != self._weights:
            self.close()
            self._weights = session.recipe.weights
            self._run = run_of(self._weights)
        if self._run is not None and self._source is None:
            from ..training.loss_summary import (
                in_progress,  # not for the first frame of other weights
            )

            self._source = in_progress(self._run)
