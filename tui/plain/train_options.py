"""What the flags of ``diffviz train`` ask for, checked before torch is loaded."""

import argparse
from pathlib import Path

from ...core.errors import DiffvizError
from ...core.models.catalog import bundled_names
from ...core.names import DATASETS
from ...core.recipes import TrainConfig, recipe
from ...core.runs import CONFIG, read_config

# What decides a run's numbers stays as the run began; --epochs may extend it.
FIXED_ON_RESUME = (
    "recipe", "batch_size", "lr", "seed", "dataset", "init", "teacher", "guide", "guidance",
    "precision", "out",
)  # fmt: skip


def run_folder(args: argparse.Namespace) -> Path:
    """Return the folder that a training with these flags will be in.

    Raises:
        DiffvizError: if the flags don't fit together, or there is a run already.
    """
    refuse_changes(args)
    if args.resume is not None:
        read_config(args.resume)
        return args.resume
    config = new_config(args)
    folder = args.out or free_folder(config.recipe)
    if (folder / CONFIG).exists():
        raise DiffvizError(
            f"{folder} holds a run already: go on with --resume {folder}, or name another --out"
        )
    return folder


def new_config(args: argparse.Namespace) -> TrainConfig:
    """Return the configuration of a new run.

    Raises:
        DiffvizError: if there is no such recipe, or a value is out of range.
    """
    return recipe(
        args.recipe or "default",
        dataset=_dataset(args.dataset),
        epochs=args.epochs,
        batch_size=args.batch_size,
        lr=args.lr,
        seed=args.seed,
        init=_lasting(args.init),
        teacher=_lasting(args.teacher),
        guide=_lasting(args.guide),
        guidance=args.guidance,
        precision=args.precision,
    )


def refuse_changes(args: argparse.Namespace) -> None:
    """Raise a DiffvizError if ``--resume`` comes with what a run keeps from its beginning."""
    given = [name for name in FIXED_ON_RESUME if getattr(args, name) is not None]
    if args.resume is not None and given:
        flag = "--" + given[0].replace("_", "-")
        raise DiffvizError(
            f"{flag} can't be changed with --resume: the run keeps what it began with"
        )


def free_folder(recipe_name: str) -> Path:
    """Return the next free run folder in ``./runs``."""
    number = 1
    while (folder := Path("runs") / f"{recipe_name}-{number:03d}").exists():
        number += 1
    return folder


def _lasting(weights: str | None) -> str | None:
    """Return the name of weights such that it means the same wherever a run is resumed."""
    if weights and weights.split(":")[0] not in bundled_names():
        return str(Path(weights).resolve())  # an @epoch or :ema is a part of the last name
    return weights


def _dataset(name: str | None) -> str | None:
    """Return the name of a data set such that it means the same wherever a run is resumed."""
    if name in DATASETS or name is None:  # whatever lies in this folder by that name
        return name
    if name.endswith(".npz") or Path(name).is_dir():
        return str(Path(name).resolve())
    return name
