"""What differs between the configurations of runs that are compared, in words."""

from collections.abc import Iterable, Sequence
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
    telling = differing(settings)
    return [", ".join(_text(s, name) for name in telling if name in s) for s in settings]


def differing(settings: Sequence[dict[str, Any]]) -> list[str]:
    """Return the names of the settings that not all of several have, the most telling first."""
    names = _ordered(TrainConfig().to_json())
    return [name for name in names if len({repr(s.get(name)) for s in settings if s}) > 1]


def worded(settings: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return each setting's name, its name in words, and its value, the most telling first.

    Settings that are empty or off are left out.
    """
    told = [name for name in _ordered(settings) if settings[name] not in ("", False, None)]
    return [(name, _word(name), _value(settings, name)) for name in told]


def _ordered(names: Iterable[str]) -> list[str]:
    there = list(names)
    return [*(n for n in _FIRST if n in there), *(n for n in there if n not in _FIRST)]


def _word(name: str) -> str:
    return _NAMES.get(name, name.replace("_", " "))


def _value(settings: dict[str, Any], name: str) -> str:
    value = settings[name]
    if value is True:
        return "yes"
    if isinstance(value, float):
        return f"{value:g}"
    if name == "dataset":
        return Path(value).name or str(value)
    return str(value)


def _text(settings: dict[str, Any], name: str) -> str:
    value, word = settings[name], _word(name)
    if isinstance(value, bool):
        return word if value else f"no {word}"
    return f"{word} {_value(settings, name)}" if value != "" else f"no {word}"
