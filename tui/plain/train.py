"""``diffviz train`` without an app: prepare data and device, train, and print events."""

import platform
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ...core.data import ImageData, Reading
from ...core.errors import printable
from ...core.machine.device import pick_device, set_threads
from ...core.machine.distributed import Group, joined, process_threads
from ...core.machine.unusable import fallback_notice
from ...core.recipes import TrainConfig
from ...core.records import Finished, TrainEvent
from ...core.runs import RunFolder
from ...core.runs.tensorboard import check_tensorboard, export_events
from ...core.train import Extras, train
from ...core.train.batches import batches_per_epoch
from ..stderr import print_notice
from ..terminal.signals import print_if_open, stop_on_signals
from ..text import shell_word
from .load_data import load_for_training
from .narrated import narrate_training
from .resuming import SHA256
from .train_options import TrainOptions, free_folder
from .train_progress import show_progress

THINNED = "thinned"
"""Weights of epochs that are kept by default; see :attr:`Extras.keep`."""
_PREVIEW_EVERY, _PREVIEW_EVERY_ON_GPUS = 100, 500  # batches


def train_plainly(options: TrainOptions, *, narrate: bool = False) -> int:
    """Train, print progress or tell of it in few lines, and return the exit status."""
    show = partial(narrate_training, say=print_if_open) if narrate else show_progress
    with joined(options.device, training=True, tell=print_notice) as (group, device):
        config, previous, notes = options.load_config()
        environment = _environment(options, previous)
        # An error of data or device must not leave an empty run behind.
        data, chosen = _prepare(config, options.reading(config), environment, device, group)
        read = data.reading
        config = replace(config, invert=read.invert is True, white_level=read.white_level or 255)
        every = _PREVIEW_EVERY if chosen.type == "cpu" else _PREVIEW_EVERY_ON_GPUS
        extras = Extras(
            preview_every=environment.get("preview_every", every),
            score=environment.get("score", 0),
            keep=_kept_epochs(environment.get("keep")),
        )
        notes += _warm_up_notes(config, batches_per_epoch(config, data, group))
        start = partial(
            train, config, data, device=chosen, resume=options.resume is not None, extras=extras,
            group=group,
        )  # fmt: skip
        if not group.main:
            return _follow(start, options.resume or Path())
        if options.resume is not None:
            opened = RunFolder.open(options.resume)
        else:
            out = options.out or free_folder(config.recipe)
            opened = RunFolder.create(out, config, environment)
        with opened as folder:
            if folder.lock_problem is not None:
                notes.append(
                    f"{folder.path} can't be locked ({folder.lock_problem}): nothing keeps a "
                    "second training out of it"
                )
            for note in data.notes:
                print_if_open(printable(note))
            return _lead(
                start, folder, config, environment, notes, show, new=options.resume is None
            )


def _environment(options: TrainOptions, previous: dict[str, Any]) -> dict[str, Any]:
    """Return where and how a run trains, which is stored with it for a resume without flags."""
    data_dir = options.data_dir
    threads = options.threads or (not previous.get("default_threads") and previous.get("threads"))
    environment: dict[str, Any] = {
        "data_dir": str(data_dir) if data_dir else previous.get("data_dir"),
        "device": options.device if options.device != "auto" else previous.get("device", "auto"),
        "threads": threads or process_threads(training=True),
        "versions": versions(),
    }
    if not threads:
        environment["default_threads"] = True  # on another computer there may be another number
    if SHA256 in previous:
        environment[SHA256] = previous[SHA256]
    # runs that began before this was stored keep all
    keep = options.keep or previous.get("keep", THINNED if options.resume is None else None)
    if keep is not None:
        environment["keep"] = keep
    for name in ("preview_every", "score"):
        value = getattr(options, name)
        value = previous.get(name) if value is None else value
        if type(value) is int and value >= 0:
            environment[name] = value
    if options.tensorboard or previous.get("tensorboard") is True:
        check_tensorboard()
        environment["tensorboard"] = True
    return environment


def _kept_epochs(keep: object) -> int | None:
    """Return the value of :attr:`Extras.keep` for the entry ``keep`` of a run's environment."""
    if keep == THINNED:
        return None
    text = str(keep)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _warm_up_notes(config: TrainConfig, batches: int) -> list[str]:
    """Return a note if the learning rate rises until the end of the training."""
    steps = batches * config.epochs
    if config.warmup_steps < steps:
        return []
    return [
        f"the warm-up ({config.warmup_steps} batches) is no shorter than the training ({steps}): "
        f"the learning rate only rises, to {steps / config.warmup_steps:.0%} of its highest; more "
        "--epochs or a smaller --batch-size give more batches"
    ]


def versions() -> dict[str, str]:
    """Return the versions of the software that decides a run's numbers."""
    from importlib.metadata import version

    found = {name: version(name) for name in ("diffviz", "torch", "numpy")}
    return {"python": platform.python_version()} | found


def _prepare(
    config: TrainConfig, reading: Reading, environment: dict[str, Any], device: str, group: Group
):
    """Return the data set and the device of a run; process 0 downloads what is missing."""
    set_threads(environment["threads"])
    chosen = pick_device(device if group.size > 1 else environment["device"])
    folder = environment["data_dir"]
    data: ImageData | None = None
    for main in (True, False):
        if group.main is main:
            data = load_for_training(config.dataset, Path(folder) if folder else None, reading)
        group.wait()
    assert data is not None
    if group.main and (notice := fallback_notice(f"PyTorch on {chosen}")):
        print_notice(notice)
    batches_per_epoch(config, data, group)
    return data, chosen


def _lead(
    start: partial[Iterator[TrainEvent]],
    folder: RunFolder,
    config: TrainConfig,
    environment: dict[str, Any],
    notes: list[str],
    show: Callable[[Iterable[TrainEvent]], TrainEvent | None],
    *,
    new: bool,
) -> int:
    """Train, log and print; return the exit status."""

    def events() -> Iterator[TrainEvent]:
        training = start(folder.path, stop=stop.event)
        try:
            started = next(training)
        except BaseException:
            if new:
                folder.discard()
            raise
        folder.write_config(config, environment)  # a refused --resume changes nothing
        for note in notes:
            print_notice(note)
        yield started
        yield from training

    with stop_on_signals() as stop:
        recorded = folder.record(events())
        if environment.get("tensorboard"):
            recorded = export_events(recorded, folder.path)
        last = show(recorded)
    if not isinstance(last, Finished) or last.complete:
        return 0
    name = shell_word(folder.path)
    print_if_open(f"saved after epoch {last.epoch}, batch {last.batch}; go on with --resume {name}")
    return stop.status


def _follow(start: partial[Iterator[TrainEvent]], run: Path) -> int:
    """Train silently as one of several processes that are not the first; return the status."""
    with stop_on_signals(announce=False) as stop:
        for _ in start(run, stop=stop.event):
            pass
    return stop.status
