"""The key tables of the branches: see ``keys.py`` for what a Key is."""

from ...keys import RECORD, THEME, Key, State, always

BRANCH_KEYS: tuple[Key, ...] = (
    Key("enter", "Enter", "open", "keep the selected child and go on with it", always("keep")),
    Key("left", "← →", "move(-1,0)", "select a child (or click it)", always("select")),
    Key("right", "→", "move(1,0)", ""),
    Key("up", "↑ ↓", "move(0,-1)", "the same, between rows"),
    Key("down", "↓", "move(0,1)", ""),
    Key(
        "space",
        "space",
        "play",
        "play or pause; the same branch again at its end",
        {
            State.LOADING: "pause",
            State.PLAYING: "pause",
            State.PAUSED: "play",
            State.DONE: "again",
            State.FAILED: "try again",
        },
    ),
    Key("x", "x", "view", "show x_t or x0_hat", always("x_t or x0_hat")),
    Key("full_stop", ".", "step", "one step (pauses first)"),
    Key("plus,equals_sign", "+", "faster", "more steps per second"),
    Key("minus", "-", "slower", "fewer steps per second"),
    RECORD,
    THEME,
    Key("escape", "Esc", "back", "back to the parent", always("parent")),
    Key("question_mark", "?", "help", "show or hide this list", always("help")),
    Key("q", "q", "quit", "quit", always("quit")),
    Key("ctrl+c", "Ctrl+C", "interrupt", "quit with exit code 130"),
)

TREE_KEYS: tuple[Key, ...] = (
    Key("enter", "Enter", "open", "go on with the selected branch", always("go on with it")),
    Key("up", "↑ ↓", "move(-1)", "select a branch (or click it)", always("select")),
    Key("down", "↓", "move(1)", ""),
    Key("home", "Home End", "move(-10000)", "the first, the last"),
    Key("end", "End", "move(10000)", ""),
    Key("x", "x", "view", "show x_t or x0_hat", always("x_t or x0_hat")),
    RECORD,
    THEME,
    Key("escape,T", "Esc", "back", "back to the run screen", always("back")),
    Key("question_mark", "?", "help", "show or hide this list", always("help")),
    Key("q", "q", "quit", "quit", always("quit")),
    Key("ctrl+c", "Ctrl+C", "interrupt", "quit with exit code 130"),
)
