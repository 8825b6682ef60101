"""The one key table: bindings, footer and help are all made from it."""

from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType
from typing import NamedTuple

from ..core.phases import Phase


class State(Enum):
    """What the run screen is doing."""

    LOADING = auto()
    PLAYING = auto()
    PAUSED = auto()
    DONE = auto()
    FAILED = auto()
    BACK = auto()
    """Looking at a step before the newest one, sampling or not."""
    REPLAY = auto()
    """The same, moving towards the newest step."""


class Key(NamedTuple):
    """One key (or a few that do the same)."""

    names: str
    """Textual's names, separated by commas."""
    shown: str
    """How the key is written on the screen."""
    action: str
    help: str
    footer: Mapping[State, str] = MappingProxyType({})
    """What it does now, in a word or two; not in the footer in other states."""
    command: str = ""
    """Its name in the command palette; empty for ``help``."""


def always(text: str) -> dict[State, str]:
    """Return a footer that says ``text`` in every state."""
    return dict.fromkeys(State, text)


RECORD = Key("r", "r", "app.record", "record what is seen into a file, live; again ends it")
THEME = Key("t", "t", "app.change_theme", "dark or light theme")

_LIVE = (State.PLAYING, State.PAUSED, State.DONE)
_PAST = (State.BACK, State.REPLAY)

KEYS: tuple[Key, ...] = (
    Key(
        "space",
        "space",
        "play",
        "play or pause; plays what was seen when back in time",
        {
            State.LOADING: "pause",
            State.PLAYING: "pause",
            State.PAUSED: "play",
            State.DONE: "replay",
            State.FAILED: "try again",
            State.BACK: "play from here",
            State.REPLAY: "stop",
        },
    ),
    Key(
        "left,comma",
        "← →",
        "move(-1)",
        "one step back or on",
        dict.fromkeys(_LIVE, "scrub"),
        "one step back",
    ),
    Key("right,full_stop", "→", "move(1)", "", command="one step on (pauses first)"),
    Key("end", "End", "live", "", dict.fromkeys(_PAST, "live"), "to the newest step (live)"),
    Key("shift+left", "shift ← →", "move(-10)", "ten steps back or on", command="ten steps back"),
    Key("shift+right", "shift+→", "move(10)", "", command="ten steps on"),
    Key("home", "Home End", "first", "to the noise, to the newest step", command="to the noise"),
    *(
        Key(
            str(n),
            "1-4",
            f"phase({n})",
            "to the beginning of a phase, once seen" * (n == 1),
            command=f"to the beginning of phase {n}: {phase.label}",
        )
        for n, phase in enumerate(Phase, 1)
    ),
    Key(
        "b",
        "b",
        "branch",
        "branch: this x_t goes on with fresh noise",
        dict.fromkeys((*_LIVE, *_PAST), "branch"),
    ),
    Key(
        "up",
        "↑ ↓ T",
        "walk(-1)",
        "to the next branch of the tree; T shows all of it",
        dict.fromkeys((*_LIVE, *_PAST), "branches"),
        "to the branch before",
    ),
    Key("down", "↓", "walk(1)", "", command="to the next branch"),
    Key("T", "T", "tree", "", command="the tree of branches"),
    Key("n", "n", "next_seed", "next seed, from its noise", always("next seed")),
    Key("g", "g", "app.grid", "32 digits at once", always("grid")),
    Key("c", "c", "app.race", "race samplers from the same noise", always("race")),
    Key("C", "C", "app.compare", "compare weights: the same seed, side by side"),
    Key("f", "f", "app.forward", "the forward process: noise a digit", always("forward")),
    Key(
        "plus,equals_sign",
        "+ -",
        "faster",
        "more or fewer steps per second",
        command="more steps per second",
    ),
    Key("minus", "-", "slower", "", command="fewer steps per second"),
    Key(
        "left_square_bracket",
        "[ ]",
        "noise(-1)",
        "less or more injected noise, from now on",
        command="less injected noise",
    ),
    Key("right_square_bracket", "]", "noise(1)", "", command="more injected noise"),
    Key(
        "m",
        "m w",
        "sampler",
        "next sampler, next weights; same seed",
        command="next sampler, same seed",
    ),
    Key("w", "w", "weights", "", command="next bundled weights, same seed"),
    Key("e", "e", "explain", "explain what is seen", always("explain")),
    RECORD,
    THEME,
    Key("tab", "Tab", "panels", "other panels, where there isn't room for all", always("panels")),
    Key("ctrl+p", "Ctrl+P", "app.command_palette", "all commands, by name"),
    Key("question_mark", "?", "help", "show or hide this list", always("help")),
    Key("q", "q", "quit", "quit", always("quit")),
    Key("ctrl+c", "Ctrl+C", "interrupt", "quit with exit code 130"),
)
"""``Ctrl+C`` and ``q`` work everywhere, the others on the run screen."""

SPEEDS: tuple[float, ...] = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


def faster(speed: float | None) -> float | None:
    """Return the next speed up, in steps per second; None is as fast as possible."""
    if speed is None:
        return None
    return next((rung for rung in SPEEDS if rung > speed), None)


def slower(speed: float | None, measured: float | None) -> float:
    """Return the next speed down.

    From "as fast as possible" that is the first one below what was ``measured``, so that the
    key has a visible effect at once.
    """
    limit = speed if speed is not None else measured
    below = [rung for rung in SPEEDS if limit is None or rung < limit]
    return below[-1] if below else SPEEDS[0]
