"""``diffviz train``: train without a screen, into a run folder."""

import argparse
import os
import platform
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .flags import add_device, positive_number, seed_number, whole_number

if TYPE_CHECKING:
    import torch

    from ...core.data import ImageData
    from ...core.recipes import TrainConfig
    from ...core.records import TrainEvent
    from ...core.runs import RunFolder

# What decides a run's numbers stays as the run began; --epochs may extend it.
FIXED_ON_RESUME = ("recipe", "batch_size", "lr", "seed", "dataset", "init", "out")


def add_parser(commands) -> None:
    """Add ``train`` to the command line."""
    parser = commands.add_parser(
        "train",
        help="train a network",
        description="Train a network in a run folder. Ctrl+C saves; --resume goes on.",
    )
    add_arguments(parser)
    parser.set_defaults(execute=execute)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags that ``diffviz train`` and ``train_cli.py`` share."""
    from ...core.recipes import RECIPES

    names = ", ".join(RECIPES)
    add = parser.add_argument
    add("--recipe", metavar="NAME", help=f"{names} (default: default)")
    add("--dataset", metavar="NAME", help="mnist or synthetic (default: mnist)")
    add("--epochs", type=whole_number(1, 100_000), metavar="N", help="default: the recipe's")
    add("--batch-size", type=whole_number(1, 65_536), metavar="N", help="default: the recipe's")
    add("--lr", type=positive_number, metavar="X", help="learning rate (default: the recipe's)")
    add("--seed", type=seed_number, metavar="S", help="default: the recipe's")
    add("--init", metavar="WEIGHTS", help="begin with these weights instead of random ones")
    add("--data-dir", type=Path, metavar="DIR", help="where data sets are (default: user's cache)")
    add("--out", type=Path, metavar="DIR", help="run folder (default: the next free in ./runs)")
    add("--resume", type=Path, metavar="RUN", help="go on in this run folder")
    add_device(parser)


def execute(args: argparse.Namespace) -> int:
    """Train, print progress, and return the exit status."""
    from ...core.recipes import recipe
    from ...core.runs import RunFolder, read_config

    if args.resume is not None:
        _refuse_changes(args)
        config, environment = read_config(args.resume)
        epochs = args.epochs
        if epochs is not None:
            from dataclasses import replace

            config = replace(config, epochs=epochs)
        environment |= _environment(args, environment)
        with RunFolder.open(args.resume) as run:
            return _train(run, config, environment, _prepare(config, environment), resume=True)

    config = recipe(
        args.recipe or "default",
        dataset=args.dataset,
        epochs=args.epochs,
        batch_size=args.batch_size,
        lr=args.lr,
        seed=args.seed,
        init=args.init,
    )
    environment = _environment(args, {})
    # Trouble with data or device must not leave an empty run behind.
    prepared = _prepare(config, environment)
    with RunFolder.create(args.out or _free_folder(config.recipe), config, environment) as run:
        return _train(run, config, environment, prepared, resume=False)


def _refuse_changes(args: argparse.Namespace) -> None:
    from ...core.errors import DiffvizError

    given = [name for name in FIXED_ON_RESUME if getattr(args, name) is not None]
    if given:
        flag = "--" + given[0].replace("_", "-")
        raise DiffvizError(
            f"{flag} can't be changed with --resume: the run keeps what it began with"
        )


def _environment(args: argparse.Namespace, before: dict[str, Any]) -> dict[str, Any]:
    """Return where a run trains: kept with it, so that a resume needs no flags."""
    data_dir = args.data_dir.resolve() if args.data_dir is not None else None
    return {
        "data_dir": str(data_dir) if data_dir else before.get("data_dir"),
        "device": args.device if args.device != "auto" else before.get("device", "auto"),
        "threads": args.threads or before.get("threads") or os.cpu_count(),
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Return the versions of what decides a run's numbers."""
    from importlib.metadata import version

    found = {name: version(name) for name in ("diffviz", "torch", "numpy")}
    return {"python": platform.python_version()} | found


def _free_folder(recipe_name: str) -> Path:
    number = 1
    while (folder := Path("runs") / f"{recipe_name}-{number:03d}").exists():
        number += 1
    return folder


def _prepare(
    config: "TrainConfig", environment: dict[str, Any]
) -> "tuple[ImageData, torch.device]":
    """Return the data set and the device of a run."""
    from ...core.data import load_dataset
    from ...core.device import pick_device, set_threads
    from ...core.train import batches_per_epoch

    set_threads(environment["threads"])
    device = pick_device(environment["device"])
    folder = environment["data_dir"]
    data = load_dataset(config.dataset, Path(folder) if folder else None)
    batches_per_epoch(config, data)
    return data, device


def _train(
    run: "RunFolder",
    config: "TrainConfig",
    environment: dict[str, Any],
    prepared: "tuple[ImageData, torch.device]",
    *,
    resume: bool,
) -> int:
    from ...core.records import Finished
    from ...core.train import train
    from ..train_progress import show_progress

    def events() -> "Iterator[TrainEvent]":
        trained = train(config, data, run.path, device=device, resume=resume, stop=stop.event)
        started = next(trained)
        run.write_config(config, environment)  # a refused --resume changes nothing
        yield started
        yield from trained

    data, device = prepared
    with stop_on_signals() as stop:
        last = show_progress(run.record(events()))
    if isinstance(last, Finished) and not last.complete:
        print(f"saved after epoch {last.epoch}, batch {last.batch}; go on with --resume {run.path}")
        return 128 + (stop.signal or signal.SIGINT)
    return 0


class _Stop:
    """The wish to stop, and the signal that expressed it."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.signal: int | None = None


@contextmanager
def stop_on_signals() -> Iterator[_Stop]:
    """Turn the first Ctrl+C, SIGTERM or SIGHUP into a wish; a second Ctrl+C interrupts at once."""
    stop = _Stop()

    def handle(number: int, _frame: object) -> None:
        if stop.event.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.signal = number
        stop.event.set()
        print("stopping after this batch…", file=sys.stderr)

    watched = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, handle) for number in watched}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
