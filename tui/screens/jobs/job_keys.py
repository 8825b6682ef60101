"""The key tables of the grid and the race; see ``tui/keys.py`` for what a Key is."""

from ...keys import BACK, Key, State, common_keys, phase_keys

PLAY = Key(
    "space",
    "space",
    "play",
    "pause or play; replay when looking back",
    {
        State.LOADING: "pause",
        State.PLAYING: "pause",
        State.PAUSED: "play",
        State.DONE: "replay",
        State.FAILED: "try again",
        State.BACK: "play from here",
        State.REPLAY: "stop",
    },
    command="Pause or play (replays when looking back)",
)
_SEEN = (State.PLAYING, State.PAUSED, State.DONE)
_PAST = (State.BACK, State.REPLAY)


def _scrub(names: str, shown: str, other: str) -> tuple[Key, ...]:
    """Return the keys of time; ``names`` and ``other`` go one step back and on."""
    return (
        Key(
            names,
            shown,
            "scrub(-1)",
            "one step back or on",
            dict.fromkeys(_SEEN, "scrub"),
            "Go one step back",
        ),
        Key(other, shown.split()[-1], "scrub(1)", "", command="Go one step on (pauses first)"),
        Key("end", "End", "live", "", dict.fromkeys(_PAST, "newest"), "Go to the newest step"),
        Key(
            "shift+left",
            "shift ← →",
            "scrub(-10)",
            "ten steps back or on",
            command="Go ten steps back",
        ),
        Key("shift+right", "shift+→", "scrub(10)", "", command="Go ten steps on"),
        Key(
            "home",
            "Home End",
            "first",
            "to the beginning, to the newest step",
            command="Go to the beginning",
        ),
        *phase_keys(),
    )


TIME_BESIDE_SELECTION = _scrub("comma", ", .", "full_stop")
"""The keys of time where the arrows select something."""
TIME = _scrub("left,comma", "← →", "right,full_stop")
"""The keys of time where the arrows are free for it, as on the run screen."""
PAGES = (
    Key(
        "pagedown,tab",
        "PgDn",
        "page(1)",
        "the next page, where there are pages",
        command="Go to the next page",
    ),
    Key("pageup,shift+tab", "PgUp", "page(-1)", "the page before", command="Go to the page before"),
)


def selection_keys(what: str) -> tuple[Key, ...]:
    """Return the arrows, which select one of the pictures; each is called ``what``."""
    return (
        Key(
            "left",
            "← →",
            "move(-1,0)",
            f"select a {what} (or click it)",
            "select",
            command=f"Select the {what} at the left",
        ),
        Key("right", "→", "move(1,0)", "", command=f"Select the {what} at the right"),
        Key(
            "up",
            "↑ ↓",
            "move(0,-1)",
            "the same, between rows",
            command=f"Select the {what} above",
        ),
        Key("down", "↓", "move(0,1)", "", command=f"Select the {what} below"),
    )


VIEW = Key("x", "x", "view", "show x_t or x0_hat", "x_t or x0_hat", command="Show x_t or x0_hat")
PACE = (
    Key("plus,equals_sign", "+", "faster", "more steps per second", command="Go faster"),
    Key("minus", "-", "slower", "fewer steps per second", command="Go slower"),
)

GRID_KEYS: tuple[Key, ...] = (
    PLAY,
    Key(
        "enter",
        "Enter",
        "open",
        "open the digit on the run screen",
        "open",
        command="Open the digit on the run screen",
    ),
    Key(
        "left",
        "← → ↑ ↓",
        "move(-1,0)",
        "select a digit (or click it)",
        command="Select the digit at the left",
    ),
    Key("right", "→", "move(1,0)", "", command="Select the digit at the right"),
    Key("up", "↑", "move(0,-1)", "", command="Select the digit above"),
    Key("down", "↓", "move(0,1)", "", command="Select the digit below"),
    Key("n", "n", "next_seed", "the next 32 seeds", "next 32", command="Show the next 32 seeds"),
    VIEW,
    *PAGES,
    *TIME_BESIDE_SELECTION,
    *PACE,
    *common_keys(BACK),
)

LABEL_GRID_KEYS: tuple[Key, ...] = tuple(
    key._replace(help="the next seeds", footer="next seeds", command="Show the next seeds")
    if key.action == "next_seed"
    else key
    for key in GRID_KEYS
)

RACE_KEYS: tuple[Key, ...] = (
    PLAY,
    Key(
        "A",
        "A",
        "align",
        "aligned by timestep, or own pace",
        "align",
        command="Align the lanes by timestep, or let each go at its own pace",
    ),
    Key(
        "c",
        "c",
        "next_race",
        "race samplers, weights, few steps, guidances",
        "weights",
        command="Race something else: samplers, weights, few steps, guidances",
    ),
    Key(
        "n",
        "n",
        "next_seed",
        "next seed, from its noise",
        "next seed",
        command="Race from the noise of the next seed",
    ),
    Key(
        "enter",
        "Enter",
        "open",
        "open the lane on the run screen",
        "open",
        command="Open the lane on the run screen",
    ),
    Key(
        "m",
        "m",
        "choose_lanes",
        "choose the lanes: two to six samplers",
        "lanes",
        command="Choose the lanes: two to six samplers",
    ),
    Key("up", "↑ ↓", "select(-1)", "select a lane (or click it)", command="Select the lane before"),
    Key("down", "↓", "select(1)", "", command="Select the next lane"),
    *PAGES,
    *TIME,
    *PACE,
    *common_keys(BACK),
)
