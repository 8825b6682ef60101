"""``diffviz uturn``: measure how often a picture keeps its class on the way to x_t and back."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from ..stderr import print_fallback, print_misfit, print_notice
from .chosen import check_label, spec_of, tell_choice, weights_of
from .flags import add_data_dir, add_sampling, whole_number
from .given_flags import add_picture, picture_of
from .parser import UsageError

if TYPE_CHECKING:
    from ...core.array_types import Array
    from ...core.measure.u_turn import BranchCurve, UTurns

DEFAULT_STEPS = 100


def add_parser(commands) -> None:
    """Add ``uturn`` to the command line."""
    parser = commands.add_parser(
        "uturn",
        help="measure how often the class of a picture stays on the way to x_t and back",
        examples=(
            "diffviz uturn -n 100 --png uturn.png",
            "diffviz uturn --from drawing.png --repeats 32",
        ),
        description="Noise pictures to many timesteps, let them come back by the reverse process, "
        "and count how often the classifier sees the same digit: of your picture (--from) or of "
        "MNIST's test digits. The agreement of branches (diffviz phases) is shown beside it. "
        f"Without --steps, ddpm takes {DEFAULT_STEPS} here.",
    )
    add = parser.add_argument
    add_picture(parser, "this picture (any size; black ink on white is inverted) instead of MNIST")
    add(
        "-n",
        type=whole_number(2, 10_000),
        metavar="N",
        help="test digits, the first of them (default: 100)",
    )
    add(
        "--repeats",
        type=whole_number(1, 10_000),
        metavar="K",
        help="ways back of each picture at each timestep (default: 32 of --from, 1 of test digits)",
    )
    add(
        "--points",
        type=whole_number(2, 1000),
        default=21,
        metavar="G",
        help="timesteps from 1000 to 1 (default: %(default)s)",
    )
    add_data_dir(parser)
    add("--png", type=Path, metavar="FILE", help="also draw the curves, .png")
    add("--json", metavar="FILE", help="write the result as JSON; - prints it instead of the table")
    add_sampling(parser)
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> int:
    """Measure, with progress on stderr, and print the result."""
    from ...core.export import check_output
    from ...core.files.results import write_result
    from ..plain.outputs import all_outputs

    if args.steps is None and spec_of(args).sampler == "ddpm":
        args.steps = DEFAULT_STEPS
    spec = spec_of(args).resolved()
    if args.picture is not None:
        for flag, value in (("-n", args.n), ("--data-dir", args.data_dir)):
            if value is not None:
                raise UsageError(f"{flag} has no effect on --from: leave it out")
    check_label(spec, weights_of(args))
    tell_choice(args)
    if args.png is not None:
        check_output(args.png, (".png",))
    if args.json not in (None, "-"):
        check_output(Path(args.json), (".json",))

    turns, branches = _measure(args)
    values = turns.to_json() | {"branches": None if branches is None else branches.to_json()}
    text = json.dumps(values, indent=1) + "\n"
    from ..plain.u_turn_table import print_u_turns, title_of

    with all_outputs() as put:
        if args.png is not None:
            from ...core.measure.u_turn_chart import save_u_turn_chart

            title = title_of(turns, spec).partition(": ")[0]
            put(lambda: save_u_turn_chart(args.png, turns, branches, title))
        if args.json == "-":
            print(text, end="")
            return 0
        if args.json is not None:
            put(lambda: write_result(Path(args.json), lambda file: file.write(text.encode())))
        from ..plain.console import plain_console

        print_u_turns(turns, branches, spec, plain_console())
    return 0


def _measure(args: argparse.Namespace) -> "tuple[UTurns, BranchCurve | None]":
    """Return the measurement, and that of branches of the same weights if there is one."""
    from ...core.classifier import Classifier
    from ...core.machine.device import default_threads
    from ...core.measure.phase_record import best_phases, read_phases
    from ...core.measure.u_turn import UTurns, branch_curve, measure_u_turns, u_turn_timesteps
    from ...core.pipeline import Pipeline
    from ..plain.progress import work_progress

    spec, (images, name) = spec_of(args), _pictures(args)
    repeats = args.repeats or (32 if args.picture is not None else 1)
    pipeline = Pipeline.load(
        weights_of(args), args.device, args.threads or default_threads(),
        precision=args.precision, backend=args.backend,
    )  # fmt: skip
    print_fallback(pipeline)
    print_misfit(spec, weights_of(args))
    timesteps, record = u_turn_timesteps(args.points), None
    with work_progress() as bar:
        for record in measure_u_turns(
            pipeline, Classifier.load(), images, name,
            spec=spec, timesteps=timesteps, repeats=repeats, first_seed=args.seed,
        ):  # fmt: skip
            if not isinstance(record, UTurns):
                bar("network evaluations", record.done, record.total)
    assert isinstance(record, UTurns)
    measured = read_phases(pipeline.weights.name, pipeline.weights.set)
    phases = best_phases(measured, spec.sampler, spec.total) if spec.label is None else None
    return record, None if phases is None else branch_curve(phases, timesteps)


def _pictures(args: argparse.Namespace) -> "tuple[Array, str]":
    """Return the pictures to send there and back, ``[n, 28, 28]``, and what they are."""
    from ...core.errors import DiffvizError
    from ...core.pictures import from_grey

    if args.picture is not None:
        picture, notes = picture_of(args)
        for note in notes:
            print_notice(note)
        return from_grey(picture[None]), str(args.picture)
    from ..plain.load_data import load_mnist

    data, n = load_mnist(args.data_dir, train=False), args.n or 100
    if len(data) < n:
        raise DiffvizError(f"there are {len(data):,} test digits, not {n:,}: ask for fewer (-n)")
    return from_grey(data.images[:n]), "MNIST's test digits"
