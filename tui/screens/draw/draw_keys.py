"""The key tables of the canvas and of its U-turns; see ``tui/keys.py`` for what a Key is."""

from ...keys import BACK, Key, common_keys, phase_keys
from ..jobs.job_keys import PACE, PAGES, PLAY, TIME_BESIDE_SELECTION, VIEW, selection_keys

DRAW_KEYS: tuple[Key, ...] = (
    Key(
        "enter",
        "Enter",
        "ask",
        "U-turns: add noise up to t and go back, 1 to 9 times",
        "to t and back",
        "Make U-turns of the drawing",
    ),
    Key(
        "left_square_bracket",
        "[ ]",
        "noise(-1)",
        "less or more noise: t by 50",
        "noise",
        "Less noise: t lower by 50",
    ),
    Key("right_square_bracket", "]", "noise(1)", "", command="More noise: t higher by 50"),
    Key("comma", ", .", "scrub(-1)", "t by 10", command="Go back in time: t higher by 10"),
    Key("full_stop", ".", "scrub(1)", "", command="Go on in time: t lower by 10"),
    *phase_keys("t at the beginning of phase 1-4", command="Take t = {t}: {phase}"),
    Key(
        "space", "space", "dot", "a dot at the cursor", "paint", command="Paint a dot at the cursor"
    ),
    Key(
        "left",
        "← → ↑ ↓",
        "cursor(-1,0)",
        "move the cursor; with shift draw a line",
        "move",
        command="Move the cursor left",
    ),
    Key("right", "→", "cursor(1,0)", "", command="Move the cursor right"),
    Key("up", "↑", "cursor(0,-1)", "", command="Move the cursor up"),
    Key("down", "↓", "cursor(0,1)", "", command="Move the cursor down"),
    Key("shift+left,H", "shift ←", "line(-1,0)", "", command="Draw a line to the left"),
    Key("shift+right,L", "shift →", "line(1,0)", "", command="Draw a line to the right"),
    Key("shift+up,K", "shift ↑", "line(0,-1)", "", command="Draw a line up"),
    Key("shift+down,J", "shift ↓", "line(0,1)", "the same: H J K L", command="Draw a line down"),
    Key("E", "E", "eraser", "brush or eraser", "eraser", "Change between brush and eraser"),
    Key(
        "M",
        "M",
        "mask",
        "paint the mask: what is filled in, the rest is held",
        "mask",
        command="Paint the mask, or the picture again",
    ),
    Key(
        "X,delete",
        "X",
        "clear",
        "clear the picture, or the mask while it is painted",
        "clear",
        command="Clear the picture, or the mask",
    ),
    Key("u", "u", "undo", "undo", "undo", command="Undo"),
    Key(
        "n",
        "n",
        "real_digit",
        "a real digit, where there are some; again the next",
        command="Take a real digit, where there are some",
    ),
    Key(
        "R",
        "R",
        "shown_digit",
        "the digit of the run screen",
        command="Take the digit of the run screen",
    ),
    Key(
        "s",
        "s",
        "save",
        "save the drawing as .png in this folder",
        "save",
        command="Save the drawing as .png in this folder",
    ),
    *common_keys(BACK),
)

U_TURN_KEYS: tuple[Key, ...] = (
    PLAY,
    Key(
        "n",
        "n",
        "fresh",
        "again with fresh noise",
        "fresh noise",
        command="Go back again with fresh noise",
    ),
    Key(
        "enter",
        "Enter",
        "open",
        "take the selected picture to the canvas",
        "to the canvas",
        command="Take the selected picture to the canvas",
    ),
    *selection_keys("picture"),
    VIEW,
    *PAGES,
    *TIME_BESIDE_SELECTION,
    *PACE,
    *common_keys(BACK._replace(help="back to the canvas", footer="canvas")),
)
