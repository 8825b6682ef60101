"""The tree of branches of one seed: the histories that the user can go back to.

The history without branches is the root; a path of (timestep, child) pairs identifies each other
one. Histories share the steps that they have in common.
"""

from dataclasses import dataclass

from ...core.noise import NoiseStream
from ...core.sampling.trajectory import Trajectory
from .step_history import BranchPath, StepHistory, branch_path

_BYTES = 200_000_000
"""Most memory for the steps of branches; beyond that the oldest are deleted."""


@dataclass(frozen=True, eq=False, slots=True)
class Children:
    """The children of one branch: their steps are the rows of one trajectory."""

    index: int
    """The step at which they left their parent."""
    trajectory: Trajectory
    streams: tuple[NoiseStream, ...]
    noise: float = 1.0
    """Scale of the noise that their steps are made with."""

    @property
    def size(self) -> int:
        """Bytes of their steps."""
        return self.trajectory.bytes

    @property
    def paths(self) -> list[BranchPath]:
        """The children's paths, in their order."""
        return [branch_path(stream) for stream in self.streams]


class Tree:
    """The histories of one seed by their paths."""

    def __init__(self, root: StepHistory, limit: int = _BYTES) -> None:
        """Begin with one history; ``limit``: bytes that all children may take."""
        self._histories: dict[BranchPath, StepHistory] = {root.branch: root}
        self._children: list[Children] = []
        self._limit = limit

    def copy(self) -> "Tree":
        """Return a tree with the same histories; either can change without the other."""
        tree = Tree(next(iter(self._histories.values())), self._limit)
        tree._histories = dict(self._histories)
        tree._children = list(self._children)
        return tree

    def __getitem__(self, path: BranchPath) -> StepHistory:
        return self._histories[path]

    @property
    def size(self) -> int:
        """Bytes of all steps."""
        root = self._histories.get(())
        steps = 0 if root is None else root.last + 1 - root.first
        own = steps * 2 * root.step(root.first).x_t.nbytes if root is not None and steps > 0 else 0
        return own + sum(children.size for children in self._children)

    @property
    def paths(self) -> list[BranchPath]:
        """All paths: children below their parent, those that left it earlier in time first."""
        return sorted(self._histories, key=lambda path: [(-t, child) for t, child in path])

    def update(self, history: StepHistory) -> None:
        """Replace the history with the path of ``history``."""
        self._histories[history.branch] = history

    def grow(self, parent: StepHistory, children: Children) -> None:
        """Add the children of a step of ``parent``; histories that reach further stay."""
        at, steps, noise = children.index, children.trajectory, children.noise
        rows = enumerate(children.streams)
        new = [parent.with_child(at, steps, stream, row, noise) for row, stream in rows]
        longer = {h.branch: h for h in new if h.last >= self._last(h.branch)}
        if longer:
            self._histories |= longer
            self._children = [c for c in self._children if not set(c.paths) <= set(longer)]
            self._children.append(children)
            self._prune(parent.branch)

    def neighbour(self, path: BranchPath, by: int) -> BranchPath:
        """Return the path ``by`` places after ``path``, round and round."""
        paths = self.paths
        return paths[(paths.index(path) + by) % len(paths)]

    def _last(self, path: BranchPath) -> int:
        return self._histories[path].last if path in self._histories else -1

    def _prune(self, current: BranchPath) -> None:
        """Delete the oldest children until the others fit; not the newest, nor ``current``'s."""
        for oldest in self._children[:-1]:
            if sum(children.size for children in self._children) <= self._limit:
                return
            below = [p for p in self._histories if any(_below(p, root) for root in oldest.paths)]
            if current not in below:
                self._children.remove(oldest)
                for path in below:
                    del self._histories[path]


def _below(path: BranchPath, root: BranchPath) -> bool:
    return path[: len(root)] == root
