"""``diffviz eval``: measure the quality of a set of digits."""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...core.errors import DiffvizError, printable
from ...core.names import ALL_LABELS, MAX_SAMPLES, MIN_SAMPLES
from ..stderr import print_fallback, print_misfit, print_notice
from ..text import counted, seeds_text
from .chosen import check_label, spec_of, tell_choice, weights_of
from .flags import add_data_dir, add_sampling, check_seeds, whole_number
from .parser import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ...core.machine.distributed import Group
    from ...core.measure.report import Cost, EvalReport
    from ...core.sampling.denoiser import Labels
    from ..plain.outputs import Put

    Digits = tuple[NDArray[np.uint8], dict[str, Any], Cost, Labels | None]


_OF_SAMPLING = (
    "weights", "seed", "steps", "sampler", "eta", "noise", "digit", "guidance", "guidance_from",
    "guidance_until", "save", "n",
)  # fmt: skip


def add_parser(commands) -> None:
    """Add ``eval`` to the command line."""
    parser = commands.add_parser(
        "eval",
        help="measure digits against MNIST",
        examples=(
            "diffviz eval -n 1000",
            "diffviz eval --samples digits.npz --json result.json",
        ),
        description="Sample digits with seeds S to S+n-1 (or take them from a file) and compare "
        "them with MNIST: Frechet distance, confidence, classes, coverage, memorisation. Finished "
        "batches are saved: after Ctrl+C the same command continues.",
    )
    parser.add_argument(
        "-n",
        type=whole_number(MIN_SAMPLES, MAX_SAMPLES),
        default=1000,
        metavar="N",
        help="how many digits (default: 1000)",
    )
    parser.add_argument(
        "--samples",
        type=Path,
        metavar="FILE",
        help="judge these instead: .npz (images) or .npy, uint8 [n, 28, 28], white on black",
    )
    add_data_dir(parser)
    parser.add_argument(
        "--json", metavar="FILE", help="write the result as JSON; - prints it instead of the table"
    )
    parser.add_argument("--save", type=Path, metavar="FILE", help="also write the digits, .npz")
    parser.add_argument(
        "--pairs",
        type=Path,
        metavar="FILE",
        help="also draw the digits nearest to a training digit beside it, .png",
    )
    parser.add_argument(
        "--train-classifier",
        action="store_true",
        help="also train a classifier on the digits (--digit all) and test it on real ones: the "
        "classification accuracy score; needs PyTorch",
    )
    parser.add_argument(
        "--classifier",
        type=Path,
        metavar="FILE",
        help="judge with this classifier instead of the bundled one (python -m "
        "benchmarks.train_classifier --seed 1 --out FILE trains one)",
    )
    parser.add_argument(
        "--diffusion-classifier",
        action="store_true",
        help="instead of sampling, let weights with labels classify N test digits: the label that "
        "explains a digit best",
    )
    add_sampling(parser, default_sampler="sa-solver")
    parser.set_defaults(execute=execute, default_of=parser.get_default)


def execute(args: argparse.Namespace) -> int:
    """Measure, with progress on stderr, and print the result."""
    from ...core.export import check_output
    from ...core.files.results import write_result
    from ...core.machine.distributed import process_rank
    from ...core.machine.torch_install import require_torch
    from ..plain.outputs import all_outputs

    if args.diffusion_classifier:
        from .eval_diffusion import execute as classify

        return classify(args)
    if args.train_classifier:
        require_torch("--train-classifier")
        if args.samples is None and args.digit not in ALL_LABELS:
            raise UsageError("--train-classifier learns the digits asked for: add --digit all")
    if args.samples is not None:
        given = [name for name in _OF_SAMPLING if getattr(args, name) != args.default_of(name)]
        given = [f"--{name.replace('_', '-')}" if len(name) > 1 else f"-{name}" for name in given]
        if given:
            raise UsageError(f"--samples takes digits as they are: leave {', '.join(given)} out")
    else:
        check_seeds(args)
        check_label(spec_of(args), weights_of(args))
        tell_choice(args)
    if args.json not in (None, "-"):
        check_output(Path(args.json), (".json",))
    if args.save is not None:
        check_output(args.save, (".npz",))
    if args.pairs is not None:
        check_output(args.pairs, (".png",))

    with all_outputs() as put:
        if process_rank() > 0:  # only the first of several processes measures
            if args.samples is None:
                _sample(args, put)
            return 0
        report, title = _measure(args, put)
        text = json.dumps(report.to_json(), indent=2) + "\n"
        if args.json == "-":
            print(text, end="")
            return 0
        if args.json is not None:
            put(lambda: write_result(Path(args.json), lambda file: file.write(text.encode())))
        from ..plain.console import plain_console
        from ..plain.eval_table import print_report

        print_report(report, printable(title), plain_console())
    return 0


def _measure(args: argparse.Namespace, put: "Put") -> "tuple[EvalReport, str]":
    # Check the file before slow imports.
    images: NDArray[np.uint8] | None = None
    labels: Labels | None = None
    source: dict[str, Any] = {}
    if args.samples is not None:
        from ...core.samples.files import read_labels, read_samples

        images, meta = read_samples(args.samples)
        labels = read_labels(args.samples, meta, len(images))
        if labels is None and args.train_classifier:
            raise DiffvizError(
                f"{args.samples} doesn't say which digits were asked for, so that no classifier "
                "can learn them: sample with --digit all, or leave --train-classifier out"
            )
        source = {"file": str(args.samples), "meta": meta}

    from ...core.classifier import Classifier
    from ...core.files.cache import NO_CACHE, cache_folder
    from ...core.machine.distributed import process_threads
    from ...core.measure.evaluate import evaluate, measure_real
    from ..plain.load_data import load_mnist

    threads = args.threads or process_threads()
    classifier = Classifier.load(args.classifier, threads=threads)
    train, test = (load_mnist(args.data_dir, train=part) for part in (True, False))
    cost: Cost | None = None
    if images is None:
        images, source, cost, labels = _sample(args, put)
        title = (
            f"{counted(len(images), 'digit')}, {seeds_text(args.seed, args.n)}, weights "
            f"{source['weights']}:{source['set']}, {spec_of(args).describe()}"
        )
    else:
        title = f"{len(images):,} digits from {args.samples}"
    try:
        real = last_of(measure_real(train, test, classifier, threads))
        report = last_of(evaluate(images, real, classifier, source, cost, threads, labels))
        if args.train_classifier and labels is not None:
            from ...core.measure.accuracy_score import accuracy_score

            score = last_of(accuracy_score(images, labels, train, test))
            report = replace(report, accuracy_score=score)
        if args.pairs is not None:
            put(lambda: _draw_pairs(args.pairs, report, images, train.images))
        return report, title
    except KeyboardInterrupt:
        if cost is not None and cache_folder() != NO_CACHE:
            print(
                f"all {len(images):,} digits are saved: the same command continues", file=sys.stderr
            )
        raise


def _draw_pairs(
    path: Path, report: "EvalReport", images: "NDArray[np.uint8]", train: "NDArray[np.uint8]"
) -> None:
    from ...core.export import save_rows

    pairs = report.memorisation.nearest
    columns = [(f"{p.distance:.2f}", (images[p.sample], train[p.train])) for p in pairs]
    save_rows(path, ("sample", "nearest"), columns)


def last_of(records: Iterator[Any]) -> Any:
    """Show the progress of ``records`` and return the last one, the result."""
    from ..plain.progress import work_progress

    record = None
    with work_progress() as bar:
        for record in records:
            if hasattr(record, "stage"):
                bar(record.stage, record.done, record.total)
    return record


def _sample(args: argparse.Namespace, put: "Put") -> "Digits":
    """Return the digits, their source, their cost and the digits asked for.

    Process 0 gets those of all processes.
    """
    from ...core.machine.distributed import joined

    with joined(args.device, tell=print_notice) as (group, device):
        return _sample_share(args, group, device, put)


def _sample_share(args: argparse.Namespace, group: "Group", device: str, put: "Put") -> "Digits":
    from ...core.export import save_images
    from ...core.machine.distributed import process_threads
    from ...core.measure.report import Cost
    from ...core.pipeline import Pipeline
    from ...core.samples.files import DIGITS
    from ...core.samples.sets import sample_digits, source_of
    from ...core.sampling.labels import labels_of
    from ...core.sampling.samplers import evaluations
    from ..plain.progress import work_progress

    pipeline = Pipeline.load(
        weights_of(args),
        device,
        args.threads or process_threads(),
        precision=args.precision,
        backend=args.backend,
    )
    if group.main:
        print_fallback(pipeline)
        print_misfit(spec_of(args), weights_of(args))
    source = source_of(pipeline, spec_of(args))
    seeds = range(args.seed, args.seed + args.n)
    # fixed, so that the same command gives the same bytes; larger to use a GPU fully
    batch = 32 if pipeline.device == "cpu" else 500
    state = None
    try:
        with work_progress() as bar:
            for state in sample_digits(pipeline, source, seeds, batch=batch, group=group):
                bar("sampling", state.done, state.total)
    except KeyboardInterrupt:
        from ...core.samples.sets import count_cached

        if saved := count_cached(source, seeds):
            print(
                f"saved {saved:,} of {args.n:,} digits in {printable(str(source.folder()))}: "
                "the same command continues",
                file=sys.stderr,
            )
        raise
    assert state is not None
    facts = source.to_json() | {"seed": args.seed, "n": args.n, "device": pipeline.computed_by}
    label, classes = source.spec.label, pipeline.weights.classes
    if label is not None:
        facts["classes"] = classes
    labels = None if label is None else labels_of(seeds, label, classes)
    if args.save is not None and group.main:
        images = state.images
        put(lambda: save_images(args.save, images, seeds, facts, labels))
    each = evaluations(source.spec)
    cost = Cost(round(state.seconds, 3), each, each * args.n)
    judged = labels if classes == tuple(DIGITS) else None
    return state.images, facts, cost, judged
