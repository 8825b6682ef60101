"""Hints at keys that were never used: one at a time, each once.

They stand in the footer in place of the keys, so they cover no message, phase or verdict.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from ...keys import State
from ...widgets.bars import Footer
from ...widgets.key_names import key_names

if TYPE_CHECKING:
    from .run_screen import RunScreen


class Hint(NamedTuple):
    """A key and what is said about it."""

    action: str
    """The action that makes the hint needless once it was used."""
    words: str
    labelled: bool = False
    """Whether it makes sense for weights with labels only."""


HINTS = (
    Hint("move", "← goes back in time, also while the digit emerges; End returns"),
    Hint("branch", "2, then b: finish the same image several times, from t = 600 on"),
    Hint("zoom", "z, or a click on a picture, enlarges it"),
    Hint("sampler", "m chooses another sampler: 20 steps in place of 1000"),
    Hint("digit", "d asks for a digit", labelled=True),
    Hint("draw", "D draws a digit of your own"),
    Hint("command_palette", "Ctrl+P finds every command by name"),
)
"""In the order in which they are given."""
QUIET_S, SHOWN_S = 6.0, 7.0
_AT_MOST = 2  # from one start to the end


class Hints:
    """Gives a hint after some time without a key; the next key removes it.

    Times are counted in frames, as those of notices are.
    """

    def __init__(self, screen: "RunScreen", frames_per_s: int) -> None:
        self._screen = screen
        self._quiet_frames = round(QUIET_S * frames_per_s)
        self._shown_frames = round(SHOWN_S * frames_per_s)
        self.known: tuple[str, ...] = ()
        """Actions that were used or hinted at, the oldest first."""
        self._on = False
        self._frames = self._given = 0
        self._shown, self._frames_left = "", 0

    def begin(self, known: Collection[str]) -> None:
        """Give hints from now on, but none at the actions that are ``known``."""
        self._on, self.known = True, tuple(known)

    def used(self, action: str) -> None:
        """Note that an action was used: there is no hint at it, and none for some time."""
        self._frames = 0
        self._remove()
        if self._on and any(hint.action == action for hint in HINTS):
            self._note(action)

    def count_frame(self) -> None:
        """Count a frame in which nothing else happened; give a hint if there were enough."""
        screen = self._screen
        if self._frames_left:
            self._frames_left -= 1
            if not self._frames_left:
                self._remove()
            return
        if not self._on or self._given == _AT_MOST or screen.status.notice or self._footer.notice:
            return
        if screen.state is State.LOADING:
            return  # no key has an effect yet, and the message says what will be seen
        self._frames += 1
        if self._frames < self._quiet_frames or not screen.is_active:
            return
        hint = self._next()
        if hint is None:
            self._given = _AT_MOST
            return
        self._note(hint.action)
        self._given += 1
        self._frames, self._frames_left = 0, self._shown_frames
        self._shown = self._text(hint)
        self._footer.show_notice(self._shown, None)

    @property
    def _footer(self) -> Footer:
        return self._screen.query_one("#footer", Footer)

    def _remove(self) -> None:
        """Show the keys again, unless another message has replaced the hint."""
        shown, self._shown, self._frames_left = self._shown, "", 0
        if shown and self._footer.notice == shown:
            self._footer.clear_notice()

    def _next(self) -> Hint | None:
        """Return the first hint that is new, has an effect here, and fits on the line."""
        labelled = "digit" not in self._screen.labels.hidden_keys
        width = self._footer.size.width
        hints = (h for h in HINTS if h.action not in self.known and len(self._text(h)) <= width)
        return next((hint for hint in hints if labelled or not hint.labelled), None)

    def _note(self, action: str) -> None:
        if action not in self.known:
            self.known = (*self.known, action)

    def _text(self, hint: Hint) -> str:
        return f"hint: {key_names(hint.words, self._screen)}"
