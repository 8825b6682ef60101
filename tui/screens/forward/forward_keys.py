"""The key table of the forward screen; see ``tui/keys.py`` for what a Key is."""

from ....core.phases import Phase
from ...keys import BACK, Key, State, common_keys

FORWARD_KEYS: tuple[Key, ...] = (
    Key(
        "space",
        "space",
        "play",
        "play how the digit becomes noise, or pause",
        {State.PLAYING: "pause", State.PAUSED: "play"},
    ),
    Key("left,comma", "← →", "move(-1)", "one timestep to the noise or to the digit", "scrub"),
    Key("right,full_stop", "→", "move(1)", "", command="Go one timestep to the digit"),
    Key("shift+left", "shift ← →", "move(-10)", "ten timesteps"),
    Key("shift+right", "shift+→", "move(10)", "", command="Go ten timesteps to the digit"),
    Key("home", "Home End", "seek(1000)", "to the noise, to the digit"),
    Key("end", "End", "seek(0)", "", command="Go to the digit"),
    Key("1", "1-4", "phase(1)", "jump to phase 1-4", "phase"),
    *(Key(str(n), str(n), f"phase({n})", "") for n in range(2, len(Phase) + 1)),
    Key(
        "n",
        "n",
        "next_image",
        "another real digit, where there are some",
        "next digit",
    ),
    *common_keys(BACK),
)
