"""The key tables of the training screens; see ``tui/keys.py`` for what a Key is."""

from ....core.runs.run_state import RunState
from ...keys import PALETTE, Key, common_keys

_COMMON = common_keys(
    PALETTE,
    quit="quit; asks whether a training begun here goes on",
    interrupt="quit, the training goes on",
)


def _running(label: str) -> dict[RunState, str]:
    return dict.fromkeys((RunState.RUNNING, RunState.PAUSED), label)


COMMAND_ACTIONS = ("pause", "checkpoint", "halve", "extend", "stop")
"""Actions that send a command to the training."""

TRAIN_KEYS: tuple[Key, ...] = (
    Key(
        "space",
        "space",
        "pause",
        "pause the training, or let it go on",
        {RunState.RUNNING: "pause", RunState.PAUSED: "go on"},
    ),
    Key("s", "s", "smooth", "smoothing: 50, 200, 10 batches, none", "smooth"),
    Key("y", "y", "log", "linear or logarithmic axis", "log"),
    Key("z", "z Z", "zoom(1)", "zoom in on the newest batches, or out", "zoom"),
    Key("Z", "Z", "zoom(-1)", "", command="zoom out"),
    Key(
        "comma",
        ", .",
        "pan(-1)",
        "earlier or later batches, zoomed in",
        command="earlier batches, zoomed in",
    ),
    Key("full_stop", ".", "pan(1)", "", command="later batches, zoomed in"),
    Key("left", "← →", "film(-1)", "filmstrip: one picture back or on", "film"),
    Key("right", "→", "film(1)", "", command="filmstrip: one picture on"),
    Key(
        "shift+left",
        "shift ← →",
        "film(-10)",
        "ten pictures; Home, End: all",
        command="filmstrip: ten back",
    ),
    Key("shift+right", "shift+→", "film(10)", "", command="filmstrip: ten on"),
    Key("home", "Home", "film_end(0)", "", command="filmstrip: the first picture"),
    Key("end", "End", "film_end(1)", "", command="filmstrip: the newest picture"),
    Key("n", "n", "next_noise", "other noises, where not all have room"),
    Key("o", "o", "overlay", "compare: published losses of reference; earlier runs", "compare"),
    Key(
        "pagedown,tab",
        "PgDn",
        "page(1)",
        "other panels, where there isn't room for all",
        "panels",
    ),
    Key("pageup,shift+tab", "PgUp", "page(-1)", "", command="Go to the panels before"),
    Key("k", "k", "checkpoint", "save a checkpoint now", _running("checkpoint")),
    Key("h", "h", "halve", "halve the learning rate", _running("halve lr")),
    Key("a", "a", "extend", "add epochs", _running("add epochs")),
    Key("S", "S", "stop", "stop after this batch, with a checkpoint", _running("stop")),
    Key("escape", "Esc", "back", "to the list of runs, where there is one"),
    *_COMMON,
)

LIST_KEYS: tuple[Key, ...] = (
    Key("enter", "Enter", "open", "watch this run", "watch"),
    Key("space", "space", "mark", "mark it to be shown beside others", "mark"),
    Key("up", "↑ ↓", "move(-1)", "choose", "choose"),
    Key("down", "↓", "move(1)", ""),
    Key("pageup", "PgUp", "move(-10)", "ten up"),
    Key("pagedown", "PgDn", "move(10)", "ten down"),
    Key("home", "Home", "move(-9999)", "the first"),
    Key("end", "End", "move(9999)", "the last"),
    *_COMMON,
)
