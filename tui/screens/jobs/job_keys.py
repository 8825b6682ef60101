"""The key tables of the screens beside the run screen; see ``keys.py`` for what a Key is."""

from ...keys import RECORD, THEME, Key, State, always

_PLAY = Key(
    "space",
    "space",
    "play",
    "play or pause; replay at end",
    {
        State.LOADING: "pause",
        State.PLAYING: "pause",
        State.PAUSED: "play",
        State.DONE: "replay",
        State.FAILED: "try again",
    },
)
_STEP = Key("full_stop", ".", "step", "one step (pauses first)", {State.PAUSED: "one step"})
_PACE = (
    Key("plus,equals_sign", "+", "faster", "more steps per second"),
    Key("minus", "-", "slower", "fewer steps per second"),
)


_LEAVING = (
    RECORD,
    THEME,
    Key("escape", "Esc", "back", "back to the run screen", always("back")),
    Key("question_mark", "?", "help", "show or hide this list", always("help")),
    Key("q", "q", "quit", "quit", always("quit")),
    Key("ctrl+c", "Ctrl+C", "interrupt", "quit with exit code 130"),
)


GRID_KEYS: tuple[Key, ...] = (
    _PLAY,
    Key("enter", "Enter", "open", "open the digit on the run screen", always("open")),
    Key("left", "← → ↑ ↓", "move(-1,0)", "select a digit (or click it)"),
    Key("right", "→", "move(1,0)", ""),
    Key("up", "↑", "move(0,-1)", ""),
    Key("down", "↓", "move(0,1)", ""),
    Key("n", "n", "next_seed", "the next 32 seeds", always("next 32")),
    Key("x", "x", "view", "show x_t or x0_hat", always("x_t or x0_hat")),
    Key("pageup", "PgUp", "page(-1)", "page up, where there are pages"),
    Key("pagedown", "PgDn", "page(1)", "page down"),
    _STEP,
    *_PACE,
    *_LEAVING,
)

RACE_KEYS: tuple[Key, ...] = (
    _PLAY,
    Key("a", "a", "align", "aligned by timestep, or own pace", always("align")),
    Key("w", "w", "weights", "race samplers, or compare weights", always("weights")),
    Key("n", "n", "next_seed", "next seed, from its noise", always("next seed")),
    _STEP,
    *_PACE,
    *_LEAVING,
)

FORWARD_KEYS: tuple[Key, ...] = (
    Key("left", "← →", "move(-1)", "one timestep to the noise or to the digit", always("scrub")),
    Key("right", "→", "move(1)", ""),
    Key("shift+left", "shift ← →", "move(-25)", "25 timesteps"),
    Key("shift+right", "shift+→", "move(25)", ""),
    Key("home", "Home End", "look(1000)", "to the noise, to the digit"),
    Key("end", "End", "look(0)", ""),
    Key("1", "1-4", "look(1000)", "to the beginning of a phase", always("phase")),
    Key("2", "2", "look(600)", ""),
    Key("3", "3", "look(400)", ""),
    Key("4", "4", "look(100)", ""),
    Key(
        "n",
        "n",
        "next_image",
        "another real digit, where there are some",
        {State.PLAYING: "next digit"},  # the state of this screen once it has real digits
    ),
    *_LEAVING,
)
