"""The themes besides the dark one: filters that change the colours of each line before it is drawn.

Widgets use the dark theme's colours. Each has a counterpart in the other themes; of any other
colour, such as one faded towards the background, a counterpart is computed. Pictures are not
changed.
"""

import colorsys
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style

from ...core.phases import Phase
from ..theme import (
    ACCENT,
    BACK,
    BACKGROUND,
    BAR_SHARE,
    DIGIT_COLOURS,
    DIM,
    ERROR,
    FAINT,
    LIVE,
    NAME_SHARE,
    PANEL,
    PHASE_COLOURS,
    TEXT,
    faded,
)  # fmt: skip
from .capabilities import THEMES
from .line_filters import CellFilter


class _Theme(NamedTuple):
    known: Mapping[str, str]
    """The counterparts of the dark theme's colours."""
    other: Callable[[str], str]
    """Returns the counterpart of any other colour."""


def _mirrored(colour: str) -> str:
    """Return a colour with its lightness inverted."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    return _hex(colorsys.hls_to_rgb(hue, 1.0 - lightness, saturation))


def _stronger(colour: str) -> str:
    """Return a colour that is further from a black background."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    return _hex(colorsys.hls_to_rgb(hue, lightness + 0.35 * (1.0 - lightness), saturation))


def _as_it_is(colour: str) -> str:
    return colour


def _with_faded(colours: Mapping[str, str]) -> dict[str, str]:
    """Return counterparts, and those of the colours mixed with the background."""
    paper = colours.get(BACKGROUND, BACKGROUND)
    mixed = {
        faded(colour, share): faded(new, share, paper)
        for colour, new in colours.items()
        for share in (BAR_SHARE, NAME_SHARE)
    }
    return mixed | dict(colours)


_DISTINCT = {
    PHASE_COLOURS[Phase.STATIC]: "#5a86e8",
    PHASE_COLOURS[Phase.BLOB]: "#d9b3ff",
    PHASE_COLOURS[Phase.LOCK_IN]: "#f0a030",
    PHASE_COLOURS[Phase.REFINEMENT]: "#6fd6c8",
}
"""Neighbours differ in lightness, or in blue against yellow, which nearly everybody sees."""
_BY_NAME = {
    "light": _Theme(
        _with_faded(
            {
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
                DIGIT_COLOURS[5]: "#766500",
                DIGIT_COLOURS[6]: "#0d706c",
                DIGIT_COLOURS[8]: "#5b6a14",
            }
        ),
        _mirrored,
    ),
    "contrast": _Theme(
        {
            BACKGROUND: "#000000",
            PANEL: "#101010",
            TEXT: "#ffffff",
            DIM: "#d3dae2",
            FAINT: "#7a8694",
            ACCENT: "#9fd3ff",
            ERROR: "#ff9aa2",
            LIVE: "#7dffb8",
            BACK: "#ffc266",
            PHASE_COLOURS[Phase.STATIC]: "#9fb8ff",
            PHASE_COLOURS[Phase.BLOB]: "#e2bbff",
            PHASE_COLOURS[Phase.LOCK_IN]: "#ffc266",
            PHASE_COLOURS[Phase.REFINEMENT]: "#7dffb8",
        },
        _stronger,
    ),
    "colour-blind": _Theme(
        {ERROR: "#ff8a65"} | _with_faded(_DISTINCT),
        _as_it_is,
    ),
}


@lru_cache(2048)
def themed(theme: str, colour: str) -> str:
    """Return the counterpart of a colour of the dark theme in another one, ``#rrggbb`` both."""
    if theme not in _BY_NAME:
        return colour
    known, other = _BY_NAME[theme]
    return known.get(colour) or other(colour)


def next_theme(theme: str) -> str:
    """Return the theme after ``theme``."""
    return THEMES[(THEMES.index(theme) + 1) % len(THEMES)]


class ThemeFilter(CellFilter):
    """Draws segments in the colours of a theme."""

    def __init__(self, theme: str) -> None:
        super().__init__()
        self._theme = theme

    def _change(self, text: str, style: Style | None) -> Segment:
        return Segment(text, None if style is None else _themed_style(self._theme, style))


@lru_cache(4096)
def _themed_style(theme: str, style: Style) -> Style:
    front, back = _changed(theme, style.color), _changed(theme, style.bgcolor)
    return style + Style(color=front, bgcolor=back)


def _changed(theme: str, colour: RichColor | None) -> RichColor | None:
    """Return a colour's counterpart; the terminal's palette colours are not changed."""
    if colour is None or colour.triplet is None:
        return colour
    return RichColor.parse(themed(theme, colour.triplet.hex))


def _channels(colour: str) -> list[float]:
    return [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def _hex(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)
