"""``diffviz phases``: measure when a network decides on its digit."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.errors import printable
from ...core.names import NUM_TIMESTEPS
from ..stderr import print_fallback, print_misfit
from .flags import (
    add_device,
    add_model,
    check_seeds,
    seed_number,
    weights_name,
    whole_number,
)
from .parser import UsageError

if TYPE_CHECKING:
    from ...core.classifier import Classifier
    from ...core.measure.phase_record import MeasuredPhases
    from ...core.own import OwnPipeline
    from ...core.own.own_classifier import OwnClassifier
    from ...core.pipeline import Pipeline
    from ...core.sampling import SamplingSpec


def add_parser(commands) -> None:
    """Add ``phases`` to the command line."""
    parser = commands.add_parser(
        "phases",
        help="measure when the digit is decided",
        examples=(
            "diffviz phases -n 32 --steps 100 --png phases.png",
            "diffviz phases --weights reference --json phases.json",
        ),
        description="Branch unfinished digits at many timesteps and measure how often the branches "
        "agree, and how far x0_hat still moves. The result is saved, and shown by later calls.",
    )
    add = parser.add_argument
    add_model(parser, "with a classifier")
    add(
        "--weights",
        type=weights_name,
        metavar="NAME",
        help="bundled name, .safetensors file or run folder[@epoch] (default: default)",
    )
    add("--seed", type=seed_number, default=0, metavar="S", help="first seed (default: 0)")
    add("-n", type=whole_number(2, 10_000), default=32, metavar="N", help="seeds (default: 32)")
    add(
        "--children",
        type=whole_number(2, 1000),
        default=4,
        metavar="K",
        help="branches of each seed at each timestep (default: 4)",
    )
    add(
        "--points",
        type=whole_number(2, 1000),
        default=25,
        metavar="G",
        help="timesteps to branch at (default: 25)",
    )
    add(
        "--steps",
        type=whole_number(2, NUM_TIMESTEPS),
        metavar="N",
        help=f"network evaluations of a whole chain (default: of DDPM {NUM_TIMESTEPS}; of "
        "consistency, with distilled weights, 4); 100 is ten times faster than 1000",
    )
    add("--again", action="store_true", help="measure even if there is a saved result")
    add("--png", type=Path, metavar="FILE", help="also draw the curves, .png")
    add("--json", metavar="FILE", help="write the result as JSON; - prints it instead of the table")
    add_device(parser)
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> int:
    """Show the saved measurement, or measure first."""
    from ...core.export import check_output
    from ...core.files.results import write_result
    from ..plain.outputs import all_outputs

    check_seeds(args)
    if args.model is not None and (args.weights is not None or args.again):
        flag = (
            "--weights: give one of them" if args.weights is not None else "--again: leave it out"
        )
        raise UsageError(f"--model doesn't go with {flag}")
    if args.png is not None:
        check_output(args.png, (".png",))
    if args.json not in (None, "-"):
        check_output(Path(args.json), (".json",))

    phases, where = _measure(args)
    text = json.dumps(phases.to_json(), indent=1) + "\n"
    with all_outputs() as put:
        if args.png is not None:
            from ...core.measure.phase_chart import save_phase_chart

            put(lambda: save_phase_chart(args.png, phases))
        if args.json == "-":
            print(text, end="")
            return 0
        if args.json is not None:
            put(lambda: write_result(Path(args.json), lambda file: file.write(text.encode())))
        from ..plain.console import plain_console
        from ..plain.phase_table import print_phases

        console = plain_console()
        print_phases(phases, console)
        console.print(printable(where))
    return 0


def _measure(args: argparse.Namespace) -> "tuple[MeasuredPhases, str]":
    """Return the measurement and a line about where it is saved."""
    from ...core.classifier import Classifier
    from ...core.machine.device import default_threads
    from ...core.measure.phase_record import read_phases, save_phases
    from ...core.models.catalog import DEFAULT
    from ...core.models.few_steps import default_sampler
    from ...core.pipeline import Pipeline
    from ...core.sampling import SamplingSpec

    threads = args.threads or default_threads()
    if args.model is not None:
        return _measure_own(args, threads), "not saved: --json FILE keeps it"
    weights = args.weights or DEFAULT
    spec = SamplingSpec(default_sampler(weights, "ddpm"), args.steps)
    pipeline = Pipeline.load(weights, args.device, threads)
    print_fallback(pipeline)
    print_misfit(spec, weights)
    kept = read_phases(pipeline.weights.name, pipeline.weights.set)
    saved = next((phases for phases in kept if _matches(phases, args, spec)), None)
    if saved is not None and not args.again:
        return saved, "saved by an earlier measurement; --again measures again"
    record = _with_progress(args, pipeline, Classifier.load())
    return record, f"saved in {save_phases(record)}"


def _measure_own(args: argparse.Namespace, threads: int) -> "MeasuredPhases":
    """Measure a model of the user, by its own classifier."""
    from ...core.errors import DiffvizError
    from ...core.own import open_own

    pipeline = open_own(args.model, args.device, threads)
    if pipeline.classifier is None:
        raise DiffvizError(
            f"{pipeline.weights.name} has no classifier, and phases are measured by one: "
            "diffviz.Model(..., classifier=...)"
        )
    return _with_progress(args, pipeline, pipeline.classifier)


def _with_progress(
    args: argparse.Namespace,
    pipeline: "Pipeline | OwnPipeline",
    classifier: "Classifier | OwnClassifier",
) -> "MeasuredPhases":
    from ...core.measure.phase_measurement import measure_phases
    from ...core.measure.phase_record import MeasuredPhases
    from ..plain.progress import work_progress

    record, seeds = None, range(args.seed, args.seed + args.n)
    with work_progress() as bar:
        for record in measure_phases(
            pipeline,
            classifier,
            seeds,
            children=args.children,
            points=args.points,
            num_inference_steps=args.steps,
        ):
            if not isinstance(record, MeasuredPhases):
                bar("network evaluations", record.done, record.total)
    assert isinstance(record, MeasuredPhases)
    return record


def _matches(saved: "MeasuredPhases", args: argparse.Namespace, spec: "SamplingSpec") -> bool:
    found = (saved.first_seed, saved.seeds, saved.children, len(saved.timesteps))
    wanted = (args.seed, args.n, args.children, min(args.points, spec.total))
    return found == wanted and (saved.sampler, saved.steps) == (spec.sampler, spec.total)
