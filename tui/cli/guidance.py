"""``diffviz guidance``: measure what guidance does to digits, by its weight and its interval."""

import argparse
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.names import MAX_GUIDANCE, MAX_SAMPLES, MIN_SAMPLES, NUM_TIMESTEPS
from ..exit_codes import INTERRUPTED
from ..stderr import print_fallback, print_misfit, print_notice
from .flags import (
    add_backend,
    add_data_dir,
    add_device,
    check_seeds,
    number_from,
    seed_number,
    weights_name,
    whole_number,
)
from .parser import UsageError, one_of, usage_errors

if TYPE_CHECKING:
    from ...core.measure.guidance_record import Guidance, GuidanceReport
    from ...core.sampling.spec import SamplingSpec

WEIGHTS = (0.0, 0.5, 1.0, 2.0, 4.0)
INTERVALS = ((1000, 600), (600, 400), (400, 100), (100, 0), (800, 200))
"""The four phases, and the middle of the timeline."""


def interval(text: str) -> tuple[int, int]:
    """Parse an interval of timesteps (an argparse type): ``800-200``."""
    found = re.fullmatch(r"(\d{1,4})-(\d{1,4})", text, re.ASCII)
    if found is None:
        raise argparse.ArgumentTypeError(
            f"'{text}' is no interval: write it as 800-200, where guidance begins and ends"
        )
    start, until = int(found[1]), int(found[2])
    if not until < start <= NUM_TIMESTEPS:
        raise argparse.ArgumentTypeError(
            f"'{text}' is an empty interval: t falls from {NUM_TIMESTEPS} to 0, as in 800-200"
        )
    return start, until


def add_parser(commands) -> None:
    """Add ``guidance`` to the command line."""
    from ...core.names import CONSISTENCY, SAMPLER_INFO

    parser = commands.add_parser(
        "guidance",
        help="measure what guidance does to digits",
        examples=(
            "diffviz guidance -n 1000",
            "diffviz guidance --guidance 0 1 2 --intervals 800-200 --png guidance.png",
        ),
        description="Sample digits of all classes with several weights of the guidance, and with "
        "guidance in several intervals of timesteps only; judge each set: the digit asked for, "
        "distance to real digits, precision and recall. Finished batches are saved: after Ctrl+C, "
        "which prints what there is, the same command continues.",
    )
    add = parser.add_argument
    add(
        "--weights",
        type=weights_name,
        metavar="NAME",
        help="weights with labels 0 to 9: bundled name, .safetensors file or run folder[@epoch] "
        "(default: the bundled ones with labels)",
    )
    add(
        "--guidance",
        type=number_from(0, MAX_GUIDANCE),
        nargs="+",
        default=list(WEIGHTS),
        metavar="W",
        help=f"weights at all timesteps (default: {' '.join(f'{w:g}' for w in WEIGHTS)})",
    )
    add(
        "--intervals",
        type=interval,
        nargs="*",
        default=list(INTERVALS),
        metavar="A-B",
        help="also in these intervals alone, t from A until B; without values in none "
        f"(default: {' '.join(f'{a}-{b}' for a, b in INTERVALS)})",
    )
    add(
        "--interval-guidance",
        type=number_from(0, MAX_GUIDANCE),
        default=2.0,
        metavar="W",
        help="the weight in the intervals (default: 2)",
    )
    add("--seed", type=seed_number, default=0, metavar="S", help="first seed (default: 0)")
    add(
        "-n",
        type=whole_number(MIN_SAMPLES, MAX_SAMPLES),
        default=1000,
        metavar="N",
        help="digits of each set (default: 1000)",
    )
    add(
        "--sampler",
        type=one_of(SAMPLER_INFO),
        choices=SAMPLER_INFO,
        help=f"(default: sa-solver; {CONSISTENCY} with distilled weights)",
    )
    add(
        "--steps",
        type=whole_number(1, NUM_TIMESTEPS),
        metavar="N",
        help="steps of each digit (default: the sampler's)",
    )
    add_data_dir(parser)
    add("--png", type=Path, metavar="FILE", help="also draw the curves, .png")
    add("--json", metavar="FILE", help="write the result as JSON; - prints it instead of the table")
    add_device(parser)
    add_backend(parser)
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> int:
    """Measure, with progress on stderr, and print the result as far as it got."""
    from ...core.export import check_output
    from ...core.files.results import write_result
    from ..plain.outputs import all_outputs

    check_seeds(args)
    guidances = _guidances(args)
    spec = _spec(args, guidances)
    if args.png is not None:
        check_output(args.png, (".png",))
    if args.json not in (None, "-"):
        check_output(Path(args.json), (".json",))

    report, interrupted = _measure(args, spec, guidances)
    if report is None:
        raise KeyboardInterrupt
    text = json.dumps(report.to_json(), indent=1) + "\n"
    with all_outputs() as put:
        if args.png is not None:
            from ...core.measure.guidance_chart import save_guidance_chart

            put(lambda: save_guidance_chart(args.png, report))
        if args.json == "-":
            print(text, end="")
        else:
            if args.json is not None:
                put(lambda: write_result(Path(args.json), lambda file: file.write(text.encode())))
            from ..plain.console import plain_console
            from ..plain.guidance_table import print_guidance

            print_guidance(report, plain_console())
    if interrupted:
        done = f"{len(report.points)} of {report.wanted} sets"
        print_notice(f"interrupted after {done}: the same command continues")
        return INTERRUPTED
    return 0


def _guidances(args: argparse.Namespace) -> "list[Guidance]":
    """Return what to measure, each once."""
    from ...core.measure.guidance_record import Guidance

    wanted = [Guidance(weight) for weight in args.guidance]
    wanted += [Guidance(args.interval_guidance, *ends) for ends in args.intervals]
    if args.intervals and not args.interval_guidance:
        raise UsageError("guidance 0 is the same in every interval: leave --intervals empty")
    return list(dict.fromkeys(wanted))


def _weights(args: argparse.Namespace) -> str:
    from ...core.models.catalog import default_weights

    return args.weights or default_weights(labelled=True)


def _spec(args: argparse.Namespace, guidances: "list[Guidance]") -> "SamplingSpec":
    from ...core.measure.guidance_measurement import with_guidance
    from ...core.models.few_steps import default_sampler
    from ...core.sampling.spec import SamplingSpec

    weights = _weights(args)
    spec = SamplingSpec(args.sampler or default_sampler(weights, "sa-solver"), args.steps)
    with usage_errors():
        for guidance in guidances:
            with_guidance(spec, guidance).check()
    return spec


def _measure(
    args: argparse.Namespace, spec: "SamplingSpec", guidances: "list[Guidance]"
) -> "tuple[GuidanceReport | None, bool]":
    """Return the last report, and whether Ctrl+C came before the end."""
    from ...core.classifier import Classifier
    from ...core.machine.device import default_threads
    from ...core.measure.evaluate import RealDigits, measure_real
    from ...core.measure.guidance_measurement import check_classes, measure_guidance
    from ...core.measure.guidance_record import GuidanceReport
    from ...core.models.weights import load_weights
    from ...core.pipeline import Pipeline
    from ..plain.load_data import load_mnist
    from ..plain.progress import work_progress

    weights = load_weights(_weights(args))
    check_classes(weights.classes)
    threads = args.threads or default_threads()
    how = {"precision": args.precision, "backend": args.backend}
    pipeline = Pipeline(weights, args.device, threads, **how)
    print_fallback(pipeline)
    print_misfit(spec, _weights(args))
    classifier = Classifier.load(threads=threads)
    train, test = (load_mnist(args.data_dir, train=part) for part in (True, False))
    report, real = None, None
    try:
        with work_progress() as bar:
            for record in measure_real(train, test, classifier, threads, memorisation=False):
                if isinstance(record, RealDigits):
                    real = record
                else:
                    bar(record.stage, record.done, record.total)
            assert real is not None
            batch = 32 if pipeline.device == "cpu" else 500  # as diffviz eval: one cache for both
            for record in measure_guidance(
                pipeline,
                classifier,
                real,
                spec,
                guidances,
                range(args.seed, args.seed + args.n),
                batch=batch,
                threads=threads,
            ):
                if isinstance(record, GuidanceReport):
                    report = record
                else:
                    bar(record.stage, record.done, record.total)
    except KeyboardInterrupt:
        return report, True
    return report, False
