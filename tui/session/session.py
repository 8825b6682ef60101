"""What the run screen samples and shows: one sample's history, and a cursor in it.

Sampling goes on at the newest step wherever the cursor is; earlier steps are stored and never
computed again.
"""

from collections.abc import Callable
from dataclasses import replace

from textual.message import Message

from ...core.models.catalog import bundled_names, split_set
from ...core.models.few_steps import fitted
from ...core.names import NUM_TIMESTEPS, SEEDS, own_name
from ...core.noise import NoiseStream
from ...core.sampling import SamplingSpec
from ...core.step import Step
from ..keys import Pace
from ..run_options import RunOptions
from ..worker.bridge import Bridge
from ..worker.jobs import Job, Lane
from .branches import BranchPath, Tree
from .cursor import Cursor
from .origin import Origin
from .pacing import Pacing, replay_speed
from .step_history import Segment
from .visits import Visit, Visits
from .wording import short_titles_of, title_of


class Session:
    """Starts, pauses and paces one run after the other; holds the cursor in the newest one."""

    def __init__(
        self, options: RunOptions, bridge: Bridge, post: Callable[[Message], object]
    ) -> None:
        self.seed = options.seed
        self.weights = options.weights
        self.spec = options.spec
        self.run = 0
        """Number of the bridge's run that samples this; the bridge may be busy with another."""
        self.origin = Origin(options)
        """What each run begins with."""
        self.history = self.origin.history(self.spec, NoiseStream(self.seed))
        self.tree = Tree(self.history)
        """All that was sampled of this seed."""
        self.playing = True
        """Whether the sampling goes on."""
        pace = Pace(options.speed if options.length is None else None, options.length)
        self.pacing = Pacing(bridge, pace, options.uneven)
        self.generation = 0
        """Changes whenever an index may mean another picture."""
        self.cursor = Cursor(lambda: self.history)
        self.dialled = False
        """Whether the noise dial was turned on the way, so that the run can't be repeated."""
        self.relabelled = False
        """Whether label or guidance were changed on the way, with the same consequence."""
        self._options = options
        self._bridge = bridge
        self._post = post
        self._path = options.branch
        self._visits = Visits()

    # What was looked at before.

    def open(self, seed: int) -> bool:
        """Go on with another seed; return whether it was seen before and is as it was left.

        Otherwise it is sampled from the next run on, without branches.
        """
        seed %= SEEDS
        kept = None if self.follows else self._visits.find(seed, self.weights, self.spec)
        self.remember()
        if kept is not None:
            self.restore(kept)
            return True
        self.seed = seed
        self._path = ()
        return False

    def remember(self) -> None:
        """Note what is looked at, for :meth:`undo`: something else follows."""
        self._visits.leave(self._visit())

    def undo(self) -> bool:
        """Go back to what was looked at before; return False if there is nothing."""
        return self.restore(self._visits.undo(self._visit()))

    def redo(self) -> bool:
        """Go on to what was looked at before an undo; return False if there is nothing."""
        return self.restore(self._visits.redo(self._visit()))

    def _visit(self) -> Visit:
        seen = self.history.last >= 0
        path = self.history.branch or self._path
        history, tree = (self.history, self.tree) if seen else (None, None)
        return Visit(
            self.seed, self.weights, self.spec, path, self.dialled, history, tree, self.relabelled
        )

    def restore(self, visit: Visit | None) -> bool:
        """Look at ``visit``; :meth:`resume` goes on with its sampling."""
        if visit is None:
            return False
        self._bridge.forget()
        self.seed, self.weights, self.spec = visit.seed, visit.weights, visit.spec
        self._path, self.dialled = visit.path, visit.dialled
        self.relabelled = visit.relabelled
        if visit.history is not None and visit.tree is not None:
            self.history, self.tree = visit.history, visit.tree
        else:
            self.history = self.origin.history(self.spec, NoiseStream(self.seed))
            self.tree = Tree(self.history)
        self.run = 0
        self.generation += 1
        self.cursor.go_live()
        return True

    # Sampling.

    def begin(self, playing: bool = True) -> None:
        """Sample the current seed from its noise, with the branches of the command line."""
        self.playing = playing
        lane = self._lane((NoiseStream(self.seed),), path=self._path)
        lane = replace(lane, newest=self.follows)
        self.run = self._bridge.start(Job((lane,)), self._post)
        stream, trajectory = NoiseStream(self.seed), self._bridge.trajectory()
        self.history = self.origin.history(self.spec, stream, trajectory)
        for timestep, child in self._path:
            first, timesteps = self.origin.timesteps(self.spec)
            stream, index = stream.child(timestep, child), first + timesteps.index(timestep)
            self.history = self.history.continued(Segment(index, trajectory, stream))
        self.tree = Tree(self.history)
        self.dialled = self.relabelled = False
        self.generation += 1
        self._send_pace()
        self.cursor.go_live()

    def resume(self) -> bool:
        """Go on from the newest step after the bridge did something else; False if it is done."""
        newest = self.newest()
        if newest is None:
            self.begin(self.playing)
        elif newest.index == newest.total:
            self.run = 0
            return False
        else:
            self._sample_from(newest)
        self._send_pace()
        self._bridge.driver.set_playing(self.playing)
        return True

    def sample_on(self, step: Step) -> None:
        """Sample the rest again from ``step`` of this history on, with the settings of now."""
        self.tree = self.tree.copy()  # the one that was left stays as it was
        self._sample_from(step)
        self._send_pace()
        self._bridge.driver.set_playing(self.playing)
        self.generation += 1
        self.cursor.go_live()

    def _sample_from(self, step: Step) -> None:
        ahead = tuple(branch for branch in self._path if branch[0] < step.t)
        stream = self.history.stream_at(step.index)
        lane = self._lane((stream,), start=(step.index, step.x_t), path=ahead)
        lane = replace(lane, asked=not self.history.step(0).has_drawn_labels)
        self.run = self._bridge.start(Job((lane,)), self._post)
        self.history = self.history.resumed(self._bridge.trajectory(), step.index)
        self.history.set_noise(self.spec.noise)
        self.tree.update(self.history)

    def play(self, playing: bool) -> None:
        """Let the sampling go on or pause."""
        self.playing = playing
        self._bridge.driver.set_playing(playing)

    def set_pace(self, pace: Pace, uneven: bool | None = None) -> None:
        """Set the pace of sampling and of replays, and whether it is uneven (None: as it was)."""
        self.pacing.pace = pace
        self.pacing.uneven = self.pacing.uneven if uneven is None else uneven
        self._send_pace()

    def keep_pace(self) -> None:
        """Let the sampling go as fast as it should at its newest step."""
        if self.run == self._bridge.run:
            self.pacing.keep(self.newest(), self.steps)

    def _send_pace(self) -> None:
        self.pacing.send(self.newest(), self.steps)

    def children(self, index: int, number: int) -> Lane:
        """Return the lane of ``number`` children of step ``index``."""
        start, noise = self.history.branched(index, number)
        return self._lane(noise.streams, start=start)

    def walk(self, path: BranchPath) -> None:
        """Go on with another history of the tree; the cursor stays at its timestep."""
        step = None if self.live else self.step()
        self._bridge.forget()
        self.history = self.tree[path]
        self._path = self.history.branch
        self.run = 0
        self.generation += 1
        if step is None:
            self.cursor.go_live()
        else:
            self.cursor.seek_timestep(step.t)

    def open_branch(self, path: BranchPath) -> None:
        """Go on with another history of the tree, playing, at its newest step."""
        self.remember()
        self.playing = True
        self.cursor.go_live()
        self.walk(path)

    def process_with(self, sampler: str) -> SamplingSpec:
        """Return the process of a sampler: the flags were meant for the one that they name."""
        given = self._options.spec
        spec = given if sampler == given.sampler else given.with_sampler(sampler)
        return spec if self.origin.given is None else self.origin.given.with_steps(spec)

    @property
    def weights_to_choose(self) -> list[str]:
        """The names of bundled weights, and what the command named; empty for an own model."""
        if own_name(self.weights) is not None:
            return []
        names, given = bundled_names(), self._options.weights
        return names if split_set(given)[0] in names else [given, *names]

    def change(self, *, sampler: str | None = None, weights: str | None = None) -> None:
        """Sample another way from the next run on, without branches."""
        self.remember()
        self.weights = weights or self.weights
        fitting = self.spec if weights is None else fitted(self.spec, weights)
        spec = self.process_with(sampler or fitting.sampler)
        if weights is None:
            spec = spec.labelled_as(self.spec)
        elif self.weights != self._options.weights:
            spec = spec.unlabelled()  # they may have no such label
        self.spec = replace(spec, noise=self.spec.noise)
        self._path = ()

    def set_noise(self, scale: float) -> None:
        """Turn the noise dial: it counts from the next step on, and for later runs."""
        self.spec = replace(self.spec, noise=scale)
        newest = self.newest()
        if newest is None or newest.t > 0:
            self.dialled = self.dialled or newest is not None
            self.history.set_noise(scale)
        if self.run == self._bridge.run:
            self._bridge.driver.set_noise(scale)

    def set_labels(self, spec: SamplingSpec) -> None:
        """Take label and guidance of ``spec`` from the next step on, and for later runs."""
        self.spec = self.spec.labelled_as(spec)
        self.relabelled = self.relabelled or self.newest() is not None
        if self.run == self._bridge.run:
            self._bridge.driver.set_labels(self.spec.label_settings)

    @property
    def noise(self) -> float | None:
        """Scale of the noise of the step at the cursor; None where none is injected."""
        if not self.spec.injects_noise:
            return None
        newest = self.newest()
        if newest is None or (self.live and newest.t > 0):
            return self.spec.noise  # counts from the next step on
        return self.history.noise_at(self.index)

    def _lane(self, streams, start=None, path=()) -> Lane:
        given = self.origin.given
        return Lane(self.spec.sampler, self.weights, streams, self.spec, start, path, given)

    @property
    def steps(self) -> int:
        """Network evaluations of a run without guidance."""
        return self.origin.steps(self.spec)

    @property
    def options(self) -> RunOptions:
        """The options of what is sampled now."""
        return replace(
            self._options,
            weights=self.weights,
            spec=self.spec,
            speed=self.pacing.pace.per_second(NUM_TIMESTEPS),
            length=self.pacing.pace.length,
            uneven=self.pacing.uneven,
        )

    @property
    def follows(self) -> bool:
        """Whether each run from its noise takes the newest weights of a training."""
        return self._options.follow and self.weights == self._options.weights

    # The cursor.

    @property
    def title(self) -> str:
        """The seed and the path from it, as in ``seed 7, child 2 of t 500``."""
        return self.titles[0]

    @property
    def titles(self) -> list[str]:
        """The title in shorter and shorter wordings."""
        path = self.history.branch
        return [title_of(self.seed, path), *short_titles_of(self.seed, path)]

    @property
    def live(self) -> bool:
        """Whether the cursor follows the newest step."""
        return self.cursor.live

    @property
    def index(self) -> int:
        """Index of the step at the cursor; -1 while there is none."""
        return self.cursor.index

    def step(self) -> Step | None:
        """Return the step at the cursor."""
        return self.cursor.step()

    def newest(self) -> Step | None:
        """Return the newest step."""
        return self.cursor.newest()

    def advance(self, seconds: float) -> None:
        """Move the cursor by what is replayed in ``seconds``."""
        rate = self.pacing.rate(self.step(), self.steps)
        self.cursor.advance(replay_speed(rate, self.steps) * seconds)
