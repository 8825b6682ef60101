"""The key table of the way between two digits; see ``tui/keys.py`` for what a Key is."""

from ...keys import BACK, Key, common_keys
from ..jobs.job_keys import PACE, PLAY, VIEW

MORPH_KEYS: tuple[Key, ...] = (
    Key(
        "left",
        "← →",
        "slide(-1)",
        "along the way (or the mouse on the slider)",
        "along the way",
        command="Go back along the way",
    ),
    Key("right", "→", "slide(1)", "", command="Go on along the way"),
    Key(
        "home", "Home End", "slide(-1000)", "to one end or the other", command="Go to the first end"
    ),
    Key("end", "End", "slide(1000)", "", command="Go to the other end"),
    PLAY,
    VIEW,
    Key(
        "comma",
        ", .",
        "scrub(-1)",
        "one step of the sampling back or on",
        command="Go one step of the sampling back",
    ),
    Key("full_stop", ".", "scrub(1)", "", command="Go one step of the sampling on"),
    *PACE,
    *common_keys(BACK),
)
