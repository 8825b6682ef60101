"""What was looked at before and after: undo and redo on the run screen."""

from collections.abc import Iterable
from typing import NamedTuple

from ...core.sampling import SamplingSpec
from .branches import BranchPath, Tree
from .step_history import StepHistory

_BYTES = 150_000_000
"""Most memory for the steps of earlier visits: about twenty runs of a thousand steps."""
_NUMBER = 100


class Visit(NamedTuple):
    """One seed as it was left: its settings, its branches, and how far it was sampled."""

    seed: int
    weights: str
    spec: SamplingSpec
    path: BranchPath
    """The branch that was looked at, or that is to be sampled."""
    dialled: bool
    history: StepHistory | None
    """None where the steps needed too much memory: the same are sampled again."""
    tree: Tree | None
    relabelled: bool = False

    def same_run(self, seed: int, weights: str, spec: SamplingSpec) -> bool:
        """Return whether this is a run of ``seed`` with these settings."""
        return (self.seed, self.weights, self.spec) == (seed, weights, spec)


class Visits:
    """The visits before the current one, and those that were undone."""

    def __init__(self, limit: int = _BYTES) -> None:
        """Begin without visits; ``limit``: bytes that the steps of earlier ones may take."""
        self._before: list[Visit] = []
        self._after: list[Visit] = []
        self._limit = limit

    def leave(self, current: Visit) -> None:
        """Note ``current``, which something new follows."""
        self._before.append(current)
        self._after.clear()
        del self._before[:-_NUMBER]
        self._free()

    def undo(self, current: Visit) -> Visit | None:
        """Return the visit before ``current``; None if there is none."""
        if not self._before:
            return None
        self._after.append(current)
        return self._before.pop()

    def redo(self, current: Visit) -> Visit | None:
        """Return the visit after ``current``; None if there is none."""
        if not self._after:
            return None
        self._before.append(current)
        return self._after.pop()

    def find(self, seed: int, weights: str, spec: SamplingSpec) -> Visit | None:
        """Return the newest visit of ``seed`` with these settings that still has its steps."""
        for visit in (*reversed(self._before), *self._after):
            if visit.history is not None and visit.same_run(seed, weights, spec):
                return visit
        return None

    @property
    def size(self) -> int:
        """Bytes of the steps of earlier visits."""
        return sum(_trees(self._before).values())

    def _free(self) -> None:
        """Give up the steps of the oldest visits until the others fit."""
        for place, visit in enumerate(self._before[:-1]):
            if self.size <= self._limit:
                return
            self._before[place] = visit._replace(history=None, tree=None)


def _trees(visits: Iterable[Visit]) -> dict[int, int]:
    """Return the size of each tree, which several visits may share."""
    return {id(visit.tree): visit.tree.size for visit in visits if visit.tree is not None}
