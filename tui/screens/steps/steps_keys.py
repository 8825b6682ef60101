"""The key table of the screen of steps; see ``tui/keys.py`` for what a Key is."""

from enum import Enum, auto

from ...keys import PALETTE, Key, common_keys


class StepsState(Enum):
    """What the screen shows."""

    LIVE = auto()
    """The newest step, whichever that is."""
    BACK = auto()
    """An earlier step."""
    REPLAY = auto()
    """Earlier steps, moving towards the newest."""


STEPS_KEYS: tuple[Key, ...] = (
    Key(
        "space",
        "space",
        "play",
        "replay from here, or stop that",
        {StepsState.LIVE: "replay", StepsState.BACK: "replay", StepsState.REPLAY: "stop"},
        command="Replay from here, or stop that",
    ),
    Key("left", "← →", "move(-1)", "one step back or on", "step", command="Go one step back"),
    Key("right", "→", "move(1)", "", command="Go one step on"),
    Key("shift+left", "shift ← →", "move(-10)", "ten steps", command="Go ten steps back"),
    Key("shift+right", "shift+→", "move(10)", "", command="Go ten steps on"),
    Key(
        "home",
        "Home",
        "first",
        "the first step of this sampling",
        command="Go to the first step of this sampling",
    ),
    Key(
        "end",
        "End",
        "live",
        "the newest step",
        {StepsState.BACK: "newest"},
        command="Go to the newest step",
    ),
    Key(
        "n",
        "n N",
        "sampling(1)",
        "the next sampling, the one before",
        "sampling",
        command="Go to the next sampling",
    ),
    Key("N", "N", "sampling(-1)", "", command="Go to the sampling before"),
    Key(
        "plus,equals_sign", "+ -", "speed(True)", "replay faster or slower", command="Replay faster"
    ),
    Key("minus", "-", "speed(False)", "", command="Replay slower"),
    *common_keys(PALETTE),
)
