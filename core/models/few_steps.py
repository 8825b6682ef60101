"""Weights that were distilled to draw whole digits in few steps, and which processes fit them.

Such weights (``distilled_steps`` of their training above 0) are consistency functions: another
sampler than ``consistency`` breaks them, as few steps break all other weights.
"""

from typing import Any

from ..errors import DiffvizError
from ..names import CONSISTENCY, FEWEST_STEPS, NUM_TIMESTEPS, own_name
from ..sampling.spec import SamplingSpec
from .catalog import bundled_names, read_card, resolve, run_of, split_set

FEW_STEPS = "few-steps"
"""Bundled distilled weights."""


def steps_of_config(config: Any) -> int:
    """Return ``distilled_steps`` of a training configuration read from a file; 0: not distilled."""
    steps = config.get("distilled_steps", 0) if isinstance(config, dict) else 0
    return steps if type(steps) is int and 0 <= steps <= NUM_TIMESTEPS else 0


def distilled_steps(weights: str) -> int | None:
    """Return the number of steps that the weights a user names were distilled for; 0: they weren't.

    None: it isn't known, of a model of the user and of weights that can't be read. What loads them
    says why.
    """
    if own_name(weights) is not None:
        return None
    try:
        name, _ = split_set(weights)
        if name in bundled_names():
            return steps_of_config(read_card(name)["recipe"])
        run = run_of(weights)
        if run is not None:  # it may have no weights yet
            from ..runs import read_config

            return read_config(run)[0].distilled_steps
        from .arrays import read_metadata  # not for the first frame

        return steps_of_config(read_metadata(resolve(name)).get("config"))
    except (DiffvizError, OSError, ValueError, KeyError, TypeError):
        return None


def few_step_weights(*, labelled: bool = False) -> str | None:
    """Return the name of bundled distilled weights, with labels if ``labelled``; None: no such."""
    names = sorted(bundled_names(), key=lambda name: name != FEW_STEPS)
    for name in names:
        if distilled_steps(name) and (read_card(name).get("classes") or not labelled):
            return name
    return None


def default_sampler(weights: str, ordinary: str) -> str:
    """Return the sampler where none is named: ``ordinary`` is that of other weights."""
    return CONSISTENCY if distilled_steps(weights) else ordinary


def fitted(spec: SamplingSpec, weights: str, ordinary: str = "ddpm") -> SamplingSpec:
    """Return the process of ``spec``, with the sampler that fits other ``weights`` if it doesn't.

    ``ordinary`` is the sampler of weights that aren't distilled. Where the sampler changes, the
    steps are its own.
    """
    distilled = distilled_steps(weights)
    if bool(distilled) == (spec.sampler == CONSISTENCY):
        return spec
    return spec.with_sampler(CONSISTENCY if distilled else ordinary)


def misfit(spec: SamplingSpec, weights: str) -> str:
    """Return a line about why ``weights`` draw no whole digits this way, and what does; or empty.

    Nothing is said of a model of the user, and of weights that can't be read.
    """
    distilled, total = distilled_steps(weights), spec.total
    if distilled is None:
        return ""
    if distilled:
        steps = _fitting_steps(distilled)
        if spec.sampler != CONSISTENCY:
            return (
                f"distilled weights need --sampler {CONSISTENCY} with {steps}: {spec.sampler} with "
                f"{_steps(total)} needs others, such as --weights default"
            )
        return "" if distilled % total == 0 else f"these weights were distilled for {steps}"
    if total < FEWEST_STEPS:
        need = "needs" if total == 1 else "need"
        return f"{_steps(total)} {need} distilled weights: {_way_out(spec, '--steps 20')}"
    if spec.sampler == CONSISTENCY:
        return f"{CONSISTENCY} needs distilled weights: {_way_out(spec, '--sampler sa-solver')}"
    return ""


def _way_out(spec: SamplingSpec, other: str) -> str:
    name = few_step_weights(labelled=spec.label is not None)
    if name is not None:
        return f"--weights {name}"
    if spec.label is not None and few_step_weights() is not None:
        return f"none with labels exist; leave --digit out, or use {other}"
    return f"none are installed; use {other}, or train some: diffviz train --recipe few-steps"


def _fitting_steps(distilled: int) -> str:
    """Return the numbers of steps whose timesteps were trained: ``1, 2 or 4 steps``."""
    *most, last = [n for n in range(1, distilled + 1) if distilled % n == 0]
    return f"{', '.join(map(str, most))} or {_steps(last)}" if most else _steps(last)


def _steps(number: int) -> str:
    return f"{number} step" + "s" * (number != 1)
