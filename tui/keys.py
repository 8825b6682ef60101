"""The one key table: bindings, footer and help are all made from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto


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


@dataclass(frozen=True)
class Key:
    """One key (or a few that do the same)."""

    names: str
    """Textual's names, separated by commas."""
    shown: str
    """How the key is written on the screen."""
    action: str
    help: str
    footer: Mapping[State, str] = field(default_factory=dict)
    """What it does now, in a word or two; not in the footer in other states."""


def _always(text: str) -> dict[State, str]:
    return dict.fromkeys(State, text)


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
    Key("left,comma", "← →", "move(-1)", "one step back or on", dict.fromkeys(_LIVE, "scrub")),
    Key("right,full_stop", "→", "move(1)", ""),
    Key("end", "End", "live", "", dict.fromkeys(_PAST, "live")),
    Key("shift+left", "shift ← →", "move(-10)", "ten steps back or on"),
    Key("shift+right", "shift+→", "move(10)", ""),
    Key("home", "Home End", "first", "to the noise, to the newest step (live)"),
    *(
        Key(str(n), "1-4", f"phase({n})", "to the beginning of a phase, once seen" * (n == 1))
        for n in range(1, 5)
    ),
    Key(
        "b",
        "b",
        "branch",
        "branch: this x_t goes on with fresh noise",
        dict.fromkeys((*_LIVE, *_PAST), "branch"),
    ),
    Key("n", "n", "next_seed", "next seed, from its noise", _always("next seed")),
    Key("g", "g", "app.grid", "32 digits at once", _always("grid")),
    Key("c", "c", "app.race", "race samplers from the same noise", _always("race")),
    Key("f", "f", "app.forward", "the forward process: noise a digit", _always("forward")),
    Key("plus,equals_sign", "+ -", "faster", "more or fewer steps per second"),
    Key("minus", "-", "slower", ""),
    Key("tab", "Tab", "panels", "other panels, where there isn't room for all", _always("panels")),
    Key("question_mark", "?", "help", "show or hide this list", _always("help")),
    Key("q", "q", "quit", "quit", _always("quit")),
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
