"""The colours of the app, except the pictures' greys."""

from functools import cache

from rich.style import Style

from ..core.phases import Phase

BACKGROUND = "#121417"  # lighter than the black of the pictures, also in 256 colours
PANEL = "#1c1f24"
TEXT = "#d6dce4"
DIM = "#7d8896"
FAINT = "#343c47"
ACCENT = "#8ab8e0"
ERROR = "#e5727b"
LIVE = "#77c79b"
BACK = "#e2a35f"

PHASE_COLOURS: dict[Phase, str] = {
    Phase.STATIC: "#7488b4",
    Phase.BLOB: "#a98ad8",
    Phase.LOCK_IN: "#e2a35f",
    Phase.REFINEMENT: "#77c79b",
}

DIGIT_COLOURS = (
    "#8ab8e0", "#e2a35f", "#77c79b", "#e5727b", "#b79ae6",
    "#d9c65c", "#6fc7c4", "#e08ac0", "#a9b665", "#c9a08a",
)  # fmt: skip
"""A colour for each digit, 0 to 9; the digit itself is always written beside it."""


def colour_of(number: int) -> str:
    """Return the colour of a class; of more than ten some share one."""
    return DIGIT_COLOURS[number % len(DIGIT_COLOURS)]


@cache
def style(colour: str = TEXT, *, bold: bool = False, background: str = BACKGROUND) -> Style:
    """Return the style of text; without ``background`` the terminal's background would show."""
    return Style(color=colour, bgcolor=background, bold=bold or None)


BAR_SHARE, NAME_SHARE = 0.35, 0.9
"""How much of a phase's colour its bar has that isn't reached yet, and its name elsewhere."""


@cache
def faded(colour: str, share: float = BAR_SHARE, background: str = BACKGROUND) -> str:
    """Return ``colour`` mixed with the background; ``share`` is the part of ``colour``."""
    front, back = _channels(colour), _channels(background)
    mixed = (round(b + (f - b) * share) for f, b in zip(front, back, strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
