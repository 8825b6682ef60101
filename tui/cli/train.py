"""``diffviz train``: train into a run folder, and watch it if there is a terminal."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.errors import printable
from ...core.names import DATASETS, PRECISIONS
from .flags import (
    add_device,
    add_narrate,
    add_terminal,
    dataset_name,
    number_from,
    positive_number,
    seed_number,
    share,
    terminal_of,
    weights_name,
    whole_number,
)
from .parser import one_of
from .remembered import chosen_of

if TYPE_CHECKING:
    from ..plain.train_options import TrainOptions
    from .remembered import Chosen


def add_parser(commands) -> None:
    """Add ``train`` to the command line."""
    parser = commands.add_parser(
        "train",
        help="train a network",
        examples=(
            "diffviz train --dataset synthetic --epochs 2 --out runs/try",
            "diffviz train --plain --resume runs/try",
        ),
        description="Train a network into a run folder, in a separate process, and watch it. With "
        "--plain or without a terminal, train in this process and print plain lines; Ctrl+C saves. "
        "--resume continues. torchrun --no-python diffviz train --plain shares each batch among "
        "processes.",
    )
    add_arguments(parser)
    parser.add_argument(
        "--show", action="store_true", help="draw what the network will see, and do not train"
    )
    parser.add_argument("--plain", action="store_true", help="no screen: plain lines")
    add_narrate(parser, "the training, in this process,")
    add_terminal(parser)
    parser.set_defaults(execute=execute)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags that ``diffviz train`` and ``train_cli.py`` share."""
    from ...core.recipes import RECIPES

    names = ", ".join(RECIPES)
    add = parser.add_argument
    add("--recipe", type=one_of(RECIPES), metavar="NAME", help=f"{names} (default: default)")
    add(
        "--dataset",
        type=dataset_name,
        metavar="NAME",
        help=f"{', '.join(DATASETS)}, a folder of pictures, or an .npz or .npy file "
        f"(default: {DATASETS[0]})",
    )
    add(
        "--invert",
        action=argparse.BooleanOptionalAction,
        help="own images are black ink on white (default: as they look)",
    )
    add("--epochs", type=whole_number(1, 100_000), metavar="N", help="default: the recipe's")
    add(
        "--batch-size",
        type=whole_number(1, 65_536),
        metavar="N",
        help="over all processes together (default: the recipe's)",
    )
    add("--lr", type=positive_number, metavar="X", help="learning rate (default: the recipe's)")
    add("--seed", type=seed_number, metavar="S", help="default: the recipe's")
    for flag, what in (
        ("--init", "begin with these weights instead of random ones"),
        ("--teacher", "learn what these weights predict, not the noise"),
        ("--guide", "worse weights that the teacher is moved away from"),
    ):
        add(flag, type=weights_name, metavar="WEIGHTS", help=what)
    add("--guidance", type=positive_number, metavar="W", help="how far (1: not at all)")
    add(
        "--labels", action="store_true", default=None, help="learn the data set's classes as labels"
    )
    add(
        "--label-dropout",
        type=share,
        metavar="X",
        help="the part of the images shown without their label (default: 0.15)",
    )
    add(
        "--label-guidance",
        type=number_from(0, 100),
        metavar="W",
        help="classifier-free guidance of a teacher with labels (default: 0)",
    )
    add(
        "--precision",
        type=one_of(PRECISIONS),
        choices=PRECISIONS,
        help="of the network (default: the recipe's)",
    )
    add(
        "--data-dir",
        type=Path,
        metavar="DIR",
        help="where data sets are (default: $DIFFVIZ_DATA_DIR, or user's cache)",
    )
    add(
        "--out",
        type=run_folder,
        metavar="DIR",
        help="run folder (default: the next free in ./runs)",
    )
    add(
        "--resume",
        type=run_folder,
        nargs="?",
        const=Path("auto"),
        metavar="RUN",
        help="go on in this run folder; without RUN, in --out if there is a run, else begin it "
        "there: the same command then works any number of times",
    )
    add(
        "--keep",
        type=kept_epochs,
        metavar="N",
        help="keep the weights of the N newest epochs, or all (default: of the first 15, then of "
        "fewer and fewer)",
    )
    add(
        "--preview-every",
        type=whole_number(0, 10**9),
        metavar="N",
        help="batches between two strips of sampled digits, 0: none (default: 100, on GPUs 500)",
    )
    add(
        "--score",
        type=whole_number(0, 100_000),
        metavar="N",
        help="after each epoch, the Frechet distance of N sampled digits (default: 0, none)",
    )
    add(
        "--tensorboard",
        action="store_true",
        help="also write TensorBoard event files (pip install 'diffviz[tensorboard]')",
    )
    add_device(parser)


def run_folder(text: str) -> Path:
    """Return the run folder that a flag names."""
    if not text:
        raise argparse.ArgumentTypeError("an empty text names no folder")
    return Path(text)


def kept_epochs(text: str) -> str:
    """Return the value of ``--keep``: ``all``, or a number from 1."""
    return "all" if text.lower() == "all" else str(whole_number(1, 100_000)(text))


def execute(args: argparse.Namespace) -> int:
    """Train in a separate process and watch it, or train here; return the exit status."""
    from ...core.machine.distributed import process_count
    from ...core.machine.torch_install import is_installed
    from ..plain.torch_offer import offer_torch
    from ..plain.train_options import TrainOptions

    terminal = terminal_of(args)
    options = TrainOptions.from_flags(args)
    if args.show:
        from ..plain.show_data import show_data

        return show_data(options, terminal.printing, sys.stdout)
    if (line := options.finished_line()) is not None:
        print(printable(line))
        return 0
    if not is_installed():
        options.load_config()  # what is wrong with the flags shows before anything is installed
        status = offer_torch("training")
        if status is not None:
            return status
    if args.narrate:
        return train_here(options, narrate=True)
    if args.plain or process_count(training=True) > 1 or not terminal.interactive:
        return train_here(options)
    return _train_and_watch(options, chosen_of(args))


def train_here(options: "TrainOptions", *, narrate: bool = False) -> int:
    """Train in this process and print plain lines, or tell of it; return the exit status.

    Raises:
        DiffvizError: if PyTorch can't be loaded, or the training can't begin or go on.
    """
    if (line := options.finished_line()) is not None:
        print(printable(line))
        return 0
    from ...core.machine.torch_install import import_torch

    import_torch("training")
    from ..plain.train import train_plainly

    return train_plainly(options, narrate=narrate)


def _train_and_watch(options: "TrainOptions", chosen: "Chosen") -> int:
    from ...core.errors import DiffvizError
    from ..exit_codes import FAILURE
    from ..plain.detached import OUTPUT, start_detached
    from ..terminal.signals import print_if_open
    from .watch import watch_new_run

    training = start_detached(options.with_folder())
    status = watch_new_run(training, chosen)
    trouble = training.trouble()
    if training.ended and not training.began and str(training.run / OUTPUT) not in (trouble or ""):
        training.remove_output()
    if trouble is not None:
        raise DiffvizError(trouble)
    if training.ended and not training.began:
        print_if_open("stopped before it began: nothing was trained")
        return 0 if status == FAILURE else status
    print_if_open(_next_command(training.run, training.ended))
    return status


def _next_command(run: Path, ended: bool) -> str:
    """Return the state of the training, and the command that continues with it."""
    from ...core.runs.run_state import RunState, run_state
    from ..text import shell_word

    name = shell_word(run)
    if not ended:
        return f"the training goes on in {printable(str(run))}: diffviz watch {name}"
    if run_state(run) is RunState.FINISHED:
        return f"done: diffviz run --weights {name} samples from it"
    return f"stopped: diffviz train --resume {name} goes on"
