"""Which run is on the screen: its seed, sampler, weights and branch, with undo and redo."""

from typing import TYPE_CHECKING

from ...keys import State
from ...session.branches import BranchPath
from ...session.session import Session

if TYPE_CHECKING:
    from ..jobs.opened import Opened
    from .run_screen import RunScreen


class Choices:
    """Chooses what is sampled and shown; nothing that was seen is lost by it."""

    def __init__(self, screen: "RunScreen", session: Session) -> None:
        self._screen, self._session = screen, session

    def seed(self, seed: int) -> None:
        """Go on with another seed: as it was left, or sampled from its noise."""
        if self._session.open(seed):
            self._restored(f"{self._session.title}, as it was left")
        else:
            self._screen.begin()

    def next_seed(self, by: int = 1) -> None:
        """Go on with the seed ``by`` places further; the seed after the last is 0."""
        self.seed(self._session.seed + by)

    def undo(self) -> None:
        """Show what was shown before another seed, sampler, weights or branch was chosen."""
        if self._session.undo():
            self._restored(f"back at {self._session.title}")
        else:
            self._screen.show_notice("nothing to undo: this was the first")

    def redo(self) -> None:
        """Undo the last undo."""
        if self._session.redo():
            self._restored(f"again at {self._session.title}")
        else:
            self._screen.show_notice("nothing to redo: this is the newest")

    def sampler(self, name: str) -> None:
        """Sample the same seed with another sampler."""
        self._session.change(sampler=name)
        self._screen.begin()

    def weights(self, name: str) -> None:
        """Sample the same seed with other weights."""
        self._session.change(weights=name)
        self._screen.loaded.show()
        self._screen.begin()

    def walk(self, by: int) -> None:
        """Go to another branch of the tree, at the same timestep."""
        session = self._session
        paths, path = session.tree.paths, session.tree.neighbour(session.history.branch, by)
        if len(paths) == 1:
            self._screen.show_notice("there are no branches yet: b takes one")
        else:
            place = f"{paths.index(path) + 1} of {len(paths)}"
            session.walk(path)
            self._resume(f"branch {place}: {session.title}")

    def branch(self, path: BranchPath) -> None:
        """Go on with a branch that was chosen on another screen."""
        self._session.open_branch(path)
        self._resume(f"kept: {self._session.title}")

    def sampled(self, opened: "Opened") -> None:
        """Show a digit of another screen with its steps, and go on with it if it isn't done."""
        self._screen.loaded.sources.update(opened.screen.sources)
        self._session.remember()
        self._session.restore(opened.visit())
        self._session.playing = True
        self._restored(f"seed {opened.seed} as it was sampled there; Esc goes back")

    def _restored(self, notice: str) -> None:
        self._screen.loaded.show()
        if self._session.newest() is None:
            self._screen.begin()
            self._screen.show_notice(notice)
        else:
            self._resume(notice)

    def _resume(self, notice: str) -> None:
        screen = self._screen
        screen.took = ""
        if not screen.resume():
            screen.enter(State.DONE, screen.finished_message())
        screen.redraw()
        screen.show_notice(notice)
