"""Training without a screen: run folder, data and device together, and what is printed."""

import argparse
import platform
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...core.data import ImageData, load_dataset
from ...core.machine.device import pick_device, set_threads
from ...core.machine.distributed import Group, joined, own_threads
from ...core.recipes import TrainConfig
from ...core.records import Finished, TrainEvent
from ...core.runs import RunFolder, read_config
from ...core.runs.tensorboard import check_tensorboard, export_events
from ...core.train import Extras, train
from ...core.train.batches import batches_per_epoch
from ..terminal.stop_signals import stop_on_signals
from .train_options import free_folder, new_config, refuse_changes
from .train_progress import show_progress

_PREVIEW_EVERY, _PREVIEW_EVERY_ON_GPUS = 100, 500  # batches


def train_plainly(args: argparse.Namespace) -> int:
    """Train as the flags say, print progress, and return the exit status."""
    refuse_changes(args)
    with joined(args.device) as (group, device):
        if args.resume is not None:
            config, kept = read_config(args.resume)
            config = config if args.epochs is None else replace(config, epochs=args.epochs)
        else:
            config, kept = new_config(args), {}
        environment = _environment(args, kept)
        # Trouble with data or device must not leave an empty run behind.
        data, picked = _prepare(config, environment, device, group)
        work = _Work(config, environment, data, picked, group, args.resume is not None)
        if not group.main:
            return work.follow(args.resume or Path())
        folder = args.resume or args.out or free_folder(config.recipe)
        opened = (
            RunFolder.open(folder) if work.resume else RunFolder.create(folder, config, environment)
        )
        with opened as run:
            return work.lead(run)


def _environment(args: argparse.Namespace, before: dict[str, Any]) -> dict[str, Any]:
    """Return where and how a run trains: kept with it, so that a resume needs no flags."""
    data_dir = args.data_dir.resolve() if args.data_dir is not None else None
    environment = {
        "data_dir": str(data_dir) if data_dir else before.get("data_dir"),
        "device": args.device if args.device != "auto" else before.get("device", "auto"),
        "threads": args.threads or before.get("threads") or own_threads(),
        "versions": versions(),
    }
    for name in ("preview_every", "score"):
        value = getattr(args, name)
        value = before.get(name) if value is None else value
        if type(value) is int and value >= 0:
            environment[name] = value
    if args.tensorboard or before.get("tensorboard") is True:
        check_tensorboard()
        environment["tensorboard"] = True
    return environment


def versions() -> dict[str, str]:
    """Return the versions of what decides a run's numbers."""
    from importlib.metadata import version

    found = {name: version(name) for name in ("diffviz", "torch", "numpy")}
    return {"python": platform.python_version()} | found


def _prepare(config: TrainConfig, environment: dict[str, Any], device: str, group: Group):
    """Return the data set and the device of a run; process 0 downloads what is missing."""
    set_threads(environment["threads"])
    picked = pick_device(device if group.size > 1 else environment["device"])
    folder = environment["data_dir"]
    data: ImageData | None = None
    for main in (True, False):
        if group.main is main:
            data = load_dataset(config.dataset, Path(folder) if folder else None)
        group.wait()
    assert data is not None
    batches_per_epoch(config, data, group)
    return data, picked


class _Work:
    """A training that is ready to begin."""

    def __init__(self, config, environment, data, device, group: Group, resume: bool) -> None:
        self.config, self.environment, self.resume = config, environment, resume
        self._data, self._device, self._group = data, device, group
        every = _PREVIEW_EVERY if device.type == "cpu" else _PREVIEW_EVERY_ON_GPUS
        self._extras = Extras(
            preview_every=environment.get("preview_every", every),
            score=environment.get("score", 0),
        )

    def lead(self, run: RunFolder) -> int:
        """Train, log, print; return the exit status."""

        def events() -> Iterator[TrainEvent]:
            trained = self._train(run.path, stop.event)
            started = next(trained)
            run.write_config(self.config, self.environment)  # a refused --resume changes nothing
            yield started
            yield from trained

        with stop_on_signals() as stop:
            recorded = run.record(events())
            if self.environment.get("tensorboard"):
                recorded = export_events(recorded, run.path)
            last = show_progress(recorded)
        if isinstance(last, Finished) and not last.complete:
            print(
                f"saved after epoch {last.epoch}, batch {last.batch}; "
                f"go on with --resume {run.path}"
            )
            return 128 + stop.signal if stop.signal else 0
        return 0

    def follow(self, run: Path) -> int:
        """Train beside the process that leads, silently; return the exit status."""
        with stop_on_signals(tell=False) as stop:
            for _ in self._train(run, stop.event):
                pass
        return 128 + stop.signal if stop.signal else 0

    def _train(self, run: Path, stop):
        return train(
            self.config, self._data, run, device=self._device, resume=self.resume, stop=stop,
            extras=self._extras, group=self._group,
        )  # fmt: skip
