"""One sample from its noise to its newest step, across the branches that were taken."""

from typing import NamedTuple

from ...core.noise import BatchNoise, NoiseStream
from ...core.phases import Phase
from ...core.sampling import Start
from ...core.sampling.trajectory import Trajectory
from ...core.step import Step

BranchPath = tuple[tuple[int, int], ...]
"""Branches taken: (timestep, child) pairs, timesteps falling."""


class Segment(NamedTuple):
    """The steps from index ``first`` on, made with one noise stream."""

    first: int
    trajectory: Trajectory
    stream: NoiseStream
    row: int = 0
    """The sample's place in the batch of the trajectory."""


class StepHistory:
    """Steps by index, 0 to ``last``; it grows while its newest trajectory does."""

    def __init__(
        self, segments: tuple[Segment, ...], noises: tuple[tuple[int, float], ...] = ((0, 1.0),)
    ) -> None:
        """Make a history of ``segments``; ``noises`` are scales of the noise by the step each
        counts from, rising, the first one from step 0."""
        self._segments = segments
        self._noises = noises

    @property
    def last(self) -> int:
        """Index of the newest step; -1 while there is none."""
        limit: int | None = None
        for segment in reversed(self._segments):
            newest = segment.trajectory.last
            if newest >= segment.first:
                return newest if limit is None else min(newest, limit)
            # The newest step of a branch that has none yet is its parent's.
            limit = segment.first if limit is None else min(limit, segment.first)
        return -1

    @property
    def first(self) -> int:
        """Index of the first step: above 0 where a run is entered at a later timestep."""
        return self._first.first

    @property
    def stream(self) -> NoiseStream:
        """The noise that the newest step is left with."""
        return self.stream_at(self.last)

    def stream_at(self, index: int) -> NoiseStream:
        """Return the noise that step ``index`` is left with."""
        return next((s for s in reversed(self._segments) if s.first <= index), self._first).stream

    @property
    def _first(self) -> Segment:
        return self._segments[0]

    @property
    def stride(self) -> int:
        """How many steps apart those are that are kept; 1: all of them."""
        return max(segment.trajectory.stride for segment in self._segments)

    @property
    def branch(self) -> BranchPath:
        """The branches taken."""
        return branch_path(self._segments[-1].stream)

    def step(self, index: int) -> Step:
        """Return a step, its arrays ``[1, 28, 28]``.

        Raises:
            IndexError: if there is none at ``index`` (yet).
        """
        segment = self._segment_with(index)
        if segment is None:
            raise IndexError(f"no step {index}")
        step = segment.trajectory.step(index)
        return step.rows(slice(segment.row, segment.row + 1))

    def _segment_with(self, index: int) -> Segment | None:
        for segment in reversed(self._segments):
            if segment.first < index and segment.trajectory.last < index:
                break  # the branch doesn't reach that far, and its parent's steps don't count
            if segment.first <= index <= segment.trajectory.last:
                return segment
        return None

    def kept(self, first: int) -> list[int]:
        """Return the indices from ``first`` on of the steps that are kept (see ``stride``)."""
        found: list[int] = []
        kept = {id(s): set(s.trajectory.indices) for s in self._segments}
        for index in range(first, self.last + 1):
            segment = self._segment_with(index)
            if segment is not None and index in kept[id(segment)]:
                found.append(index)
        return found

    def has(self, index: int) -> bool:
        """Return whether there is a step at ``index`` (already)."""
        return self._segment_with(index) is not None

    def index_at(self, timestep: int) -> int:
        """Return the index of a first step at or below ``timestep``, else the newest.

        Where parts of the process come several times, it may be any of them.
        """
        low, high = self.first, max(self.last, self.first)
        while low < high:
            middle = (low + high) // 2
            if self.step(middle).t <= timestep:
                high = middle
            else:
                low = middle + 1
        return low

    def index_of_phase(self, phase: Phase) -> int | None:
        """Return where ``phase`` begins, or None as long as it wasn't reached."""
        if self.last < 0:
            return None
        index = self.index_at(phase.high)
        return index if self.step(index).phase is phase else None

    def noise_at(self, index: int) -> float:
        """Return the scale of the noise that step ``index`` was made with."""
        return next(scale for first, scale in reversed(self._noises) if first < max(1, index))

    def set_noise(self, scale: float) -> None:
        """Note that the steps after the newest one are made with this scale of the noise."""
        self._noises = self._with_noise(max(0, self.last), scale)

    def _with_noise(self, index: int, scale: float) -> tuple[tuple[int, float], ...]:
        return (*(noise for noise in self._noises if noise[0] < index), (index, scale))

    def branched(self, index: int, children: int) -> tuple[Start, BatchNoise]:
        """Return how ``children`` copies go on from step ``index`` with fresh noise."""
        segment = self._segments[self._owner(index)]
        return segment.trajectory.branch(index, segment.stream, children, segment.row)

    def with_child(
        self, index: int, trajectory: Trajectory, stream: NoiseStream, row: int, noise: float = 1.0
    ) -> "StepHistory":
        """Return the history of a child: this one's steps up to ``index``, then the child's.

        ``noise`` is the scale of the noise that the child's steps are made with.
        """
        parents = self._segments[: self._owner(index) + 1]
        segments = (*parents, Segment(index, trajectory, stream, row))
        return StepHistory(segments, self._with_noise(index, noise))

    def continued(self, segment: Segment) -> "StepHistory":
        """Return this history with the steps of ``segment`` from its first one on."""
        return StepHistory((*self._segments, segment), self._noises)

    def evaluations(self, index: int) -> int:
        """Return the network evaluations that the steps up to ``index`` took."""
        count, limit = 0, index
        for segment in reversed(self._segments):
            if segment.first <= limit and segment.first <= segment.trajectory.last:
                count += segment.trajectory.evaluations(segment.first, limit)
                limit = segment.first - 1
        return count

    def resumed(self, trajectory: Trajectory, index: int | None = None) -> "StepHistory":
        """Return this history with ``trajectory`` going on from step ``index`` (None: newest)."""
        at = self.last if index is None else index
        taken = [segment for segment in self._segments if segment.first <= at]
        ahead = [s._replace(trajectory=trajectory, row=0) for s in self._segments if s.first > at]
        segments = (*taken, Segment(at, trajectory, self.stream_at(at)), *ahead)
        return StepHistory(segments, self._noises)

    def _owner(self, index: int) -> int:
        """Return the place of the segment that a branch at ``index`` is a child of.

        A branch at the very step where one was taken before is a sibling, not a grandchild.
        """
        for place in range(len(self._segments) - 1, 0, -1):
            segment, before = self._segments[place], self._segments[place - 1]
            same = segment.stream.branch == before.stream.branch
            begun = segment.first < index or (same and segment.first == index)
            if begun and index <= segment.trajectory.last:
                return place
        return 0


def branch_path(stream: NoiseStream) -> BranchPath:
    """Return the branches that lead to a noise stream."""
    flat = stream.branch
    return tuple(zip(flat[::2], flat[1::2], strict=True))
