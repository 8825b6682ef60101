"""The key tables of the canvas and of its U-turns; see ``tui/keys.py`` for what a Key is."""

from ...keys import BACK, Key, common_keys
from ..jobs.job_keys import PACE, PAGES, PLAY, TIME_BESIDE_SELECTION

DRAW_KEYS: tuple[Key, ...] = (
    Key("1", "1 3 8", "turn(1)", "to x_t and back so often", "to t and back", "U-turn, once"),
    Key("3", "3", "turn(3)", "", command="U-turn, 3 times"),
    Key("8,enter", "8", "turn(8)", "", command="U-turn, 8 times"),
    Key("left_square_bracket", "[ ] { }", "timestep(50)", "the t to go to, by 50 or 10", "t"),
    Key("right_square_bracket", "]", "timestep(-50)", ""),
    Key("left_curly_bracket", "{", "timestep(10)", ""),
    Key("right_curly_bracket", "}", "timestep(-10)", ""),
    Key("space", "space", "dot", "a dot at the cursor", "paint"),
    Key("left", "← → ↑ ↓", "cursor(-1,0)", "move the cursor; with shift draw a line", "move"),
    Key("right", "→", "cursor(1,0)", ""),
    Key("up", "↑", "cursor(0,-1)", ""),
    Key("down", "↓", "cursor(0,1)", ""),
    Key("shift+left,H", "shift ←", "line(-1,0)", ""),
    Key("shift+right,L", "shift →", "line(1,0)", ""),
    Key("shift+up,K", "shift ↑", "line(0,-1)", ""),
    Key("shift+down,J", "shift ↓", "line(0,1)", "the same: H J K L"),
    Key("e", "e", "eraser", "brush or eraser", "eraser"),
    Key("m", "m", "mask", "paint the mask: what is filled in, the rest is held", "mask"),
    Key("c", "c", "clear", "clear the picture, or the mask while it is painted", "clear"),
    Key("u", "u", "undo", "undo", "undo"),
    Key("n", "n", "real_digit", "a real digit, where there are some; again the next"),
    Key("o", "o", "shown_digit", "the digit of the run screen"),
    Key("s", "s", "save", "save the drawing as .png in this folder", "save"),
    *common_keys(BACK),
)

U_TURN_KEYS: tuple[Key, ...] = (
    PLAY,
    Key("n", "n", "fresh", "again with fresh noise", "fresh noise"),
    Key("enter", "Enter", "open", "take the selected picture to the canvas", "to the canvas"),
    Key("left", "← →", "move(-1,0)", "select a picture (or click it)", "select"),
    Key("right", "→", "move(1,0)", ""),
    Key("up", "↑ ↓", "move(0,-1)", "the same, between rows"),
    Key("down", "↓", "move(0,1)", ""),
    Key("x", "x", "view", "show x_t or x0_hat", "x_t or x0_hat"),
    *PAGES,
    *TIME_BESIDE_SELECTION,
    *PACE,
    *common_keys(BACK._replace(help="back to the canvas", footer="canvas")),
)
