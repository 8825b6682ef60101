"""The key table of the forward screen; see ``tui/keys.py`` for what a Key is."""

from ...keys import BACK, Key, State, common_keys, phase_keys

FORWARD_KEYS: tuple[Key, ...] = (
    Key(
        "space",
        "space",
        "play",
        "play how the digit becomes noise, or pause",
        {State.PLAYING: "pause", State.PAUSED: "play"},
        command="Play how the digit becomes noise, or pause",
    ),
    Key(
        "left,comma",
        "← →",
        "move(-1)",
        "one timestep to the noise or to the digit",
        "scrub",
        command="Go one timestep to the noise",
    ),
    Key("right,full_stop", "→", "move(1)", "", command="Go one timestep to the digit"),
    Key(
        "shift+left",
        "shift ← →",
        "move(-10)",
        "ten timesteps",
        command="Go ten timesteps to the noise",
    ),
    Key("shift+right", "shift+→", "move(10)", "", command="Go ten timesteps to the digit"),
    Key("home", "Home End", "seek(1000)", "to the noise, to the digit", command="Go to the noise"),
    Key("end", "End", "seek(0)", "", command="Go to the digit"),
    *phase_keys(footer="phase"),
    Key(
        "n",
        "n",
        "next_image",
        "another real digit, where there are some",
        "next digit",
        command="Take another real digit, where there are some",
    ),
    *common_keys(BACK),
)
