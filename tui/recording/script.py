"""Scripts: the keys to press while a recording is made, the waits, and the events to wait for."""

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from unicodedata import lookup

from ...core.errors import DiffvizError
from ...core.phases import Phase

DONE = "done"
_EVENTS = (*(phase.label for phase in Phase), DONE)
_MAX_WAIT_S = 3600.0
_MAX_REPEATS = 1000


class Press(NamedTuple):
    """Press a key, given by Textual's name."""

    key: str


class Wait(NamedTuple):
    """Wait for a time."""

    seconds: float


class Until(NamedTuple):
    """Wait for an event: the start of a phase, or ``done``."""

    event: str


Action = Press | Wait | Until
Script = tuple[Action, ...]

_SHOW = Wait(2.0)
_SETTLE = Wait(0.5)


def _slowly(key: str, times: int) -> tuple[Action, ...]:
    """Return a key pressed some times, so that each of them is seen."""
    return (Press(key), Wait(0.1)) * times


SCENARIOS: dict[str, Script] = {
    "run": (Until(DONE), _SHOW),
    "race": (Press("c"), Until(DONE), _SHOW),
    "branch": (
        Until(Phase.LOCK_IN.label),
        Press("space"),
        _SETTLE,
        Press("3"),
        _SETTLE,
        Press("b"),
        _SETTLE,
        Press("8"),
        Until(DONE),
        _SHOW,
    ),
    "grid": (Press("g"), Until(DONE), _SHOW),
    "draw": (
        Press("D"),
        *(Press("left"),) * 7,
        *(Press("up"),) * 7,
        *_slowly("shift+right", 13),
        *_slowly("shift+down", 4),
        *(key for _ in range(6) for key in _slowly("shift+left", 1) + _slowly("shift+down", 2)),
        _SETTLE,
        Press("enter"),
        Press("8"),
        Until(DONE),
        _SHOW,
    ),
    "train": (Until(DONE), _SHOW),
}
"""The scripts that ``--scenario`` names; each ends with a pause to show the result."""
DRAWN: Script = (Press("D"), _SHOW, Press("enter"), Press("8"), Until(DONE), _SHOW)
"""The scenario ``draw`` for a picture that is given."""


def read_script(path: Path) -> Script:
    """Read the actions of a file.

    Raises:
        DiffvizError: if it can't be read, or a line is not an action.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(1 << 20)
    except (OSError, UnicodeDecodeError) as error:
        raise DiffvizError(f"can't read the script {path}: {_reason(error)}") from error
    actions: list[Action] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split()
        if words:
            try:
                actions += _actions(words)
            except ValueError as error:
                raise DiffvizError(f"{path}, line {number}: {error}") from error
    return tuple(actions)


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return "it isn't UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error.strerror)


def _actions(words: list[str]) -> list[Action]:
    match words:
        case ["wait", seconds]:
            return [Wait(_number(seconds))]
        case ["until", event]:
            if event not in _EVENTS:
                raise ValueError(f"'until {event}': wait until {', '.join(_EVENTS)}")
            return [Until(event)]
        case [key]:
            name, _, times = key.partition("*")
            if times and not (times.isascii() and times.isdigit() and int(times) <= _MAX_REPEATS):
                raise ValueError(f"'{key}': write KEY*TIMES with at most {_MAX_REPEATS} times")
            if not _is_key(name):
                raise ValueError(f"'{name}' is no key; write for example a, 8, +, space or right")
            return [Press(name)] * int(times or 1)
    raise ValueError(f"'{' '.join(words)}': write a key, 'wait SECONDS' or 'until EVENT'")


def _is_key(name: str) -> bool:
    """Return whether ``name`` is a character, or Textual's name of a key."""
    from textual.keys import KEY_TO_UNICODE_NAME, Keys  # not for --help

    if len(name) == 1:
        return name.isprintable()
    *modifiers, key = name.split("+")
    known = key in set(Keys) or (key.isalpha() and len(key) == 1) or key in KEY_TO_UNICODE_NAME
    with suppress(KeyError):
        known = known or bool(lookup(key.replace("_", " ").upper()))
    return known and set(modifiers) <= {"shift", "ctrl", "alt"}


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= _MAX_WAIT_S:
        raise ValueError(f"'wait {text}': from 0 to {_MAX_WAIT_S:g} seconds")
    return value
