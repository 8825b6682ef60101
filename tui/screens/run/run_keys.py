"""The key table of the run screen; see ``tui/keys.py`` for what a Key is."""

from ....core.phases import Phase
from ...keys import BACK, PALETTE, Key, State, common_keys

_LIVE = (State.PLAYING, State.PAUSED, State.DONE)
_PAST = (State.BACK, State.REPLAY)

RUN_KEYS: tuple[Key, ...] = (
    Key(
        "space",
        "space",
        "play",
        "play or pause; plays what was seen when back in time",
        {
            State.LOADING: "pause",
            State.PLAYING: "pause",
            State.PAUSED: "play",
            State.DONE: "replay",
            State.FAILED: "try again",
            State.BACK: "play from here",
            State.REPLAY: "stop",
        },
    ),
    Key(
        "B",
        "B",
        "app.other_backend",
        "",
        {State.FAILED: "other backend"},
        "after a crash: the same seed, computed by another backend",
    ),
    Key(
        "left,comma",
        "← →",
        "move(-1)",
        "one step back or on; with shift ten",
        dict.fromkeys(_LIVE, "scrub"),
        "one step back",
    ),
    Key("right,full_stop", "→", "move(1)", "", command="one step on (pauses first)"),
    Key("end", "End", "live", "", dict.fromkeys(_PAST, "live"), "to the newest step (live)"),
    Key("shift+left", "shift ← →", "move(-10)", "", command="ten steps back"),
    Key("shift+right", "shift+→", "move(10)", "", command="ten steps on"),
    Key("home", "Home End", "first", "to the noise, to the newest step", command="to the noise"),
    *(
        Key(
            str(n),
            "1-4",
            f"phase({n})",
            "to the beginning of a phase, once seen" * (n == 1),
            command=f"to the beginning of phase {n}: {phase.label}",
        )
        for n, phase in enumerate(Phase, 1)
    ),
    Key(
        "b",
        "b",
        "app.branch",
        "branch: this x_t goes on with fresh noise",
        dict.fromkeys((*_LIVE, *_PAST), "branch"),
    ),
    Key(
        "up",
        "↑ ↓ T",
        "walk(-1)",
        "to the next branch of the tree; T shows all of it",
        dict.fromkeys((*_LIVE, *_PAST), "branches"),
        "to the branch before",
    ),
    Key("down", "↓", "walk(1)", "", command="to the next branch"),
    Key("T", "T", "app.tree", "", command="the tree of branches"),
    Key(
        "d",
        "d",
        "digit",
        "ask for a digit (P what its label does, { } guidance)",
        "digit",
        "ask for a digit: same seed, same noise",
    ),
    *(
        Key(name, shown, action, "", command=command)
        for name, shown, action, command in (
            ("P", "P", "label_pictures", "x0_hat with and without the label"),
            ("L", "L", "app.label_grid", "a grid with a row for each class"),
            ("G", "G", "app.race_guidances", "race guidances from the same noise"),
            ("left_curly_bracket", "{", "guidance(-1)", "less guidance"),
            ("right_curly_bracket", "}", "guidance(1)", "more guidance"),
            ("left_parenthesis", "(", "guidance_start(1)", "guidance begins earlier"),
            ("right_parenthesis", ")", "guidance_start(-1)", "guidance begins later"),
            ("less_than_sign", "<", "guidance_end(1)", "guidance ends earlier"),
            ("greater_than_sign", ">", "guidance_end(-1)", "guidance ends later"),
        )
    ),
    Key("n", "n", "next_seed", "", "next seed", "next seed"),
    Key(
        "N,backspace",
        "n N :",
        "next_seed(-1)",
        "next seed, previous seed; type a seed, t 600 or a phase",
        command="previous seed",
    ),
    Key("colon", ":", "go_to", "", command="go to a seed, a timestep or a phase"),
    Key(
        "u",
        "u U",
        "undo",
        "undo, redo: seeds, samplers, weights, branches come back",
        command="undo: back to what was shown before",
    ),
    Key("U,ctrl+r", "U", "redo", "", command="redo"),
    Key("l", "l", "loop", "", command="loop: seed after seed"),
    Key(
        "D",
        "l D s y",
        "app.draw",
        "loop; draw a digit; save; copy the command that repeats",
        command="draw your own digit: U-turns, a mask",
    ),
    Key("g", "g", "app.grid", "32 digits at once", "grid"),
    Key("c", "c", "app.race", "", "race", "race samplers from the same noise"),
    Key(
        "C",
        "c C F",
        "app.compare",
        "the same noise through samplers; weights; few steps",
        command="compare weights: the same seed, side by side",
    ),
    Key("F", "F", "app.race_few_steps", "", command="race few steps beside many, same noise"),
    Key("f", "f", "app.forward", "the forward process: noise a digit", "forward"),
    Key(
        "plus,equals_sign",
        "+ - p [ ]",
        "speed(True)",
        "faster, slower, slow where decided; less or more noise",
        command="faster",
    ),
    Key("minus", "-", "speed(False)", "", command="slower"),
    Key("p", "p", "uneven", "", command="slow where the digit gets decided, or even"),
    Key(
        "left_square_bracket",
        "[",
        "noise(-1)",
        "",
        command="less injected noise",
    ),
    Key("right_square_bracket", "]", "noise(1)", "", command="more injected noise"),
    Key(
        "m",
        "m w",
        "sampler",
        "next sampler, next weights; same seed",
        command="next sampler, same seed",
    ),
    Key("w", "w", "weights", "", command="next bundled weights, same seed"),
    Key("e", "e", "explain", "explain what is seen", "explain"),
    *common_keys(
        Key("tab", "Tab", "panels", "", "panels", "other panels"),
        Key(
            "z",
            "Tab z",
            "zoom",
            "other panels; one picture on the whole screen",
            command="one picture on the whole screen",
        ),
        Key("s", "s", "save", "", command="save the screen and the digit"),
        Key("y", "y", "copy", "", command="copy the command that repeats this"),
        PALETTE,
        BACK._replace(help="", command="Go back to the grid or race"),
    ),
)
