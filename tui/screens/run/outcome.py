"""What the classifier makes of a run: the strip of beliefs over time, and the verdict."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from textual.screen import Screen

from ....core.array_types import Array
from ....core.sampling import Given, SamplingSpec, record_timesteps
from ...session.beliefs import Beliefs, Verdict
from ...session.session import Session
from ...text import DIGITS, class_text, percent
from ...widgets.belief_strip import BeliefStrip
from ...widgets.verdict import NextKey, VerdictPanel

NEXT_KEYS = (
    NextKey("space", "replay", "screen.play"),
    NextKey("2 b", "branch at t = 600", "screen.phase(2)"),
    NextKey("n", "next seed", "screen.next_seed"),
    NextKey("c", "race samplers", "app.race"),
    NextKey("g", "32 digits", "app.grid"),
)
_STRIP_EVERY = 5  # pulls between two changes of the strip: each sends its rows again


class Outcome:
    """Fills the strip and the verdict, a few beliefs at a time."""

    def __init__(self, screen: Screen, session: Session, beliefs: Beliefs) -> None:
        self._screen, self._session, self._beliefs = screen, session, beliefs
        self._pulls = 0
        self._told: Verdict | None = None
        self.names: Sequence[str] = DIGITS
        """The classes that beliefs are about."""

    def belief(self, index: int) -> Array | None:
        """Return the belief ``[K]`` at step ``index``; None without a classifier."""
        self._beliefs.follow(self._session.generation)
        self._beliefs.compute(self._session.history, (index,))
        return self._beliefs.at(index)

    def pull(self, at_once: bool = False) -> bool:
        """Show what is known by now; return whether the verdict has changed."""
        self._pulls += 1
        self._beliefs.follow(self._session.generation)
        self._fill_strip(at_once or self._pulls % _STRIP_EVERY == 0)
        verdict = self._beliefs.verdict(self._session.history)
        changed, self._told = verdict != self._told, verdict
        if changed:
            self._screen.query_one("#verdict", VerdictPanel).show(self.lines)
        return changed

    @property
    def lines(self) -> Sequence[str]:
        """The verdict in lines; empty before the end, or without a classifier."""
        verdict = self._told
        if verdict is None:
            return ()
        sure = f"{percent(verdict.probability).strip()} sure"
        lines = [f"It is {class_text(verdict.digit, self.names)}.", f"The classifier is {sure}."]
        if verdict.decided is not None:
            lines.append(f"It was decided at t = {verdict.decided}.")
        return lines

    @property
    def text(self) -> str:
        """The verdict in a few words; empty before the end, or without a classifier."""
        verdict = self._told
        if verdict is None:
            return ""
        words = f"{class_text(verdict.digit, self.names)} ({percent(verdict.probability).strip()})"
        return words + ("" if verdict.decided is None else f", decided at t = {verdict.decided}")

    def _fill_strip(self, shown: bool) -> None:
        strip = self._screen.query_one("#strip", BeliefStrip)
        timesteps = strip.timesteps()
        if not timesteps:
            return
        history = self._session.history
        columns = _steps_at(self._session.spec, self._session.origin.given, tuple(timesteps))
        reached = [index for index in columns if 0 <= index <= history.last]
        self._beliefs.compute(history, reached)
        if shown:
            strip.show([self._beliefs.at(index) for index in columns], self.names)


@lru_cache(maxsize=8)
def _steps_at(spec: SamplingSpec, given: Given | None, timesteps: tuple[int, ...]) -> list[int]:
    """Return the index of the first step at or below each of ``timesteps``.

    -1 stands for those before the timestep that a given picture begins at.
    """
    first, visited = record_timesteps(spec, given)
    lowest = np.minimum.accumulate(visited)
    found = np.searchsorted(-lowest, -np.array(timesteps))
    return np.where(np.array(timesteps) > visited[0], -1, first + found).tolist()
