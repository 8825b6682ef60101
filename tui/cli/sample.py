"""``diffviz sample``: digits into a file."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ..exit_codes import INTERRUPTED
from .flags import add_sampling, whole_number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ...core.distributed import Group
    from ...core.export import TrajectoryStrip
    from ...core.pipeline import Pipeline

BATCH = 32  # fixed, so that the same command gives the same bytes


def add_parser(commands) -> None:
    """Add ``sample`` to the command line."""
    parser = commands.add_parser(
        "sample",
        help="write digits to a file",
        description="Sample digits with seeds S to S+n-1 and write them to a file.",
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
        help=".png: a grid, eight to a row; .npz or .npy: uint8 [n, 28, 28] (default: grid.png)",
    )
    parser.add_argument(
        "--trajectory",
        type=Path,
        metavar="FILE",
        help="also write a .png strip of the first digit from t = 1000 to 0",
    )
    add_sampling(parser, default_sampler="sa-solver")
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> int:
    """Sample, with a progress bar where there is a terminal, and write the file."""
    from ...core.bundled import DEFAULT
    from ...core.errors import DiffvizError
    from ...core.export import IMAGE_ENDINGS, TrajectoryStrip, check_output, save_images

    if args.seed + args.n > 2**64:
        raise DiffvizError(f"seeds {args.seed} to {args.seed + args.n - 1} go beyond 2**64 - 1")
    check_output(args.output, IMAGE_ENDINGS)
    strip = None
    if args.trajectory is not None:
        check_output(args.trajectory, (".png",))
        if args.trajectory.resolve() == args.output.resolve():
            raise DiffvizError("--output and --trajectory name the same file: choose two")
        strip = TrajectoryStrip()

    from ...core.distributed import joined, own_threads
    from ...core.pipeline import Pipeline
    from ...core.sampling import describe, find_sampler

    with joined(args.device) as (group, device):
        pipeline = Pipeline.load(
            args.weights or DEFAULT,
            device,
            args.threads or own_threads(),
            precision=args.precision,
            backend=args.backend,
        )
        images, interrupted = _sample(pipeline, args, strip, group)
    if not group.main:
        return 0
    if not len(images):
        raise KeyboardInterrupt
    method = find_sampler(args.sampler)
    meta = {
        "weights": pipeline.weights.name,
        "set": pipeline.weights.set,
        "architecture": pipeline.weights.architecture,
        "sampler": args.sampler,
        "steps": args.steps or method.default_steps,
        "eta": method.default_eta if args.eta is None else args.eta,
        "noise": args.noise,
        "precision": args.precision,
        "backend": pipeline.denoiser.name,
        "seed": args.seed,
        "n": len(images),
    }
    save_images(args.output, images, range(args.seed, args.seed + len(images)), meta)
    last = args.seed + len(images) - 1
    how = describe(args.sampler, meta["steps"], meta["eta"], args.noise)
    print(
        f"{args.output}: {len(images)} digits, seeds {args.seed} to {last}, weights "
        f"{meta['weights']}:{meta['set']}, {how}, "
        f"{pipeline.computed_by}"
    )
    if strip is not None and args.trajectory is not None:
        strip.save(args.trajectory)
        print(f"{args.trajectory}: seed {args.seed} from t = 1000 to 0")
    if interrupted:
        print(f"diffviz: interrupted after {len(images)} of {args.n} digits", file=sys.stderr)
        return INTERRUPTED
    return 0


def _sample(
    pipeline: "Pipeline",
    args: argparse.Namespace,
    strip: "TrajectoryStrip | None",
    group: "Group",
) -> "tuple[NDArray[np.uint8], bool]":
    """Return the digits and whether Ctrl+C cut them short; whole batches are kept.

    In a group of processes each samples its part of the batches; process 0 has all the digits.
    """
    import numpy as np

    from ...core.pictures import to_grey
    from ..progress import work_progress

    done = np.zeros((args.n, 28, 28), np.uint8)
    have = np.zeros(args.n, np.uint8)
    interrupted = False
    with work_progress(group.main) as bar:
        try:
            for start in range(BATCH * group.rank, args.n, BATCH * group.size):
                seeds = range(args.seed + start, args.seed + min(start + BATCH, args.n))
                step = None
                steps = pipeline.sample(
                    seeds, args.steps, sampler=args.sampler, eta=args.eta, noise_scale=args.noise
                )
                for step in steps:
                    if strip is not None and start == 0:
                        strip.add(step)
                    bar("sampling", start + step.index / step.total * len(seeds), args.n)
                assert step is not None
                done[start : start + len(seeds)] = to_grey(step.x_t)
                have[start : start + len(seeds)] = 1
        except KeyboardInterrupt:
            interrupted = True
    all_done, all_have = group.collect(done), group.collect(have)
    if all_done is None or all_have is None:
        return done, interrupted
    first_gap = int(np.append(all_have.any(axis=0), False).argmin())
    return all_done.max(axis=0)[:first_gap], interrupted
