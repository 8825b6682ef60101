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
        command="Pause the training, or let it go on",
    ),
    Key(
        "s",
        "s",
        "smooth",
        "smoothing: 50, 200, 10 batches, none",
        "smooth",
        command="Smooth the loss more or less",
    ),
    Key(
        "y",
        "y",
        "log",
        "linear or logarithmic axis",
        "log",
        command="Change between a linear and a logarithmic axis",
    ),
    Key(
        "z",
        "z Z",
        "zoom(1)",
        "zoom in on the newest batches, or out",
        "zoom",
        command="Zoom in on the newest batches",
    ),
    Key("Z", "Z", "zoom(-1)", "", command="Zoom out"),
    Key(
        "comma",
        ", .",
        "pan(-1)",
        "earlier or later batches, zoomed in",
        command="Go to earlier batches, zoomed in",
    ),
    Key("full_stop", ".", "pan(1)", "", command="Go to later batches, zoomed in"),
    Key(
        "left",
        "← →",
        "film(-1)",
        "filmstrip: one picture back or on",
        "film",
        command="Go one picture back in the filmstrip",
    ),
    Key("right", "→", "film(1)", "", command="Go one picture on in the filmstrip"),
    Key(
        "shift+left",
        "shift ← →",
        "film(-10)",
        "ten pictures; Home, End: all",
        command="Go ten pictures back in the filmstrip",
    ),
    Key("shift+right", "shift+→", "film(10)", "", command="Go ten pictures on in the filmstrip"),
    Key("home", "Home", "film_end(0)", "", command="Go to the first picture of the filmstrip"),
    Key("end", "End", "film_end(1)", "", command="Go to the newest picture of the filmstrip"),
    Key(
        "n",
        "n",
        "next_noise",
        "other noises, where not all have room",
        command="Show other noises in the filmstrip",
    ),
    Key(
        "o",
        "o",
        "overlay",
        "compare: published losses of reference; earlier runs",
        "compare",
        command="Compare with published losses and earlier runs",
    ),
    Key(
        "pagedown,tab",
        "PgDn",
        "page(1)",
        "other panels, where there isn't room for all",
        "panels",
        command="Show other panels",
    ),
    Key("pageup,shift+tab", "PgUp", "page(-1)", "", command="Go to the panels before"),
    Key(
        "k",
        "k",
        "checkpoint",
        "save a checkpoint now",
        _running("checkpoint"),
        command="Save a checkpoint now",
    ),
    Key(
        "h",
        "h",
        "halve",
        "halve the learning rate",
        _running("halve lr"),
        command="Halve the learning rate",
    ),
    Key("a", "a", "extend", "add epochs", _running("add epochs"), command="Add epochs"),
    Key(
        "S",
        "S",
        "stop",
        "stop after this batch, with a checkpoint",
        _running("stop"),
        command="Stop after this batch, with a checkpoint",
    ),
    Key(
        "escape",
        "Esc",
        "back",
        "to the list of runs, where there is one",
        command="Go back to the list of runs, where there is one",
    ),
    *_COMMON,
)

LIST_KEYS: tuple[Key, ...] = (
    Key("enter", "Enter", "open", "watch this run", "watch", command="Watch this run"),
    Key(
        "space",
        "space",
        "mark",
        "mark it to be shown beside others",
        "mark",
        command="Mark this run to be shown beside others",
    ),
    Key("up,k", "↑ ↓", "move(-1)", "choose", "choose", command="Select the run above"),
    Key("down,j", "↓", "move(1)", "", command="Select the run below"),
    Key("pageup", "PgUp", "move(-10)", "ten up", command="Go ten runs up"),
    Key("pagedown", "PgDn", "move(10)", "ten down", command="Go ten runs down"),
    Key("home", "Home", "move(-9999)", "the first", command="Select the first run"),
    Key("end", "End", "move(9999)", "the last", command="Select the last run"),
    *_COMMON,
)
