"""``diffviz sample``: sample digits into a file."""

import argparse
from contextlib import suppress
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.errors import printable
from ...core.names import ALL_LABELS, NUM_TIMESTEPS, SIDE
from ..exit_codes import INTERRUPTED
from ..stderr import print_fallback, print_misfit, print_notice
from ..text import counted, seeds_text
from .chosen import check_label, spec_of, tell_choice, weights_of
from .flags import MAX_SCALE, add_model, add_sampling, check_seeds, whole_number
from .given_flags import add_given, choose_sampler, given_files, given_of
from .parser import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ...core.export import ImageFile, TrajectoryStrip
    from ...core.machine.distributed import Group
    from ...core.own import OwnPipeline
    from ...core.pipeline import Pipeline
    from ...core.sampling import Given


_SAMPLER = "sa-solver"
_MOST_COLUMNS = 16
_CAPTIONED_SCALE = 4
_MOST_TOGETHER, _MOST_PIXELS = 32, 1 << 20  # of a batch of a model of the user


def add_parser(commands) -> None:
    """Add ``sample`` to the command line."""
    parser = commands.add_parser(
        "sample",
        help="write digits to a file",
        examples=(
            "diffviz sample -n 32 --seed 0 -o grid.png",
            "diffviz sample --from drawing.png --t 500 -n 32 -o u-turns.png",
        ),
        description="Sample digits with seeds S to S+n-1 and write them to a file. With --from "
        "they start from a picture that is noised to t, with --mask they fill in a part of it.",
    )
    parser.add_argument(
        "-n", type=whole_number(1), default=32, metavar="N", help="how many digits (default: 32)"
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("grid.png"),
        metavar="FILE",
        help=".png: a grid, eight to a row (with --digit all a column for each class); .npz or "
        ".npy: uint8 [n, 28, 28] (default: grid.png)",
    )
    parser.add_argument(
        "--scale",
        type=whole_number(1, MAX_SCALE),
        metavar="N",
        help=f"pixels of a .png for each pixel of a digit, 1 to {MAX_SCALE} (default: 1, with "
        f"--captions {_CAPTIONED_SCALE})",
    )
    parser.add_argument(
        "--captions",
        action="store_true",
        help="write seed, digit and belief below each digit of a .png",
    )
    parser.add_argument(
        "--trajectory",
        type=Path,
        metavar="FILE",
        help="also write a .png strip of the first digit from t = 1000 (or --t) to 0",
    )
    add_given(parser)
    add_model(parser)
    add_sampling(parser, default_sampler=_SAMPLER)
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> int:
    """Sample with a progress bar, and write the file."""
    from ...core.errors import DiffvizError
    from ...core.export import IMAGE_ENDINGS, ImageFile, TrajectoryStrip, check_output

    check_seeds(args)
    choose_sampler(args)
    spec, files = spec_of(args), given_files(args)
    check_label(spec, weights_of(args))
    tell_choice(args)
    check_output(args.output, IMAGE_ENDINGS)
    if args.output.suffix.lower() != ".png" and (args.captions or args.scale is not None):
        raise UsageError("--scale and --captions are for a .png: leave them out")
    strip = None
    if args.trajectory is not None:
        check_output(args.trajectory, (".png",))
        if args.trajectory.resolve() == args.output.resolve():
            raise DiffvizError("--output and --trajectory name the same file: choose two")
        strip = TrajectoryStrip()
    given, notes = (None, []) if files is None else given_of(args, files)

    from ...core.machine.device import find_device
    from ...core.machine.distributed import joined
    from ...core.models.weights import load_weights
    from ...core.pipeline import Pipeline
    from ...core.samples.plan import plan_sampling
    from ...core.sampling.samplers import evaluations

    if args.model is not None:
        for note in notes:
            print_notice(note)
        return _sample_own(args, given, strip)
    with ImageFile(args.output) as file, joined(args.device, tell=print_notice) as (group, device):
        weights, device = load_weights(weights_of(args)), find_device(device)
        how = {"precision": args.precision, "backend": args.backend}
        plan = plan_sampling(
            weights, device, args.n * evaluations(spec, given),
            threads=args.threads, group=group, **how,
        )  # fmt: skip
        pipeline = Pipeline(weights, device, plan.threads, **how)
        if group.main:
            print_fallback(pipeline)
            print_misfit(spec, weights_of(args))
            for note in notes:
                print_notice(note)
        interrupted = _sample(pipeline, args, given, plan.batch, file, strip, group)
        if not group.main:
            return 0
        return _finish(pipeline, args, file, strip, interrupted)


def _sample_own(
    args: argparse.Namespace, given: "Given | None", strip: "TrajectoryStrip | None"
) -> int:
    """Sample a model of the user, and write the file; return the exit status."""
    from ...core.export import ImageFile
    from ...core.machine.distributed import ALONE
    from ...core.own import open_own
    from ..worker.pipelines import Source

    with ImageFile(args.output) as file:
        pipeline = open_own(args.model, args.device, args.threads)
        batch = max(1, min(_MOST_TOGETHER, _MOST_PIXELS // prod(Source.of(pipeline).shape)))
        interrupted = _sample(pipeline, args, given, batch, file, strip, ALONE)
        return _finish(pipeline, args, file, strip, interrupted)


def _finish(
    pipeline: "Pipeline | OwnPipeline",
    args: argparse.Namespace,
    file: "ImageFile",
    strip: "TrajectoryStrip | None",
    interrupted: bool,
) -> int:
    """Write and describe the files; return the exit status."""
    from ...core.export import GRID_COLUMNS
    from ...core.sampling.labels import label_name, labels_of
    from ..plain.captions import captions_of
    from ..plain.outputs import all_outputs

    if not file.count:
        raise KeyboardInterrupt
    spec, files = spec_of(args).resolved(), given_files(args)
    if spec.label is not None:
        spec = replace(spec, label=label_name(spec.label, pipeline.weights.classes))
    meta = {
        "weights": pipeline.weights.name,
        "set": pipeline.weights.set,
        "architecture": pipeline.weights.architecture,
        **spec.to_json(),
        "precision": args.precision,
        "backend": pipeline.denoiser.name,
        "seed": args.seed,
        "n": file.count,
        **({} if files is None else files.to_json()),
    }
    seeds, columns, labels = range(args.seed, args.seed + file.count), GRID_COLUMNS, None
    if spec.label is not None:
        labels = labels_of(seeds, spec.label, classes := pipeline.weights.classes)
        if spec.label in ALL_LABELS and len(classes) <= _MOST_COLUMNS:
            columns = len(classes)  # a column for each class
        meta["classes"] = classes

    used = f"weights {meta['weights']}:{meta['set']}"
    if args.model is not None:
        used = f"model {meta['weights']}"
    made_from = "" if files is None else f"{files.describe()}, "
    first = NUM_TIMESTEPS if files is None else files.start

    def save() -> None:
        captions = captions_of(file.images(), seeds) if args.captions else ()
        scale = args.scale or (_CAPTIONED_SCALE if captions else 1)
        file.save(seeds, meta, labels=labels, columns=columns, scale=scale, captions=captions)
        digits = counted(file.count, "digit" if args.model is None else "picture")
        line = (
            f"{args.output}: {digits}, {seeds_text(args.seed, file.count)}, {used}, "
            f"{spec.describe()}, {made_from}{pipeline.computed_by}"
        )
        print(printable(line))

    def save_strip(strip: "TrajectoryStrip") -> None:
        strip.save(args.trajectory)
        print(printable(f"{args.trajectory}: seed {args.seed} from t = {first} to 0"))

    with all_outputs() as put:
        put(save)
        if strip is not None:
            put(lambda: save_strip(strip))
    if interrupted:
        print_notice(f"interrupted after {file.count} of {counted(args.n, 'digit')}")
        return INTERRUPTED
    return 0


def _sample(
    pipeline: "Pipeline | OwnPipeline",
    args: argparse.Namespace,
    given: "Given | None",
    batch: int,
    file: "ImageFile",
    strip: "TrajectoryStrip | None",
    group: "Group",
) -> bool:
    """Add the digits to ``file``; return whether Ctrl+C interrupted that after some batches.

    In a group each process samples one batch a round; process 0 writes the file.
    """
    import numpy as np

    from ...core.pictures import to_pictures
    from ..plain.progress import work_progress

    def digits(start: int) -> "NDArray[np.uint8]":
        seeds = range(args.seed + start, args.seed + min(start + batch, args.n))
        step = None
        for step in pipeline.sample(seeds, **spec_of(args).keywords, given=given):
            if strip is not None and start == 0:
                strip.add(step)
            bar("sampling", start + step.index / step.total * len(seeds), args.n)
        assert step is not None
        return to_pictures(step.x_t)

    with work_progress(group.main) as bar:
        try:
            for first in range(0, args.n, batch * group.size):
                starts = range(first, first + batch * group.size, batch)
                wanted = [max(0, min(batch, args.n - start)) for start in starts]
                mine = np.zeros((0, SIDE, SIDE), np.uint8)
                with suppress(KeyboardInterrupt):  # the next line waits for all processes
                    mine = digits(starts[group.rank]) if wanted[group.rank] else mine
                if not _add_round(mine, wanted, file, group):
                    return True
        except KeyboardInterrupt:
            return True
    return False


def _add_round(
    mine: "NDArray[np.uint8]", wanted: list[int], file: "ImageFile", group: "Group"
) -> bool:
    """Add a round's digits to ``file``, up to the first missing one; return whether all are there.

    ``wanted`` is the number of digits of each process.
    """
    import numpy as np

    padded = np.zeros((wanted[0], *mine.shape[1:]), np.uint8)
    padded[: len(mine)] = mine
    counts = np.zeros(group.size)
    counts[group.rank] = len(mine)
    counts, parts = group.sum(counts), group.collect(padded)
    for number, count in enumerate(wanted):
        if counts[number] < count:
            return False
        if parts is not None:
            file.add(parts[number, :count])
    return True
