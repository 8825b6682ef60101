"""What the user has chosen on the screens, kept from one start to the next.

It is one small JSON file, ``settings.json`` in the folder ``diffviz`` of ``$XDG_CONFIG_HOME``
(``~/.config`` without it). A file that can't be understood is ignored; so is each value of it.
Recordings and commands without a screen neither read nor write it.
"""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from ...core.files.atomic import write_atomically
from ...core.files.reading import read_bounded
from ..keys import Pace

_MAX_BYTES = 100_000
_LONGEST = 3600.0
FIELDS = ("theme", "speed", "uneven", "panels")


class Settings(NamedTuple):
    """The choices; None where there is none yet."""

    light: bool | None = None
    pace: Pace | None = None
    uneven: bool = False
    panels: int = 0
    """The page of panels of the run screen."""


def settings_file() -> Path | None:
    """Return where the settings are; None for a user without a home folder."""
    folder, home = os.environ.get("XDG_CONFIG_HOME"), os.environ.get("HOME")
    if folder:
        return Path(folder, "diffviz", "settings.json")
    return Path(home, ".config", "diffviz", "settings.json") if home else None


def read_settings(file: Path | None) -> tuple[Settings, str]:
    """Return the settings in ``file``, and a line about what is wrong with it (may be empty)."""
    if file is None:
        return Settings(), ""
    try:
        found = json.loads(read_bounded(file, _MAX_BYTES))
    except FileNotFoundError:
        return Settings(), ""
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not JSON"
        return Settings(), f"{file} is ignored ({reason}): remove it, or choose anew"
    if not isinstance(found, dict):
        return Settings(), f"{file} is ignored (no JSON object): remove it, or choose anew"
    wrong = [name for name in FIELDS if name in found and not _is_right(name, found[name])]
    about = f"{file}: {', '.join(wrong)} can't be understood and is ignored" if wrong else ""
    right = {name: value for name, value in found.items() if name not in wrong}
    theme = right.get("theme")
    settings = Settings(
        None if theme is None else theme == "light",
        _pace(right["speed"]) if "speed" in right else None,
        right.get("uneven", False),
        right.get("panels", 0),
    )
    return settings, about


def write_settings(file: Path | None, settings: Settings) -> None:
    """Write the settings, if that is possible; the choices of one run are no reason to fail."""
    if file is None:
        return
    values: dict[str, Any] = {"uneven": settings.uneven, "panels": settings.panels}
    if settings.light is not None:
        values["theme"] = "light" if settings.light else "dark"
    if settings.pace is not None:
        length, speed = settings.pace.length, settings.pace.speed
        values["speed"] = f"{length:g}s" if length else "max" if speed is None else f"{speed:g}"
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, (json.dumps(values, indent=2, sort_keys=True) + "\n").encode())


def _is_right(name: str, value: Any) -> bool:
    match name:
        case "theme":
            return value in ("dark", "light")
        case "speed":
            return _pace(value) is not None
        case "uneven":
            return isinstance(value, bool)
        case _:
            return type(value) is int and 0 <= value < 100


def _pace(text: Any) -> Pace | None:
    """Return the pace that ``--speed`` calls ``text``; None for anything else."""
    if text == "max":
        return Pace()
    if not isinstance(text, str):
        return None
    try:
        value = float(text.removesuffix("s"))
    except ValueError:
        return None
    if not 0 < value <= (_LONGEST if text.endswith("s") else 1e6):
        return None
    return Pace(length=value) if text.endswith("s") else Pace(value)
