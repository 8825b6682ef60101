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
from .capabilities import AUTO_THEME, THEMES

_MAX_BYTES = 100_000
_LONGEST = 3600.0
_MOST_KEYS = 100
FIELDS = ("theme", "speed", "uneven", "panels", "reduce_motion", "hints", "known_keys")


class Settings(NamedTuple):
    """The choices; None where there is none yet."""

    theme: str | None = None
    pace: Pace | None = None
    uneven: bool = False
    panels: int = 0
    """The page of panels of the run screen."""
    reduce_motion: bool = False
    hints: bool = True
    """Whether keys that were never used are hinted at."""
    known_keys: tuple[str, ...] = ()
    """Keys that were used or hinted at."""


class Remembered(NamedTuple):
    """What was chosen before, and the file that keeps it; None for nowhere."""

    settings: Settings = Settings()
    file: Path | None = None

    def keep(self, begun: Settings, now: Settings) -> None:
        """Keep what differs ``now`` from how the app has ``begun``: flags count once only."""
        changed = {
            name: getattr(now, name)
            for name in Settings._fields
            if getattr(now, name) != getattr(begun, name)
        }
        if changed:
            write_settings(self.file, self.settings._replace(**changed))


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
    settings = Settings(
        right.get("theme"),
        _pace(right["speed"]) if "speed" in right else None,
        right.get("uneven", False),
        right.get("panels", 0),
        right.get("reduce_motion", False),
        right.get("hints", True),
        tuple(right.get("known_keys", ())[:_MOST_KEYS]),
    )
    return settings, about


def write_settings(file: Path | None, settings: Settings) -> None:
    """Write the settings, if that is possible; the choices of one run are no reason to fail."""
    if file is None:
        return
    plain = ("uneven", "panels", "reduce_motion", "hints", "known_keys")
    values: dict[str, Any] = {name: getattr(settings, name) for name in plain}
    if settings.theme is not None:
        values["theme"] = settings.theme
    if settings.pace is not None:
        length, speed = settings.pace.length, settings.pace.speed
        values["speed"] = f"{length:g}s" if length else "max" if speed is None else f"{speed:g}"
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, (json.dumps(values, indent=2, sort_keys=True) + "\n").encode())


def _is_right(name: str, value: Any) -> bool:
    match name:
        case "theme":
            return value in (*THEMES, AUTO_THEME)
        case "speed":
            return _pace(value) is not None
        case "uneven" | "reduce_motion" | "hints":
            return isinstance(value, bool)
        case "known_keys":
            return isinstance(value, list) and all(_is_name(name) for name in value[:_MOST_KEYS])
        case _:
            return type(value) is int and 0 <= value < 100


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and len(value) < 40


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
