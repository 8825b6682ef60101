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
from ...core.recipes import WEIGHTS_FIELDS, TrainConfig, recipe
from ...core.runs import CONFIG, check_no_run
from .resuming import SHA256, Loaded, finished_line, resumed, weights_digests

AUTO = "auto"
"""``--resume auto``: go on with the run in ``--out``, or begin it."""


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
    keep: str | None
    """``all``, or how many of the newest epochs' weights are kept."""
    automatic: bool = False
    """The same command begins the run and goes on with it: ``--resume`` without a run."""

    @property
    def folder(self) -> Path | None:
        """The run folder; None: the next free one."""
        return self.resume or self.out

    @classmethod
    def from_flags(cls, args: argparse.Namespace) -> "TrainOptions":
        """Return the options that the parsed flags give.

        Raises:
            DiffvizError: if ``--resume`` and ``--out`` name two folders, or neither does.
        """
        names = [field.name for field in fields(TrainConfig)]
        config = {name: value for name in names if (value := getattr(args, name, None)) is not None}
        values = {field.name: getattr(args, field.name) for field in fields(cls)[1:-1]}
        values |= _folders(args.out, args.resume)
        for name in config.keys() & _ABSOLUTE.keys():
            config[name] = _ABSOLUTE[name](config[name])
        if args.data_dir is None and values["resume"] is None and DATA_DIR_VARIABLE in os.environ:
            values["data_dir"] = default_data_dir()
        if values["data_dir"] is not None:
            values["data_dir"] = values["data_dir"].resolve()
        return cls(config, **values)

    def to_flags(self) -> list[str]:
        """Return the flags that give these options."""
        values = self.config | {f.name: getattr(self, f.name) for f in fields(self)[1:-1]}
        if self.config.get("invert") is False:
            values["no_invert"] = True
        if self.automatic:
            values |= {"resume": AUTO, "out": self.folder}
        return [
            _flag(name) if value is True else f"{_flag(name)}={value}"
            for name, value in values.items()
            if value is not None and value is not False
        ]

    def load_config(self) -> Loaded:
        """Return the configuration, and the environment of the run that is resumed.

        Raises:
            DiffvizError: if there is no such recipe, run or weights, a value is out of range, or
                the resumed run began with another.
        """
        if self.resume is not None:
            return resumed(self.resume, self.config, automatic=self.automatic)
        config = recipe(self.config.get("recipe", "default"), **self.config)
        return Loaded(config, {SHA256: digests} if (digests := weights_digests(config)) else {}, [])

    def finished_line(self) -> str | None:
        """Return what to say if the resumed run has nothing left to do; None otherwise.

        Raises:
            DiffvizError: if the run can't be read, or a flag differs from what it began with.
        """
        if self.resume is None:
            return None
        return finished_line(self.resume, self.config, automatic=self.automatic)

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
        config = self.load_config().config
        if self.resume is not None:
            return self
        folder = self.out or free_folder(config.recipe)
        check_no_run(folder)
        return replace(self, out=folder)


def _folders(out: Path | None, resume: Path | None) -> dict[str, Any]:
    """Return the run folder that is made or resumed, and whether that depends on its content."""
    if resume is None:
        return {"out": out, "resume": None}
    if str(resume) == AUTO:
        if out is None:
            raise DiffvizError(
                "--resume without a run goes on with the run in --out, or begins it there: add "
                "--out, or name the run"
            )
        there = (out / CONFIG).exists()
        return {"out": None if there else out, "resume": out if there else None, "automatic": True}
    if out is not None and out.resolve() != resume.resolve():
        raise DiffvizError(f"--out {out} is not the run that goes on, {resume}: leave it out")
    return {"out": None, "resume": resume}


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
    **dict.fromkeys(WEIGHTS_FIELDS, _absolute_weights),
}
