"""What can be raced from the same noise: samplers, weights, few steps, and guidances."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import Enum
from typing import NamedTuple

from ....core.errors import printable
from ....core.models.catalog import default_weights
from ....core.models.few_steps import distilled_steps, few_step_weights, fitted
from ....core.names import CONSISTENCY, SAMPLER_INFO
from ....core.noise import NoiseStream
from ....core.sampling import SamplingSpec
from ...run_options import RunOptions
from ...worker.jobs import Lane
from .lane_chooser import DEFAULT_LANES, Entry, title_of

GUIDANCES = (0.0, 0.5, 1.0, 2.0, 4.0)
_COMPARED = ("reference", "default")
_MANY, _FEW = ("ddpm", "sa-solver"), (4, 1)


def lanes_of(entries: Sequence[Entry], options: RunOptions, seed: int) -> list[Lane]:
    """Return a lane for each sampler with its number of steps, all with the noise of ``seed``."""
    lanes = []
    for sampler, steps in entries:
        spec = options.spec.with_sampler(sampler)
        if steps != SAMPLER_INFO[sampler].default_steps:
            spec = replace(spec, steps=steps)
        if options.given is not None:
            spec = options.given.with_steps(spec)
        spec = spec.resolved()
        lanes.append(_lane(_label(title_of(sampler), spec), options.weights, spec, options, seed))
    return lanes


def _samplers(options: RunOptions, seed: int) -> list[Lane]:
    return lanes_of(DEFAULT_LANES, options, seed)


def _weights(options: RunOptions, seed: int) -> list[Lane]:
    name = options.weights.partition(":")[0]
    compared = _COMPARED if name in _COMPARED else (options.weights, _COMPARED[0])
    plain = options.spec.unlabelled()  # the others may have no such label
    specs = [options.spec if n == options.weights else fitted(plain, n) for n in compared]
    return [
        _lane(printable(n), n, spec, options, seed) for n, spec in zip(compared, specs, strict=True)
    ]


def _few_steps(options: RunOptions, seed: int) -> list[Lane]:
    """Return many steps of ordinary weights, and few of distilled ones: all with their names."""
    labelled = options.spec.label is not None
    many, few = options.weights, few_step_weights(labelled=labelled)
    if distilled_steps(options.weights):
        many, few = default_weights(labelled=labelled), options.weights
    ordinary = distilled = options.spec
    if few is None:  # without labels, for there are none with labels
        few, distilled = few_step_weights() or many, options.spec.unlabelled()
    specs = {title_of(sampler): ordinary.with_sampler(sampler) for sampler in _MANY}
    if options.given is not None:
        specs = {name: options.given.with_steps(spec) for name, spec in specs.items()}
    lanes = [
        _lane(f"{name} {spec.total}, {printable(many)}", many, spec, options, seed)
        for name, spec in specs.items()
    ]
    for steps in _FEW:
        spec = replace(distilled.with_sampler(CONSISTENCY), steps=steps)
        lanes.append(_lane(f"{printable(few)} {steps}, {CONSISTENCY}", few, spec, options, seed))
    return [replace(lane, spec=lane.spec.resolved()) for lane in lanes]


def _guidances(options: RunOptions, seed: int) -> list[Lane]:
    return [
        _lane(f"w = {w:g}", options.weights, replace(options.spec, guidance=w), options, seed)
        for w in GUIDANCES
    ]


class _Kind(NamedTuple):
    title: str
    """What differs between the lanes, in the header."""
    name: str
    """In the footer, where the key goes on to it."""
    lanes: Callable[[RunOptions, int], Sequence[Lane]]
    key: str
    """That opens it on the run screen."""
    aligned: bool
    """Whether the lanes go at the same pace: then they begin aligned by timestep."""


class Race(Enum):
    """What differs between the lanes of a race."""

    SAMPLERS = _Kind("samplers from the same noise", "samplers", _samplers, "c", False)
    WEIGHTS = _Kind("weights compared", "weights", _weights, "C", True)
    FEW_STEPS = _Kind("many steps and few, same noise", "few steps", _few_steps, "F", False)
    GUIDANCES = _Kind("guidances from the same noise", "guidances", _guidances, "G", True)

    @property
    def title(self) -> str:
        """What differs between the lanes."""
        return self.value.title

    @property
    def name_of_lanes(self) -> str:
        """The same in a word."""
        return self.value.name

    @property
    def key(self) -> str:
        """The key that opens it on the run screen."""
        return self.value.key

    @property
    def aligned(self) -> bool:
        """Whether the lanes begin aligned by timestep."""
        return self.value.aligned

    @property
    def of_processes(self) -> bool:
        """Whether the lanes have processes of their own, which their names tell."""
        return self in (Race.SAMPLERS, Race.FEW_STEPS)

    def lanes(self, options: RunOptions, seed: int) -> list[Lane]:
        """Return the lanes, all of which begin with the noise of ``seed``."""
        return list(self.value.lanes(options, seed))

    def following(self, options: RunOptions) -> "Race":
        """Return the race after this one, for which there are the weights and the label."""
        missing = set() if few_step_weights() else {Race.FEW_STEPS}
        missing |= set() if options.spec.label else {Race.GUIDANCES}
        kinds = [kind for kind in Race if kind not in missing or kind is self]
        return kinds[(kinds.index(self) + 1) % len(kinds)]


def _lane(label: str, weights: str, spec: SamplingSpec, options: RunOptions, seed: int) -> Lane:
    return Lane(label, weights, (NoiseStream(seed),), spec, given=options.given)


def _label(name: str, spec: SamplingSpec) -> str:
    """Return the name of a lane: sampler, steps and, after a comma, eta if it has one."""
    eta = "" if spec.eta is None else f", eta {spec.eta:g}"
    return f"{name} {spec.total}{eta}"
