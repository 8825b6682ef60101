"""``diffviz eval --diffusion-classifier``: weights with labels classify real digits."""

import argparse
import json
from pathlib import Path

from ...core.errors import DiffvizError, printable
from ..stderr import print_fallback
from .parser import UsageError

POINTS = 16
"""Timesteps at which noise is added to a digit."""
_NO_SENSE = ("seed", "steps", "sampler", "eta", "noise", "digit", "guidance", "guidance_from",
             "guidance_until", "save", "samples", "pairs", "train_classifier")  # fmt: skip


def execute(args: argparse.Namespace) -> int:
    """Classify ``-n`` test digits, with progress on stderr, and print the accuracy."""
    from ...core.export import check_output
    from ...core.files.results import write_result
    from ...core.measure.evaluate import pick
    from ...core.models.catalog import default_weights
    from ...core.models.weights import load_weights
    from ..plain.load_data import load_mnist
    from ..plain.outputs import all_outputs

    given = [name for name in _NO_SENSE if getattr(args, name) != args.default_of(name)]
    if given:
        flags = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise UsageError(f"--diffusion-classifier samples nothing: leave {flags} out")
    if args.json not in (None, "-"):
        check_output(Path(args.json), (".json",))
    weights = load_weights(args.weights or default_weights(labelled=True))
    if not weights.classes:
        raise DiffvizError(
            "these weights were trained without labels, and without labels they can't classify: "
            "choose weights trained with --labels"
        )
    test = load_mnist(args.data_dir, train=False)
    names = tuple(test.classes().names)
    if weights.classes != names:
        raise DiffvizError(
            f"these weights have the labels {', '.join(weights.classes)}; MNIST's digits are "
            f"{', '.join(names)}"
        )
    chosen = pick("diffusion-classifier", len(test), min(args.n, len(test)))
    result = _classify(args, weights, test.images[chosen], test.classes().labels[chosen])
    text = json.dumps(result.to_json(), indent=1) + "\n"
    if args.json == "-":
        print(text, end="")
        return 0
    with all_outputs() as put:
        if args.json is not None:
            put(lambda: write_result(Path(args.json), lambda file: file.write(text.encode())))
    from ..plain.console import plain_console
    from ..plain.diffusion_table import print_classified

    title = f"{result.n:,} test digits, weights {weights.name}:{weights.set}"
    print_classified(result, printable(title), plain_console())
    return 0


def _classify(args: argparse.Namespace, weights, images, labels):
    from ...core.machine.device import default_threads
    from ...core.measure.diffusion_classifier import classify_by_diffusion, timesteps_of
    from ...core.pipeline import Pipeline
    from .eval import last_of

    threads = args.threads or default_threads()
    how = {"precision": args.precision, "backend": args.backend}
    pipeline = Pipeline(weights, args.device, threads, **how)
    print_fallback(pipeline)
    batch = 32 if pipeline.device == "cpu" else 500
    timesteps = timesteps_of(POINTS)
    return last_of(classify_by_diffusion(pipeline, images, labels, timesteps, batch=batch))
