"""What differs between the configurations of runs that are compared, in words."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import DiffvizError
from ..recipes import TrainConfig
from .folder import read_config
from .foreign import is_foreign, known_settings

_NAMES = {"dataset": "data", "architecture": "network", "default_set": "set"}
_FIRST = ("recipe", "lr", "seed", "dataset", "architecture")
_FOREIGN = ("recipe", "architecture", "dataset", "seed")
"""Of a loop of another program, what its configuration says of it."""


def settings_of(run: Path) -> dict[str, Any]:
    """Return the settings of a run by name; empty where they can't be read."""
    try:
        config, environment = read_config(run)
    except DiffvizError:
        return {}
    values = config.to_json()
    if is_foreign(environment):
        known = {k: v for k, v in known_settings(environment).items() if v is not None}
        values = {name: values[name] for name in _FOREIGN} | known
    return values


def differences(settings: Sequence[dict[str, Any]]) -> list[str]:
    """Return for each of several settings what not all of them have: ``lr 0.002, seed 1``.

    The most telling come first; it is empty where nothing differs.
    """
    names = [*_FIRST, *(name for name in TrainConfig().to_json() if name not in _FIRST)]
    telling = [name for name in names if len({repr(s.get(name)) for s in settings if s}) > 1]
    return [", ".join(_text(s, name) for name in telling if name in s) for s in settings]


def _text(settings: dict[str, Any], name: str) -> str:
    value = settings[name]
    word = _NAMES.get(name, name.replace("_", " "))
    if isinstance(value, bool):
        return word if value else f"no {word}"
    if isinstance(value, float):
        value = f"{value:g}"
    elif name == "dataset":
        value = Path(value).name or value
    return f"{word} {value}" if value != "" else f"no {word}"
