"""Options of ``diffviz train``, checked before torch is loaded."""

import argparse
import os
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from ...core.data import Reading, default_data_dir
from ...core.errors import DiffvizError
from ...core.models.catalog import bundled_names, split_set
from ...core.names import DATA_DIR_VARIABLE, DATASETS
from ...core.recipes import TrainConfig, recipe
from ...core.runs import check_no_run, read_config


@dataclass(frozen=True)
class TrainOptions:
    """Options of ``diffviz train``; None leaves a choice to the recipe or to the resumed run.

    Paths are absolute where the run stores them, so that it can be resumed from any folder.
    """

    config: dict[str, Any]
    """Fields of :class:`TrainConfig` set by flags; the recipe has the values of the others."""
    out: Path | None
    resume: Path | None
    data_dir: Path | None
    device: str
    threads: int | None
    preview_every: int | None
    score: int | None
    tensorboard: bool

    @property
    def folder(self) -> Path | None:
        """The run folder; None: the next free one."""
        return self.resume or self.out

    @classmethod
    def from_flags(cls, args: argparse.Namespace) -> "TrainOptions":
        """Return the options that the parsed flags give.

        Raises:
            DiffvizError: if ``--resume`` comes with a flag that decides the run's numbers; only
                ``--epochs`` may extend them.
        """
        names = [field.name for field in fields(TrainConfig)]
        config = {name: value for name in names if (value := getattr(args, name, None)) is not None}
        values = {field.name: getattr(args, field.name) for field in fields(cls)[1:]}
        fixed = [*(config.keys() - {"epochs"}), *(["out"] if args.out is not None else [])]
        if args.resume is not None and fixed:
            raise DiffvizError(
                f"{_flag(min(fixed))} can't be changed with --resume: "
                "the run keeps what it began with"
            )
        for name in config.keys() & _ABSOLUTE.keys():
            config[name] = _ABSOLUTE[name](config[name])
        if args.data_dir is None and args.resume is None and DATA_DIR_VARIABLE in os.environ:
            values["data_dir"] = default_data_dir()
        if values["data_dir"] is not None:
            values["data_dir"] = values["data_dir"].resolve()
        return cls(config, **values)

    def to_flags(self) -> list[str]:
        """Return the flags that give these options."""
        values = self.config | {f.name: getattr(self, f.name) for f in fields(self)[1:]}
        if self.config.get("invert") is False:
            values["no_invert"] = True
        return [
            _flag(name) if value is True else f"{_flag(name)}={value}"
            for name, value in values.items()
            if value is not None and value is not False
        ]

    def load_config(self) -> tuple[TrainConfig, dict[str, Any]]:
        """Return the configuration, and the environment of the run that is resumed.

        Raises:
            DiffvizError: if there is no such recipe or run, or a value is out of range.
        """
        if self.resume is None:
            return recipe(self.config.get("recipe", "default"), **self.config), {}
        config, environment = read_config(self.resume)
        return replace(config, **self.config), environment

    def reading(self, config: TrainConfig) -> Reading:
        """Return how own images are read: as the run did, as the flags say, or as they look."""
        if self.resume is not None:
            return Reading(config.invert, config.white_level)
        return Reading(self.config.get("invert"))

    def with_folder(self) -> "TrainOptions":
        """Return these options with a run folder.

        Raises:
            DiffvizError: if the configuration is refused, or there is a run in ``out`` already.
        """
        config, _ = self.load_config()
        if self.resume is not None:
            return self
        folder = self.out or free_folder(config.recipe)
        check_no_run(folder)
        return replace(self, out=folder)


def free_folder(recipe_name: str) -> Path:
    """Return the next free run folder in ``./runs``."""
    number = 1
    while (folder := Path("runs") / f"{recipe_name}-{number:03d}").exists():
        number += 1
    return folder


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _absolute_weights(name: str) -> str:
    stem, chosen = split_set(name)
    if name and stem not in bundled_names():
        return str(Path(name).resolve())  # @epoch and :ema stay part of the file name
    return stem if chosen is None else f"{stem}:{chosen}"


def _absolute_dataset(name: str) -> str:
    if name not in DATASETS and Path(name).exists():
        return str(Path(name).resolve())
    return name


_ABSOLUTE = {
    "dataset": _absolute_dataset,
    "init": _absolute_weights,
    "teacher": _absolute_weights,
    "guide": _absolute_weights,
}
