"""What the screens say about a session: its process, its seed, and why a step has no branches."""

from dataclasses import replace
from typing import NamedTuple

from ...core.sampling import SamplingSpec
from ...core.step import Step
from .branches import BranchPath
from .step_history import StepHistory


def title_of(seed: int, path: BranchPath) -> str:
    """Return the seed and a path of branches from it, as in ``seed 7, child 2 of t 500``."""
    return ", ".join([f"seed {seed}", *(child_text(branch) for branch in path)])


def name_of(seed: int, path: BranchPath) -> str:
    """Return the name of a branch among others of its tree: its last child, or the seed."""
    return child_text(path[-1]) if path else title_of(seed, path)


def short_titles_of(seed: int, path: BranchPath) -> list[str]:
    """Return shorter and shorter wordings: ``seed 7 … child 1 of t 200``, ``child 1 of t 200``."""
    if not path:
        return []
    last = name_of(seed, path)
    return [f"seed {seed} … {last}"] * (len(path) > 1) + [last]


def child_text(branch: tuple[int, int]) -> str:
    """Return a branch, a timestep and a child's number, as text."""
    return f"child {branch[1]} of t {branch[0]}"


class Process(NamedTuple):
    """The process of a run in words."""

    whole: str
    brief: str
    """The same in fewer words."""
    special: tuple[str, ...]
    """The parts of both about noise and label, longest first; may be empty."""


def process_of(spec: SamplingSpec, history: StepHistory, newest: Step | None) -> Process:
    """Return the process of ``history``, whose next runs have the settings ``spec``.

    Once the digit is finished, the noise dial counts for later runs only.
    """
    made = spec
    if newest is not None and newest.t == 0:
        made = replace(made, noise=history.noise_at(newest.index))
    if made.noise == spec.noise or not made.injects_noise:
        noise, label = made.describe_noise(), "" if made.label is None else f"label {made.label}"
        both = (made.describe_label().removeprefix(", "), made.brief_label())
        special = [", ".join(filter(None, (noise, words))) for words in both]
        kept = dict.fromkeys(filter(None, (*special, noise, label)))  # each of them once
        return Process(made.describe(), made.describe_briefly(), tuple(kept))
    later = f"next noise {spec.noise:g}"
    return Process(f"{made.describe()}, {later}", f"{made.describe_briefly()}, {later}", (later,))


def no_branch(spec: SamplingSpec, step: Step, masked: bool = False, noun: str = "digit") -> str:
    """Return why ``step`` of a ``noun`` can't be branched, as a message; empty if it can.

    ``masked``: a part of a picture is filled in.
    """
    if step.t == 0:
        return f"the {noun} is finished: go back in time (←, 1-4) to branch"
    if masked:
        return "no branch where a mask is filled in: n takes other noise"
    reason, advice = spec.no_noise, "m: another sampler"
    if reason and spec.injects_noise:
        advice = "]: more noise"
    elif not reason and step.index == step.total - 1:
        reason, advice = "the last step injects no noise", "←: back in time"
    return f"no branch: {reason}, all children would be equal ({advice})" if reason else ""
