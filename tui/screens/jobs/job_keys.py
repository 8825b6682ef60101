"""The key tables of the grid and the race; see ``tui/keys.py`` for what a Key is."""

from ...keys import BACK, Key, State, common_keys

PLAY_LABELS = {
    State.LOADING: "pause",
    State.PLAYING: "pause",
    State.PAUSED: "play",
    State.DONE: "replay",
    State.FAILED: "try again",
}
PLAY = Key("space", "space", "play", "play or pause; replay at end", PLAY_LABELS)
_STEP = Key("full_stop", ".", "step", "one step (pauses first)", {State.PAUSED: "one step"})
PACE = (
    Key("plus,equals_sign", "+", "faster", "more steps per second"),
    Key("minus", "-", "slower", "fewer steps per second"),
)

GRID_KEYS: tuple[Key, ...] = (
    PLAY,
    Key("enter", "Enter", "open", "open the digit on the run screen", "open"),
    Key("left", "← → ↑ ↓", "move(-1,0)", "select a digit (or click it)"),
    Key("right", "→", "move(1,0)", ""),
    Key("up", "↑", "move(0,-1)", ""),
    Key("down", "↓", "move(0,1)", ""),
    Key("n", "n", "next_seed", "the next 32 seeds", "next 32"),
    Key("x", "x", "view", "show x_t or x0_hat", "x_t or x0_hat"),
    Key("pageup", "PgUp", "page(-1)", "page up, where there are pages"),
    Key("pagedown", "PgDn", "page(1)", "page down"),
    _STEP,
    *PACE,
    *common_keys(BACK),
)

RACE_KEYS: tuple[Key, ...] = (
    PLAY,
    Key("a", "a", "align", "aligned by timestep, or own pace", "align"),
    Key("w", "w", "weights", "race samplers, or compare weights", "weights"),
    Key("n", "n", "next_seed", "next seed, from its noise", "next seed"),
    _STEP,
    *PACE,
    *common_keys(BACK),
)
