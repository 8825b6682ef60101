"""What the tour samples: a scene, and the job that the worker gets for it."""

from dataclasses import dataclass, replace

from ....core.models.catalog import DEFAULT, LABELLED
from ....core.models.few_steps import FEW_STEPS
from ....core.names import CONSISTENCY, NUM_TIMESTEPS
from ....core.noise import NoiseStream
from ....core.sampling import Given, SamplingSpec
from ....core.sampling.trajectory import Trajectory
from ...worker.jobs import Job, Lane

CHILDREN = 8
SEEDS_SHOWN = 8
_PLAYED_S = 8.0
"""How long a scene plays."""
_STEP_S = 1.5
"""How long one step is seen, at most: a scene of few steps is shorter."""
_COMPARED = ("reference", DEFAULT)


@dataclass(frozen=True, slots=True)
class Scene:
    """Pictures of one kind."""

    kind: str
    """``run``, ``seeds``, ``race``, ``compare``, or of the run before: ``branch``, ``forward``,
    ``u-turn``."""
    sampler: str = "ddpm"
    steps: int | None = None
    seed: int = 30
    t: int = 600
    """Where branches and U-turns begin."""
    noise: float = 1.0
    weights: str = DEFAULT
    label: str | None = None
    guidance: float = 0.0
    """How much more the label counts, at all timesteps."""

    @property
    def begins(self) -> int:
        """The timestep of the first pictures."""
        return self.t if self.kind in ("branch", "u-turn") else NUM_TIMESTEPS

    @property
    def needs(self) -> frozenset[str]:
        """The weights that it samples with."""
        return frozenset(_COMPARED if self.kind == "compare" else (self.weights,))

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return min(_PLAYED_S, self.spec.total * _STEP_S)

    @property
    def spec(self) -> SamplingSpec:
        """The process."""
        spec = SamplingSpec(self.sampler, self.steps, None, self.noise)
        if self.label is not None:
            spec = replace(
                spec, label=self.label, guidance=self.guidance,
                guidance_from=NUM_TIMESTEPS, guidance_until=0,
            )  # fmt: skip
        return spec.resolved()


RUN = Scene("run")
BRANCH = Scene("branch")
STILL = Scene("seeds", steps=100, noise=0.0)
RACE = Scene("race")
COMPARE = Scene("compare")
FORWARD = Scene("forward")
SEVENS = Scene("seeds", "sa-solver", 20, weights=LABELLED, label="7")
GUIDED = replace(SEVENS, guidance=4.0)
ONCE = Scene("seeds", CONSISTENCY, 1, weights=FEW_STEPS)
FOUR_TIMES = replace(ONCE, steps=4)
IN_FOUR = replace(FOUR_TIMES, kind="run", seed=17)

_SAMPLERS = ("ddpm", "ddim", "dpmpp-2m", "sa-solver")


def job_of(scene: Scene, before: Trajectory | None, seed: int) -> Job | None:
    """Return what to sample; None for a scene that needs none.

    ``before`` has the steps of the run before, which has the seed ``seed``.
    """
    stream = (NoiseStream(scene.seed),)
    match scene.kind:
        case "run":
            return Job((Lane("run", scene.weights, stream, scene.spec),))
        case "branch" if before is not None:
            index = before.index_at(scene.t)
            start, noise = before.branch(index, NoiseStream(seed), CHILDREN)
            streams = tuple(noise.streams)
            return Job((Lane("children", scene.weights, streams, scene.spec, start),))
        case "u-turn" if before is not None:
            streams = tuple(NoiseStream(seed) for seed in range(SEEDS_SHOWN))
            given = Given(before.step(before.last).x_t[0], scene.t)
            return Job((Lane("back", scene.weights, streams, scene.spec, given=given),))
        case "seeds":
            streams = tuple(NoiseStream(seed) for seed in range(SEEDS_SHOWN))
            return Job((Lane("seeds", scene.weights, streams, scene.spec),))
        case "race":
            specs = [SamplingSpec(name).resolved() for name in _SAMPLERS]
            lanes = tuple(Lane(s.sampler, scene.weights, stream, s) for s in specs)
            return Job(lanes, aligned=True)
        case "compare":
            lanes = tuple(Lane(name, name, stream, scene.spec) for name in _COMPARED)
            return Job(lanes, aligned=True)
    return None
