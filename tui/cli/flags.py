"""Flags that several subcommands share, and the parsers of their values."""

import argparse
import os
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.names import (
    BACKENDS,
    BRANCH_CHILDREN,
    CONSISTENCY,
    DATASETS,
    DEVICES,
    DEVICES_OF_TORCH,
    NUM_TIMESTEPS,
    OWN,
    PRECISIONS,
    SAMPLER_INFO,
    SEEDS,
    WEIGHTS_INFO,
    find_name,
    suggestion,
)
from ..keys import Pace
from ..pixels.colours import Colours
from ..terminal.capabilities import AUTO_THEME, LOCAL_FPS, REDUCE_MOTION, REMOTE_FPS, THEMES
from .label_flags import add_labels
from .numbers import number_from, positive_number, share, whole_number
from .parser import UsageError, one_of

if TYPE_CHECKING:
    from ..terminal import Terminal

MAX_SCALE = 20
"""Pixels of a picture or film for each pixel of a digit, at most."""


def speed(text: str) -> Pace:
    """Parse ``--speed``: seconds for the whole way (``10s``), steps per second, or ``max``."""
    words = text.lower().replace(" ", "")
    if words == "max":
        return Pace()
    number = words.removesuffix("s")
    try:
        value = positive_number(number)
    except argparse.ArgumentTypeError:
        raise argparse.ArgumentTypeError(
            "must be seconds for the whole way such as 10s, a number of steps per second above 0, "
            f"or 'max', not '{text}'"
        ) from None
    return Pace(value) if number == words else Pace(length=value)


def add_speed(parser: argparse.ArgumentParser, default: Pace | None, when_left_out: str) -> None:
    """Add ``--speed``; ``when_left_out`` says what counts without it."""
    parser.add_argument(
        "--speed",
        type=speed,
        default=default,
        metavar="R",
        help="seconds for the whole way, as in 10s, or steps per second, or max "
        f"(default: {when_left_out})",
    )


def add_data_dir(parser: argparse.ArgumentParser, purpose: str = "") -> None:
    """Add ``--data-dir``; ``purpose`` says what MNIST is needed for."""
    parser.add_argument(
        "--data-dir",
        type=Path,
        metavar="DIR",
        help=f"where MNIST is{purpose and f', {purpose}'} "
        "(default: $DIFFVIZ_DATA_DIR, or user's cache)",
    )


def frame_size(text: str) -> tuple[int, int]:
    """Parse ``--size``: COLUMNSxROWS of a terminal (an argparse type)."""
    columns, _, rows = text.lower().partition("x")
    if not all(part.isascii() and part.isdigit() and len(part) < 5 for part in (columns, rows)):
        raise argparse.ArgumentTypeError(f"must be COLUMNSxROWS such as 100x30, not '{text}'")
    size = int(columns), int(rows)
    if not all(1 <= side <= 1000 for side in size):
        raise argparse.ArgumentTypeError(f"sides go from 1 to 1000 cells, not '{text}'")
    return size


def dataset_name(text: str) -> str:
    """Parse ``--dataset`` (an argparse type): a name in any case, or a folder or file.

    What is neither is refused here if it resembles a name, else where it is opened.
    """
    if text in DATASETS or os.path.exists(text):
        return text
    near = suggestion(text, DATASETS)
    name = find_name(text, DATASETS)
    if name is None and near.startswith("did you mean"):
        raise argparse.ArgumentTypeError(f"unknown data set '{text}': {near}")
    return name or text


def weights_name(text: str) -> str:
    """Parse the name of weights (an argparse type): a bundled one, a file or a run folder.

    What is none of them is refused here if it resembles a bundled name, else where it is opened.
    """
    from ...core.models.catalog import bundled_names

    if text.startswith(OWN):
        raise argparse.ArgumentTypeError(f"no weights '{text}': --model names a model of your own")
    name = text.partition(":")[0]
    near = suggestion(name, bundled_names())
    known = find_name(name, bundled_names()) or os.path.exists(name) or os.path.exists(text)
    if not known and near.startswith("did you mean"):
        raise argparse.ArgumentTypeError(f"no weights '{text}': {near}")
    return text


def device_name(text: str) -> str:
    """Parse ``--device`` (an argparse type); whether this machine has it is not looked up."""
    kind, colon, number = text.partition(":")
    name = find_name(kind, DEVICES)
    if name is None:
        raise argparse.ArgumentTypeError(f"unknown device '{text}': {suggestion(kind, DEVICES)}")
    return name + colon + number


def branch_path(text: str) -> tuple[tuple[int, int], ...]:
    """Parse ``--branch``: ``T.C[,T.C]``, child C of a branch at t = T (an argparse type)."""
    path = []
    for part in text.split(","):
        timestep, dot, child = part.strip().partition(".")
        if not (dot and all(p.isascii() and p.isdigit() for p in (timestep, child))):
            raise argparse.ArgumentTypeError(
                f"must be T.C or T.C,T.C… (timestep, child), not '{text}'"
            )
        path.append((int(timestep), int(child)))
    most = max(BRANCH_CHILDREN)
    if not all(1 <= t <= NUM_TIMESTEPS and 1 <= child <= most for t, child in path):
        raise argparse.ArgumentTypeError(
            f"timesteps go from 1 to {NUM_TIMESTEPS} and children from 1 to {most}, not '{text}'"
        )
    if any(before[0] <= after[0] for before, after in pairwise(path)):
        raise argparse.ArgumentTypeError(
            f"timesteps must fall from one branch to the next: '{text}'"
        )
    return tuple(path)


seed_number = whole_number(0, SEEDS - 1)


def add_device(parser: argparse.ArgumentParser) -> None:
    """Add ``--device`` and ``--threads``."""
    parser.add_argument(
        "--device",
        type=device_name,
        default="auto",
        metavar="DEVICE",
        help="auto, cpu, cuda (cuda:N) or mps (default: auto)",
    )
    parser.add_argument(
        "--threads",
        type=whole_number(1, 1024),
        metavar="N",
        help="CPU threads for the network (default: chosen by the command)",
    )


def check_torch(args: argparse.Namespace) -> None:
    """Raise a DiffvizError if a flag needs PyTorch and it isn't installed."""
    from ...core.machine.torch_install import require_torch  # --help needs none of it

    device = getattr(args, "device", "cpu")
    if getattr(args, "backend", None) == "pytorch":
        require_torch("--backend pytorch")
    elif device.partition(":")[0] in DEVICES_OF_TORCH:
        require_torch(f"--device {device}")


def add_backend(parser: argparse.ArgumentParser) -> None:
    """Add ``--precision`` and ``--backend``."""
    parser.add_argument(
        "--precision",
        type=one_of(PRECISIONS),
        choices=PRECISIONS,
        default=PRECISIONS[0],
        help="of the network's products; bf16 is faster where the hardware has it "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--backend",
        type=one_of(BACKENDS),
        choices=BACKENDS,
        default=BACKENDS[0],
        help="what computes the network (default: the fastest that is installed)",
    )


def frames_per_second(text: str) -> float:
    """Parse ``--fps`` (an argparse type)."""
    value = positive_number(text)
    if value > LOCAL_FPS:
        raise argparse.ArgumentTypeError(f"must be at most {LOCAL_FPS:g}, not '{text}'")
    return value


def check_seeds(args: argparse.Namespace) -> None:
    """Raise a UsageError if one of the ``n`` seeds from ``--seed`` is out of range."""
    if args.seed + args.n > SEEDS:
        raise UsageError(f"seeds {args.seed} to {args.seed + args.n - 1} go beyond 2**64 - 1")


def add_terminal(parser: argparse.ArgumentParser) -> None:
    """Add the flags of every command that shows an app."""
    parser.add_argument(
        "--color",
        type=one_of(colours := ("auto", *(colours.value for colours in Colours))),
        choices=colours,
        default="auto",
        help="what to draw with (default: auto, see diffviz doctor --all)",
    )
    parser.add_argument(
        "--theme",
        type=one_of((*THEMES, AUTO_THEME)),
        choices=(*THEMES, AUTO_THEME),
        help="colours to begin with; auto: light if the terminal's background is; t changes them "
        "(default: the theme chosen last, at first dark)",
    )
    parser.add_argument(
        "--fps",
        type=frames_per_second,
        metavar="N",
        help=f"frames a second at most (default: {LOCAL_FPS:g}, or {REMOTE_FPS:g} over ssh)",
    )
    parser.add_argument(
        "--reduce-motion",
        action="store_true",
        help=f"two pictures a second at most, and no animation (also by {REDUCE_MOTION}=1)",
    )


def add_narrate(parser: argparse.ArgumentParser, what: str) -> None:
    """Add ``--narrate``; ``what`` is told."""
    parser.add_argument(
        "--narrate",
        action="store_true",
        help=f"no screen: tell {what} in at most 25 plain sentences (docs/accessibility.md)",
    )


def terminal_of(args: argparse.Namespace, reduce_motion: bool = False) -> "Terminal":
    """Return the terminal of this process, given these flags or a choice of reduced motion."""
    from ..terminal import Terminal

    found = Terminal.here(args.color, args.fps, args.reduce_motion or reduce_motion)
    return found._replace(theme=args.theme or found.theme)


def add_model(parser: argparse.ArgumentParser, needs: str = "") -> None:
    """Add ``--model``; ``needs`` says what the model has to have."""
    parser.add_argument(
        "--model",
        metavar="MODEL",
        help=f"a model of your own {needs + ', ' if needs else ''}in place of --weights: "
        "FILE.py:NAME (the file is run), or a folder that diffusers saved",
    )


def add_sampling(
    parser: argparse.ArgumentParser, default_seed: int = 0, default_sampler: str = "ddpm"
) -> None:
    """Add the flags of every command that samples."""
    samplers = SAMPLER_INFO.values()
    steps = ", ".join(f"{s.name} {s.default_steps}" for s in samplers)
    etas = "; ".join(
        f"{s.name}: 0 to {s.max_eta:g}, default {s.default_eta:g}"
        for s in samplers
        if s.default_eta is not None
    )
    bundled = "; ".join(f"{name}: {about}" for name, about in WEIGHTS_INFO.items())
    parser.add_argument(
        "--weights",
        type=weights_name,
        default=None,
        metavar="NAME",
        help=f"bundled name ({bundled}), .safetensors file or run folder[@epoch]; at its end "
        ":raw picks the weights of the last batch, :ema their average over the training "
        "(default: what --digit and --steps need, or default)",
    )
    parser.add_argument(
        "--seed",
        type=seed_number,
        default=default_seed,
        metavar="S",
        help="seed of the (first) digit (default: %(default)s)",
    )
    parser.add_argument(
        "--steps",
        type=whole_number(1, NUM_TIMESTEPS),
        metavar="N",
        help=f"network evaluations, 1 to {NUM_TIMESTEPS} (default: the sampler's: {steps})",
    )
    parser.add_argument(
        "--sampler",
        type=one_of(SAMPLER_INFO),
        choices=SAMPLER_INFO,
        help=f"(default: {default_sampler}; {CONSISTENCY} with distilled weights)",
    )
    parser.add_argument(
        "--eta",
        type=number_from(0, max(s.max_eta for s in samplers)),
        metavar="X",
        help=f"noise of the process: 0 deterministic, 1 as ddpm ({etas})",
    )
    parser.add_argument(
        "--noise",
        type=share,
        default=1.0,
        metavar="X",
        help="scale of the noise injected at each step, 0 to 1 (default: 1)",
    )
    add_labels(parser)
    add_device(parser)
    add_backend(parser)
    parser.set_defaults(default_sampler=default_sampler)
