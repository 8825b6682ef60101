"""What a run that goes on keeps, and what its flags may change."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from ...core.errors import DiffvizError
from ...core.files.reading import sha256_of
from ...core.models.catalog import resolve, split_set
from ...core.names import DATASETS
from ...core.recipes import WEIGHTS_FIELDS, TrainConfig
from ...core.runs import read_config
from ...core.runs.files import CHECKPOINT, WEIGHTS
from ...core.runs.foreign import is_foreign
from ...core.runs.run_state import RunState, run_state

SHA256 = "sha256"
"""Entry of a run's environment: by field, the SHA-256 of the weights that it names."""


class Loaded(NamedTuple):
    """The configuration of a training, and where and how the run trained before, if it did."""

    config: TrainConfig
    environment: dict[str, Any]
    notes: list[str]
    """Lines for the user about what is different from before."""


def resumed(run: Path, given: Mapping[str, Any], *, automatic: bool) -> Loaded:
    """Return the configuration of a run that goes on with the fields that flags have ``given``.

    A field may be given again with the run's own value. Data and weights may have another place,
    if they are the same; the number of epochs may grow. ``automatic``: the same command begins
    the run, so fewer epochs than the run has by now are no mistake, and ignored.

    Raises:
        DiffvizError: if a field differs, or data or weights are not where they were.
    """
    loaded, moved = _changed(run, given, automatic)
    config, environment, notes = loaded
    if config.dataset not in DATASETS and not Path(config.dataset).exists():
        raise DiffvizError(
            f"the data of {run} are no longer in {config.dataset}: name their new place with "
            "--dataset"
        )
    for name in WEIGHTS_FIELDS:
        needed = name != "init" or not (run / CHECKPOINT).exists()
        if getattr(config, name) and (needed or name in moved):
            recorded = environment.get(SHA256)
            before = recorded.get(name) if isinstance(recorded, dict) else None
            notes += _compare_weights(run, config, name, before, name in moved)
    return loaded


def finished_line(run: Path, given: Mapping[str, Any], *, automatic: bool) -> str | None:
    """Return what to say of a run that has nothing left to do; None if it has.

    Raises:
        DiffvizError: if one of the fields that flags have ``given`` differs from the run's.
    """
    if run_state(run) is not RunState.FINISHED or not (run / WEIGHTS).is_file():
        return None
    own, _ = read_config(run)
    epochs = _changed(run, given, automatic)[0].config.epochs
    if epochs != own.epochs:
        return None
    return (
        f"{run} is finished: it has trained its {epochs} epochs; --epochs with a larger number "
        f"goes on, diffviz run --weights {run} samples from it"
    )


def _changed(run: Path, given: Mapping[str, Any], automatic: bool) -> tuple[Loaded, set[str]]:
    """Return the configuration with what may change, and the fields that have another place."""
    config, environment = read_config(run)
    if is_foreign(environment):
        raise DiffvizError(f"{run} was written by another program: only that can go on with it")
    notes: list[str] = []
    changes: dict[str, Any] = {}
    for name, value in given.items():
        own = getattr(config, name)
        if value == own:
            continue
        if name == "epochs":
            changes |= _changed_epochs(run, config, value, automatic, notes)
        elif _may_move(run, name, own, value):
            changes[name] = value
        else:
            raise DiffvizError(
                f"{_flag(name)} is {value}, but {run} began with {_or_none(own)}: leave it out, or "
                "begin another run with another --out"
            )
    moved = changes.keys() & {"dataset", *WEIGHTS_FIELDS}
    return Loaded(replace(config, **changes), environment, notes), moved


def _may_move(run: Path, name: str, own: Any, value: Any) -> bool:
    """Return whether what a field names may be in another place now; the content is compared."""
    if name == "dataset":
        return value not in DATASETS and (run / CHECKPOINT).exists()
    same_set = name in WEIGHTS_FIELDS and split_set(own)[1] == split_set(value)[1]
    return same_set and bool(own and value)


def _or_none(value: object) -> object:
    return "none" if value == "" else value


def weights_digests(config: TrainConfig) -> dict[str, str]:
    """Return the SHA-256 of the weights that a configuration names, by field.

    Raises:
        DiffvizError: naming the flag, if there are no such weights.
    """
    found: dict[str, str] = {}
    for name in WEIGHTS_FIELDS:
        if spec := getattr(config, name):
            try:
                found[name] = _digest(spec)
            except DiffvizError as error:
                raise DiffvizError(f"{_flag(name)}: {error}") from error
    return found


def _changed_epochs(
    run: Path, config: TrainConfig, epochs: int, automatic: bool, notes: list[str]
) -> dict[str, int]:
    decays = config.lr_decay != "constant"
    if epochs < config.epochs and automatic:
        notes.append(f"{run} has {config.epochs} epochs by now: --epochs {epochs} is ignored")
        return {}
    if epochs < config.epochs and decays:
        raise DiffvizError(
            f"--epochs {epochs} is fewer than the {config.epochs} of {run}, whose learning rate "
            "falls until then: leave it out, or stop the training where it is (Ctrl+C)"
        )
    rest = "; its learning rate now falls until then" if decays else ""
    notes.append(f"{run} had {config.epochs} epochs, now it has {epochs}{rest}")
    return {"epochs": epochs}


def _compare_weights(
    run: Path, config: TrainConfig, name: str, before: object, moved: bool
) -> list[str]:
    """Return notes about weights of the run that have another place or content than before."""
    spec = getattr(config, name)
    try:
        now = _digest(spec)
    except DiffvizError as error:
        raise DiffvizError(
            f"the {name} weights of {run}: {error}; name their new place with {_flag(name)}"
        ) from error
    if not isinstance(before, str):
        return [f"{run} doesn't know which {name} weights it had: {spec} are used"] * moved
    if now == before:
        return []
    if moved:
        raise DiffvizError(
            f"{_flag(name)} {spec} has other weights than {run} began with (SHA-256 {now[:12]}…, "
            f"not {before[:12]}…)"
        )
    return [f"the {name} weights {spec} have changed since {run} began"]


def _digest(spec: str) -> str:
    return sha256_of(resolve(split_set(spec)[0]))


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")
