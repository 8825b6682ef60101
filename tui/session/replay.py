"""The command line that repeats what was sampled, and the branches in it."""

from ...core.errors import DiffvizError
from ...core.names import (
    ANY_LABEL,
    DEFAULT_GUIDANCE_FROM,
    DEFAULT_GUIDANCE_UNTIL,
    own_name,
    shown_name,
)
from ...core.sampling import Given, SamplingSpec, record_timesteps
from ..text import shell_word
from .branches import BranchPath
from .session import Session


def branch_text(path: BranchPath) -> str:
    """Return a path as ``--branch`` takes it: ``500.2,300.1``."""
    return ",".join(f"{timestep}.{child}" for timestep, child in path)


def check_branch(path: BranchPath, spec: SamplingSpec, given: Given | None = None) -> None:
    """Refuse a path that the process of ``spec`` doesn't pass, or where it injects no noise.

    Raises:
        DiffvizError: if a timestep isn't visited, or a child would equal its parent.
    """
    if path and spec.no_noise:
        raise DiffvizError(f"--branch has no effect: {spec.no_noise}; leave it out")
    if path and given is not None and given.hidden is not None:
        raise DiffvizError("--branch can't be with --mask, which comes to each t several times")
    *visited, _ = record_timesteps(spec, given)[1]
    steps = spec.total
    for timestep, _ in path:
        if timestep == visited[-1]:
            raise DiffvizError(
                f"--branch has no effect at t={timestep}: the last step injects no noise"
            )
        if timestep not in visited:
            near = min(visited, key=lambda t: abs(t - timestep))
            raise DiffvizError(
                f"--branch: {steps} steps don't pass t={timestep}; the nearest is t={near}"
            )


def knows_timesteps(weights: str) -> bool:
    """Return whether it is known before loading at which timesteps a process goes by.

    A scheduler of diffusers may choose others.
    """
    own = own_name(weights)
    return own is None or own.rpartition(":")[0].endswith(".py")


def command_line(session: Session) -> str:
    """Return the command that repeats what is on the run screen."""
    spec = session.spec
    parts = ["diffviz", "run", *weights_words(session), "--seed", str(session.seed)]
    parts += [*session.origin.words, *spec_words(spec)]
    repeatable = not spec.no_noise and knows_timesteps(session.weights)
    if session.history.branch and repeatable:  # without noise a branch is its parent
        parts += ["--branch", branch_text(session.history.branch)]
    line = " ".join(shell_word(part) for part in parts)
    if session.relabelled:
        what = "noise and label were" if session.dialled else "label or guidance was"
        return f"{line}  # the {what} changed on the way"
    return line + "  # the noise was changed on the way" * session.dialled


def weights_words(session: Session) -> list[str]:
    """Return the flag that names the weights, and their name."""
    own = own_name(session.weights)
    # a run that is followed may have no weights yet
    flag = "--follow" if session.follows else "--weights" if own is None else "--model"
    return [flag, shown_name(session.weights)]


def spec_words(spec: SamplingSpec) -> list[str]:
    """Return the flags of a process: sampler, steps, and what differs from the defaults."""
    words = ["--sampler", spec.sampler, "--steps", str(spec.total)]
    if spec.eta is not None:
        words += ["--eta", f"{spec.eta:g}"]
    if spec.describe_noise():
        words += ["--noise", f"{spec.noise:g}"]
    if spec.label is not None:
        words += label_flags(spec.resolved())
    return words


def label_flags(spec: SamplingSpec) -> list[str]:
    """Return the flags of a label and its guidance."""
    flags = ["--digit", spec.label or ANY_LABEL, "--guidance", f"{spec.guidance or 0.0:g}"]
    if spec.guidance_from != DEFAULT_GUIDANCE_FROM:
        flags += ["--guidance-from", str(spec.guidance_from)]
    if spec.guidance_until != DEFAULT_GUIDANCE_UNTIL:
        flags += ["--guidance-until", str(spec.guidance_until)]
    return flags
