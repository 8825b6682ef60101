"""The key table of the forward screen; see ``tui/keys.py`` for what a Key is."""

from ...keys import BACK, Key, common_keys

FORWARD_KEYS: tuple[Key, ...] = (
    Key("left", "← →", "move(-1)", "one timestep to the noise or to the digit", "scrub"),
    Key("right", "→", "move(1)", ""),
    Key("shift+left", "shift ← →", "move(-25)", "25 timesteps"),
    Key("shift+right", "shift+→", "move(25)", ""),
    Key("home", "Home End", "seek(1000)", "to the noise, to the digit"),
    Key("end", "End", "seek(0)", ""),
    Key("1", "1-4", "seek(1000)", "to the beginning of a phase", "phase"),
    Key("2", "2", "seek(600)", ""),
    Key("3", "3", "seek(400)", ""),
    Key("4", "4", "seek(100)", ""),
    Key(
        "n",
        "n",
        "next_image",
        "another real digit, where there are some",
        "next digit",
    ),
    *common_keys(BACK),
)
