"""The weights and the process that the flags choose, and whether they fit each other."""

import argparse
from typing import TYPE_CHECKING

from ...core.names import ANY_LABEL, CONSISTENCY, FEWEST_STEPS, OWN, own_name
from ..stderr import print_notice
from ..text import counted
from .parser import UsageError, usage_errors

if TYPE_CHECKING:
    from ...core.sampling import SamplingSpec


def weights_of(args: argparse.Namespace) -> str:
    """Return the weights or the model of these flags.

    Where none are named, a class is drawn by weights with labels, and fewer than five steps are
    done by distilled ones.

    Raises:
        UsageError: if there are both.
    """
    model = getattr(args, "model", None)
    if model is not None:
        if args.weights is not None:
            raise UsageError("--model takes the place of --weights: give one of them")
        return OWN + model
    from ...core.models.catalog import default_weights

    named = getattr(args, "follow", None) or args.weights
    labelled = args.digit != ANY_LABEL
    return named or _few_step_weights(args) or default_weights(labelled=labelled)


def _few_step_weights(args: argparse.Namespace) -> str | None:
    """Return the distilled weights that the flags ask for without naming any; None: no such."""
    few = args.steps is not None and args.steps < FEWEST_STEPS and args.sampler is None
    if not few and args.sampler != CONSISTENCY:
        return None
    from ...core.models.few_steps import few_step_weights

    return few_step_weights(labelled=args.digit != ANY_LABEL)


def spec_of(args: argparse.Namespace) -> "SamplingSpec":
    """Return the sampling settings of these flags; the default sampler is that of the weights.

    Raises:
        UsageError: if the sampler doesn't take them or injects no noise to scale, or the guidance
            can't be, or there are both weights and a model.
    """
    from ...core.models.few_steps import default_sampler
    from ...core.sampling.spec import SamplingSpec

    spec = SamplingSpec(
        args.sampler or default_sampler(weights_of(args), args.default_sampler),
        args.steps, args.eta, args.noise,
        None if args.digit == ANY_LABEL else args.digit,
        args.guidance, args.guidance_from, args.guidance_until,
    )  # fmt: skip
    with usage_errors():
        spec.check()
        if not spec.injects_noise and spec.noise != 1:
            raise UsageError(f"--noise has no effect: {spec.no_noise}; leave it out")
    return spec


def check_label(spec: "SamplingSpec", weights: str) -> None:
    """Check that the weights have the label, before anything else is done.

    Raises:
        UsageError: if they don't.
        DiffvizError: if the weights can't be read.
    """
    if spec.label is None or own_name(weights) is not None:
        return  # code of a user is loaded where it samples, and nowhere else
    from ...core.models.weights import load_weights
    from ...core.sampling.labels import find_label

    classes = load_weights(weights).classes
    with usage_errors():
        find_label(spec.label, classes)


def tell_choice(args: argparse.Namespace) -> None:
    """Print which distilled weights the flags have chosen; nothing if they have chosen none."""
    from ...core.machine.distributed import process_rank

    named = args.weights is not None or getattr(args, "model", None) is not None
    weights = None if named else _few_step_weights(args)
    if weights is not None and weights == weights_of(args) and process_rank() == 0:
        spec = spec_of(args)
        print_notice(f"weights {weights}, for {spec.sampler} in {counted(spec.total, 'step')}")
