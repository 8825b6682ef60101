"""``diffviz train`` without an app: prepare data and device, train, and print events."""

import platform
from collections.abc import Iterator, Sequence
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
from ..terminal.signals import stop_on_signals
from ..text import shell_word
from .load_data import load_for_training
from .train_options import TrainOptions, free_folder
from .train_progress import show_progress

_PREVIEW_EVERY, _PREVIEW_EVERY_ON_GPUS = 100, 500  # batches


def train_plainly(options: TrainOptions) -> int:
    """Train, print progress, and return the exit status."""
    with joined(options.device) as (group, device):
        config, previous = options.load_config()
        environment = _environment(options, previous)
        # An error of data or device must not leave an empty run behind.
        data, chosen = _prepare(config, options.reading(config), environment, device, group)
        read = data.reading
        config = replace(config, invert=read.invert is True, white_level=read.white_level or 255)
        every = _PREVIEW_EVERY if chosen.type == "cpu" else _PREVIEW_EVERY_ON_GPUS
        extras = Extras(
            preview_every=environment.get("preview_every", every),
            score=environment.get("score", 0),
        )
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
            return _lead(start, folder, config, environment, data.notes)


def _environment(options: TrainOptions, previous: dict[str, Any]) -> dict[str, Any]:
    """Return where and how a run trains, which is stored with it for a resume without flags."""
    data_dir = options.data_dir
    environment = {
        "data_dir": str(data_dir) if data_dir else previous.get("data_dir"),
        "device": options.device if options.device != "auto" else previous.get("device", "auto"),
        "threads": options.threads or previous.get("threads") or process_threads(),
        "versions": versions(),
    }
    for name in ("preview_every", "score"):
        value = getattr(options, name)
        value = previous.get(name) if value is None else value
        if type(value) is int and value >= 0:
            environment[name] = value
    if options.tensorboard or previous.get("tensorboard") is True:
        check_tensorboard()
        environment["tensorboard"] = True
    return environment


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
    notes: Sequence[str],
) -> int:
    """Train, log and print; return the exit status."""

    def events() -> Iterator[TrainEvent]:
        training = start(folder.path, stop=stop.event)
        started = next(training)
        folder.write_config(config, environment)  # a refused --resume changes nothing
        yield started
        yield from training

    with stop_on_signals() as stop:
        for note in notes:
            print(printable(note), flush=True)
        recorded = folder.record(events())
        if environment.get("tensorboard"):
            recorded = export_events(recorded, folder.path)
        last = show_progress(recorded)
    if not isinstance(last, Finished) or last.complete:
        return 0
    name = shell_word(folder.path)
    print(f"saved after epoch {last.epoch}, batch {last.batch}; go on with --resume {name}")
    return stop.status


def _follow(start: partial[Iterator[TrainEvent]], run: Path) -> int:
    """Train silently as one of several processes that are not the first; return the status."""
    with stop_on_signals(announce=False) as stop:
        for _ in start(run, stop=stop.event):
            pass
    return stop.status
