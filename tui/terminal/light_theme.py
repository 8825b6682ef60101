"""The light theme: a filter that changes the colours of each line before it is drawn.

Widgets use the dark theme's colours. Each has a light counterpart; of any other colour, such as one
faded towards the background, the lightness is inverted. Pictures are not changed.
"""

import colorsys
from functools import lru_cache

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style

from ...core.phases import Phase
from ..theme import ACCENT, BACK, BACKGROUND, DIM, ERROR, FAINT, LIVE, PANEL, PHASE_COLOURS, TEXT
from .line_filters import CellFilter

_LIGHT = {
    BACKGROUND: "#f5f6f8",
    PANEL: "#e4e8ed",
    TEXT: "#1c2229",
    DIM: "#5a6673",
    FAINT: "#c6cdd6",
    ACCENT: "#1d5f9e",
    ERROR: "#b3263a",
    LIVE: "#1b7a4b",
    BACK: "#a35a06",
    PHASE_COLOURS[Phase.STATIC]: "#4a5f99",
    PHASE_COLOURS[Phase.BLOB]: "#7a4db8",
    PHASE_COLOURS[Phase.LOCK_IN]: "#a35a06",
    PHASE_COLOURS[Phase.REFINEMENT]: "#1b7a4b",
}


@lru_cache(512)
def light(colour: str) -> str:
    """Return the light theme's counterpart of ``colour``, ``#rrggbb`` both."""
    if colour in _LIGHT:
        return _LIGHT[colour]
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    hue, lightness, saturation = colorsys.rgb_to_hls(*parts)
    mirrored = colorsys.hls_to_rgb(hue, 1.0 - lightness, saturation)
    return "#" + "".join(f"{round(part * 255):02x}" for part in mirrored)


class LightTheme(CellFilter):
    """Draws segments in the light theme's colours."""

    def _change(self, text: str, style: Style | None) -> Segment:
        return Segment(text, None if style is None else _light_style(style))


@lru_cache(2048)
def _light_style(style: Style) -> Style:
    return style + Style(color=_changed(style.color), bgcolor=_changed(style.bgcolor))


def _changed(colour: RichColor | None) -> RichColor | None:
    """Return a colour's counterpart; the terminal's palette colours are not changed."""
    if colour is None or colour.triplet is None:
        return colour
    return RichColor.parse(light(colour.triplet.hex))
