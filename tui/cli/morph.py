"""``diffviz morph``: the digits on the way between two."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.errors import printable
from ..stderr import print_fallback, print_misfit, print_notice
from .flags import (
    add_backend,
    add_device,
    add_terminal,
    seed_number,
    weights_name,
)
from .numbers import whole_number
from .parser import UsageError
from .remembered import chosen_of

if TYPE_CHECKING:
    from ...core.array_types import Array, Grey
    from ...core.pipeline import Pipeline
    from .remembered import Chosen

ENDINGS = (".png", ".gif", ".apng", ".webp", ".npz", ".npy")
_ANIMATIONS = (".gif", ".apng", ".webp")
_FRAMES = {False: 9, True: 25}
"""By default, and in an animation."""
_SCALE = 8  # pixels of an animation for each of the digit
_FRAME_MS, _END_MS = 80, 800
_STEPS_PER_S = 20.0
"""On the screen."""


def add_parser(commands) -> None:
    """Add ``morph`` to the command line."""
    parser = commands.add_parser(
        "morph",
        help="the way between two digits, as a strip or an animation",
        examples=(
            "diffviz morph --seed 7 12",
            "diffviz morph --from a.png b.png -o morph.gif",
        ),
        description="Go from the noise of one digit to that of another along an arc (spherical "
        "interpolation) and sample every place by DDIM without noise. Two pictures are taken back "
        "to their noise first (DDIM inversion). On a terminal, a slider chooses the place to see; "
        "with -o the way is written to a file.",
    )
    ends = parser.add_mutually_exclusive_group()
    ends.add_argument(
        "--seed",
        type=seed_number,
        nargs=2,
        default=[7, 12],
        metavar=("A", "B"),
        help="seeds of the two digits (default: 7 12)",
    )
    ends.add_argument(
        "--from",
        dest="pictures",
        type=Path,
        nargs=2,
        metavar=("A", "B"),
        help="two pictures instead (any size; black ink on white is inverted)",
    )
    add = parser.add_argument
    add(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help=".png: a strip; .gif, .apng, .webp: there and back; .npz, .npy: uint8 [n, 28, 28] "
        "(default: a screen with a slider; morph.png without a terminal)",
    )
    add(
        "--frames",
        type=whole_number(2, 200),
        metavar="N",
        help=f"places in the file, with both ends (default: {_FRAMES[False]}, {_FRAMES[True]} in "
        "an animation)",
    )
    add(
        "--steps",
        type=whole_number(1, 1000),
        default=100,
        metavar="N",
        help="network evaluations of each digit (default: %(default)s)",
    )
    add(
        "--invert",
        action=argparse.BooleanOptionalAction,
        help="the pictures are black ink on white (default: as they look)",
    )
    add(
        "--weights",
        type=weights_name,
        metavar="NAME",
        help="bundled name, .safetensors file or run folder[@epoch] (default: default)",
    )
    add_device(parser)
    add_backend(parser)
    add_terminal(parser)
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> int:
    """Sample with a progress bar, and write the file."""
    from ...core.export import check_output
    from ...core.machine.device import default_threads
    from ...core.models.catalog import DEFAULT
    from ...core.pipeline import Pipeline
    from ...core.samples.morph import arc, noise_of_seeds
    from ...core.sampling import SamplingSpec

    if args.invert is not None and args.pictures is None:
        raise UsageError("--invert needs pictures: name them with --from A B")
    chosen = chosen_of(args)
    live = args.output is None and chosen.terminal.interactive
    if live and args.frames is not None:
        raise UsageError("--frames has an effect on a file only: add -o FILE, or leave it out")
    args.output = args.output or Path("morph.png")
    if not live:
        check_output(args.output, ENDINGS)
    pictures = _read(args) if args.pictures is not None else None
    if live and pictures is None:
        return _show(args, noise_of_seeds((args.seed[0], args.seed[1])), chosen)
    pipeline = Pipeline.load(
        args.weights or DEFAULT, args.device, args.threads or default_threads(),
        precision=args.precision, backend=args.backend,
    )  # fmt: skip
    print_fallback(pipeline)
    print_misfit(SamplingSpec("ddim", args.steps), args.weights or DEFAULT)
    if live:
        return _show(args, _ends(pipeline, args, pictures), chosen)
    frames = args.frames or _FRAMES[args.output.suffix.lower() in _ANIMATIONS]
    images = _sample(pipeline, arc(_ends(pipeline, args, pictures), frames), args.steps)
    _write(args, images, pipeline)
    between = " and ".join(map(str, args.pictures or [f"seed {seed}" for seed in args.seed]))
    print(
        printable(
            f"{args.output}: {frames} digits between {between}, weights {pipeline.weights.name}:"
            f"{pipeline.weights.set}, ddim {args.steps} steps, {pipeline.computed_by}"
        )
    )
    return 0


def _show(args: argparse.Namespace, noise: "Array", chosen: "Chosen") -> int:
    """Show the way on a screen with a slider; return its exit status."""
    from ...core.models.catalog import DEFAULT
    from ...core.sampling import SamplingSpec
    from ..app import run_app
    from ..run_options import RunOptions
    from ..screens.draw.morph_screen import Ends

    options = RunOptions(
        args.weights or DEFAULT, args.seed[0], SamplingSpec("ddim", args.steps, 0.0), args.device,
        args.threads, _STEPS_PER_S, precision=args.precision, backend=args.backend,
    )  # fmt: skip
    if args.pictures is None:
        names = f"seed {args.seed[0]}", f"seed {args.seed[1]}"
        flags = ["--seed", *map(str, args.seed)]
    else:
        names = args.pictures[0].name, args.pictures[1].name
        flags = ["--from", *map(str, args.pictures)]
        flags += [] if args.invert is None else ["--invert" if args.invert else "--no-invert"]
    ends = Ends(noise, names, tuple(flags))
    return run_app(
        options,
        terminal=chosen.terminal,
        begin_with=lambda app: app.open_morph(ends),
        remembered=chosen.remembered,
    )


def _read(args: argparse.Namespace) -> "Grey":
    """Return the two pictures, ``[2, 28, 28]``; decisions in reading them are printed."""
    import numpy as np

    from ...core.data.one_picture import read_picture

    found = [read_picture(path, args.invert) for path in args.pictures]
    for _, notes in found:
        for note in notes:
            print_notice(note)
    return np.stack([picture for picture, _ in found])


def _ends(pipeline: "Pipeline", args: argparse.Namespace, pictures: "Grey | None") -> "Array":
    """Return the noise of both ends, ``[2, 28, 28]``."""
    from ...core.samples.morph import noise_of_pictures, noise_of_seeds
    from ..plain.progress import work_progress

    if pictures is None:
        return noise_of_seeds((args.seed[0], args.seed[1]))
    step = None
    with work_progress() as bar:
        for step in noise_of_pictures(pipeline, pictures, args.steps):
            bar("back to noise", step.index, step.total)
    assert step is not None
    return step.x_t


def _sample(pipeline: "Pipeline", x_T: "Array", steps: int) -> "Grey":
    from ...core.pictures import to_grey
    from ...core.samples.morph import morph
    from ..plain.progress import work_progress

    step = None
    with work_progress() as bar:
        for step in morph(pipeline, x_T, steps):
            bar("sampling", step.index, step.total)
    assert step is not None
    return to_grey(step.x_t)


def _write(args: argparse.Namespace, images: "Grey", pipeline: "Pipeline") -> None:
    """Write the digits in the format of the output's ending."""
    from ...core.export import save_images, save_rows
    from ...core.samples.morph import shares

    ending = args.output.suffix.lower()
    if ending == ".png":
        places = zip(shares(len(images)), images, strict=True)
        save_rows(args.output, ("",), [(f"{share:.0%}", (image,)) for share, image in places])
        return
    if ending in _ANIMATIONS:
        _write_animation(args.output, images)
        return
    ends = {"from": [str(path) for path in args.pictures]} if args.pictures else {}
    meta = {
        "weights": pipeline.weights.name,
        "set": pipeline.weights.set,
        "architecture": pipeline.weights.architecture,
        "sampler": "ddim",
        "steps": args.steps,
        "eta": 0.0,
        "precision": args.precision,
        "backend": pipeline.denoiser.name,
        **(ends or {"seed": args.seed}),
        "shares": shares(len(images)),
        "n": len(images),
    }
    seeds = [0] * len(images) if ends else [args.seed[0]] * (len(images) - 1) + [args.seed[1]]
    save_images(args.output, images, seeds, meta)


def _write_animation(path: Path, images: "Grey") -> None:
    """Write the way there and back, with a rest at both ends."""
    from PIL import Image

    from ...core.files.results import write_result
    from ..recording.animation_files import encode

    there_and_back = [*images, *images[-2:0:-1]]
    size = (28 * _SCALE, 28 * _SCALE)
    frames = (
        Image.fromarray(image).resize(size, Image.Resampling.NEAREST) for image in there_and_back
    )
    lengths = [_FRAME_MS] * len(there_and_back)
    lengths[0] = lengths[len(images) - 1] = _END_MS
    content = encode(path.suffix.lower(), frames, lengths)
    write_result(path, lambda file: file.write(content))
