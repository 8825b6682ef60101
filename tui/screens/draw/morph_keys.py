"""The key table of the way between two digits; see ``tui/keys.py`` for what a Key is."""

from ...keys import BACK, Key, common_keys
from ..jobs.job_keys import PACE, PLAY

MORPH_KEYS: tuple[Key, ...] = (
    Key("left", "← →", "slide(-1)", "along the way (or the mouse on the slider)", "along the way"),
    Key("right", "→", "slide(1)", ""),
    Key("home", "Home End", "slide(-1000)", "to one end or the other"),
    Key("end", "End", "slide(1000)", ""),
    PLAY,
    Key("x", "x", "view", "show x_t or x0_hat", "x_t or x0_hat"),
    Key("comma", ", .", "scrub(-1)", "one step of the sampling back or on"),
    Key("full_stop", ".", "scrub(1)", ""),
    *PACE,
    *common_keys(BACK),
)
