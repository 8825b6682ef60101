"""The tree of branches of one seed: what was drawn of it, to be gone back to.

The seed's own way is its root, each child of a branch a leaf or a twig; a path of (timestep,
child) pairs names one. All share the steps that they have in common.
"""

from dataclasses import dataclass

from ...core.noise import NoiseStream
from ...core.sampling.trajectory import Trajectory
from .step_history import History

Path = tuple[tuple[int, int], ...]

_STEP_BYTES = 2 * 28 * 28 * 4  # x_t and x0_hat of one sample
_BYTES = 200_000_000
"""What branches may keep; beyond that the oldest is forgotten."""


@dataclass(frozen=True, eq=False, slots=True)
class Children:
    """What a branch has drawn: the children's steps are the rows of one trajectory."""

    index: int
    """The step at which they left their parent."""
    trajectory: Trajectory
    streams: tuple[NoiseStream, ...]

    @property
    def size(self) -> int:
        """Bytes of their steps."""
        return len(self.trajectory) * len(self.streams) * _STEP_BYTES

    @property
    def paths(self) -> list[Path]:
        """The children's paths, in their order."""
        return [_path(stream) for stream in self.streams]


class Tree:
    """The histories of one seed by their paths."""

    def __init__(self, root: History, limit: int = _BYTES) -> None:
        """Begin with one history; ``limit``: bytes that all children may take."""
        self._histories: dict[Path, History] = {root.branch: root}
        self._grown: list[Children] = []
        self._limit = limit

    def __getitem__(self, path: Path) -> History:
        return self._histories[path]

    @property
    def paths(self) -> list[Path]:
        """All paths: children below their parent, those that left it earlier in time first."""
        return sorted(self._histories, key=lambda path: [(-t, child) for t, child in path])

    def note(self, history: History) -> None:
        """Keep what has become of a history."""
        self._histories[history.branch] = history

    def grow(self, parent: History, children: Children) -> None:
        """Add the children of a step of ``parent``; those drawn further before stay."""
        rows = enumerate(children.streams)
        new = [parent.kept(children.index, children.trajectory, s, row) for row, s in rows]
        longer = {h.branch: h for h in new if h.last >= self._last(h.branch)}
        if longer:
            self._histories |= longer
            self._grown = [grown for grown in self._grown if not set(grown.paths) <= set(longer)]
            self._grown.append(children)
            self._prune(parent.branch)

    def neighbour(self, path: Path, by: int) -> Path:
        """Return the path ``by`` places after ``path``, round and round."""
        paths = self.paths
        return paths[(paths.index(path) + by) % len(paths)]

    def _last(self, path: Path) -> int:
        return self._histories[path].last if path in self._histories else -1

    def _prune(self, kept: Path) -> None:
        """Forget the oldest children until the others fit; not the newest, nor ``kept``'s own."""
        for grown in self._grown[:-1]:
            if sum(other.size for other in self._grown) <= self._limit:
                return
            gone = [p for p in self._histories if any(_below(p, root) for root in grown.paths)]
            if kept not in gone:
                self._grown.remove(grown)
                for path in gone:
                    del self._histories[path]


def _path(stream: NoiseStream) -> Path:
    flat = stream.branch
    return tuple(zip(flat[::2], flat[1::2], strict=True))


def _below(path: Path, root: Path) -> bool:
    return path[: len(root)] == root
