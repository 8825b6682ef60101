"""What the run screen samples and looks at: one sample's history, and a cursor in it.

Sampling goes on at the newest step while the cursor is anywhere; what was seen is looked up and
never computed again.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from textual.message import Message

from ...core.noise import NoiseStream
from ...core.phases import Phase
from ...core.sampling import SAMPLERS, find_sampler
from ...core.sampling.trajectory import Trajectory
from ...core.schedule import Schedule
from ...core.step import Step
from ..options import RunOptions
from ..worker.bridge import Bridge
from ..worker.jobs import Job, Lane
from .branches import Path, Tree
from .step_history import History, Segment

_REPLAY_MAX = 600.0  # steps per second: "as fast as possible" would leave nothing to see


class Recipe(NamedTuple):
    """How a run is sampled, apart from its seed."""

    weights: str
    sampler: str
    steps: int | None
    """Network evaluations; None for the sampler's default."""
    eta: float | None
    noise: float

    @property
    def total(self) -> int:
        """Network evaluations of the whole chain."""
        return find_sampler(self.sampler).default_steps if self.steps is None else self.steps

    @property
    def process(self) -> str:
        """The process in a few words: ``ddpm 1000 steps, noise 0.8``."""
        noise = "" if self.noise == 1.0 else f", noise {self.noise:.1f}"
        return f"{self.sampler} {self.total} steps{noise}"


class Session:
    """One run after the other on the bridge's thread, and the place in it that is looked at."""

    def __init__(
        self, options: RunOptions, bridge: Bridge, post: Callable[[Message], object]
    ) -> None:
        self.seed = options.seed
        self.recipe = Recipe(
            options.weights, options.sampler, options.steps, options.eta, options.noise
        )
        self.run = 0
        """Number of the bridge's run that samples this; the bridge may be busy with another."""
        self.history = History((Segment(0, Trajectory(), NoiseStream(self.seed)),))
        self.tree = Tree(self.history)
        """What was drawn of this seed."""
        self.generation = 0
        """Changes whenever an index may mean another picture."""
        self.replaying = False
        """Whether the cursor moves by itself towards the newest step."""
        self.dialled = False
        """Whether the noise dial was turned on the way, so that the run can't be repeated."""
        self._options = options
        self._bridge = bridge
        self._post = post
        self._path = options.branch
        self._position: float | None = None

    # Sampling.

    def begin(self) -> None:
        """Sample the current seed from its noise, with the branches of the command line."""
        r = self.recipe
        lane = self._lane((NoiseStream(self.seed),), path=self._path)
        lane = replace(lane, newest=self.follows)
        self.run = self._bridge.start(Job((lane,)), self._post)
        trajectory = self._bridge.trajectory()
        stream = NoiseStream(self.seed)
        segments = [Segment(0, trajectory, stream)]
        timesteps = Schedule().timesteps(r.total)
        for timestep, child in self._path:
            stream = stream.child(timestep, child)
            segments.append(Segment(timesteps.index(timestep), trajectory, stream))
        self.history = History(tuple(segments))
        self.tree = Tree(self.history)
        self.dialled = False
        self.generation += 1
        self.go_live()

    def resume(self) -> bool:
        """Go on from the newest step after the bridge did something else; False if it is done."""
        if self.history.last < 0:
            self.begin()
            return True
        newest = self.history.step(self.history.last)
        if newest.index == newest.total:
            self.run = 0
            return False
        ahead = tuple(branch for branch in self._path if branch[0] < newest.t)
        start = (newest.index, newest.x_t)
        lane = self._lane((self.history.stream,), start=start, path=ahead)
        self.run = self._bridge.start(Job((lane,)), self._post)
        self.history = self.history.resumed(self._bridge.trajectory())
        self.tree.note(self.history)
        return True

    def children(self, index: int, number: int) -> Lane:
        """Return the lane of ``number`` children of step ``index``."""
        start, noise = self.history.branched(index, number)
        return self._lane(noise.streams, start=start)

    def walk(self, path: Path) -> None:
        """Go on with another history of the tree; what is looked at stays at its timestep."""
        step = None if self.live else self.step()
        self.history = self.tree[path]
        self._path = self.history.branch
        self.run = 0
        self.generation += 1
        if step is None:
            self.go_live()
        else:
            self.look_at_t(step.t)

    def forget_path(self) -> None:
        """Take no branches from the next run on."""
        self._path = ()

    def change(self, *, sampler: str | None = None, weights: str | None = None) -> None:
        """Sample another way from the next run on, without branches."""
        o = self._options
        sampler, weights = sampler or self.recipe.sampler, weights or self.recipe.weights
        own = sampler == o.sampler  # the flags were meant for this one
        steps, eta = (o.steps, o.eta) if own else (None, None)
        self.recipe = self.recipe._replace(sampler=sampler, weights=weights, steps=steps, eta=eta)
        self._path = ()

    def next_sampler(self) -> str:
        """Return the sampler that follows the current one."""
        names = list(SAMPLERS)
        return names[(names.index(self.recipe.sampler) + 1) % len(names)]

    def set_noise(self, scale: float) -> None:
        """Turn the noise dial: it counts from the next step on, and for later runs."""
        self.recipe = self.recipe._replace(noise=scale)
        newest = self.history.last
        under_way = newest >= 0 and self.history.step(newest).t > 0
        self.dialled = self.dialled or under_way
        if self.run == self._bridge.run:
            self._bridge.set_noise(scale)

    def _lane(self, streams, start=None, path=()) -> Lane:
        r = self.recipe
        return Lane(r.sampler, r.weights, streams, r.sampler, r.steps, r.eta, r.noise, start, path)

    @property
    def follows(self) -> bool:
        """Whether each run from its noise takes the newest weights of a training."""
        return self._options.follow and self.recipe.weights == self._options.weights

    # Looking.

    @property
    def title(self) -> str:
        """The seed and the path from it, as in ``seed 7 → 500.2``."""
        return self.title_of(self.history.branch)

    def title_of(self, path: Path) -> str:
        """Return the same of another path of the tree."""
        return f"seed {self.seed}" + "".join(f" → {t}.{child}" for t, child in path)

    @property
    def live(self) -> bool:
        """Whether the newest step is looked at."""
        return self._position is None

    @property
    def index(self) -> int:
        """Index of the step that is looked at; -1 while there is none."""
        newest = self.history.last
        return newest if self._position is None else min(int(self._position), newest)

    def step(self) -> Step | None:
        """Return the step that is looked at."""
        index = self.index
        return None if index < 0 else self.history.step(index)

    def newest(self) -> Step | None:
        """Return the newest step."""
        last = self.history.last
        return None if last < 0 else self.history.step(last)

    def go_live(self) -> None:
        """Look at the newest step from now on."""
        self._position = None
        self.replaying = False

    def look(self, index: int) -> None:
        """Look at step ``index``; at the newest or beyond, follow it."""
        self.replaying = False
        newest = self.history.last
        self._position = None if index >= newest else float(max(0, index))

    def look_at_t(self, timestep: int) -> None:
        """Look at timestep ``timestep``, or follow the newest where that wasn't reached."""
        newest = self.newest()
        if newest is None or timestep < newest.t:
            self.go_live()
        else:
            self.look(self.history.index_at(timestep))

    def look_at_phase(self, phase: Phase) -> None:
        """Look at the beginning of a phase, or follow the newest where that wasn't reached."""
        index = self.history.index_of_phase(phase)
        if index is None:
            self.go_live()
        else:
            self.look(index)

    def advance(self, speed: float | None, seconds: float) -> None:
        """Move the cursor by what is played in ``seconds`` at ``speed`` steps per second."""
        if not self.replaying or self._position is None:
            return
        self._position += min(speed or _REPLAY_MAX, _REPLAY_MAX) * seconds
        if self._position >= self.history.last:
            self.go_live()
