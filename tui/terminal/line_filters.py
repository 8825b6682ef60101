"""Filters of every line of the screen, for terminals with few colours or characters.

Widgets draw in the theme's colours and in Unicode; these filters adapt the lines to the terminal.
Pictures don't pass through them: they are drawn for the terminal directly (``pixels/tiles.py``).
"""

import colorsys
from abc import abstractmethod
from functools import lru_cache

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from ..pixels.colours import Colours
from ..pixels.fallback import in_ascii, without_braille
from .capabilities import Terminal

_THIN = str.maketrans("━", "─")  # for the part of a bar that is still to do
_DOUBLE = str.maketrans("━", "═")
_FAINT = 0.32  # brightness below which text is in the background
_MARKED = 0.4  # brightness above which a background is a highlight
_GREY = 0.3  # saturation below which a colour is grey
_HUES = ((20, 1), (70, 3), (165, 2), (215, 6), (250, 4), (335, 5), (360, 1))
"""Upper limits of hue, in degrees, and the basic colour below each."""
_GREYS = ((0.15, 0), (0.4, 8), (0.75, 7), (1.0, 15))
_GREYS_ON_LIGHT = ((0.3, 0), (0.65, 8), (0.9, 7), (1.0, 15))
"""Upper limits of brightness, and the basic grey below each."""
_LIGHT = (7, 15)


class CellFilter(LineFilter):
    """Changes segments one by one."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the changed segments."""
        return [
            segment if segment.control else self._change(segment.text, segment.style)
            for segment in segments
        ]

    @abstractmethod
    def _change(self, text: str, style: Style | None) -> Segment:
        raise NotImplementedError


class BasicColours(CellFilter):
    """Changes colours to the 16 basic ones, by hue; Rich's choice would be grey for all of them."""

    def _change(self, text: str, style: Style | None) -> Segment:
        return Segment(text, None if style is None else _basic_style(style))


class NoColours(CellFilter):
    """Keeps only bold, underline and reverse; faint lines become thinner."""

    def _change(self, text: str, style: Style | None) -> Segment:
        if style is None:
            return Segment(text)
        return Segment(text.translate(_THIN) if _is_faint(style) else text, _plain_style(style))


class AsciiOnly(CellFilter):
    """Removes colours, and replaces all characters by ASCII."""

    def _change(self, text: str, style: Style | None) -> Segment:
        if style is None:
            return Segment(in_ascii(text))
        text = in_ascii(text.translate(_THIN if _is_faint(style) else _DOUBLE))
        return Segment(text, _plain_style(style))


class NoBraille(CellFilter):
    """Replaces braille by ASCII, for fonts without braille."""

    def _change(self, text: str, style: Style | None) -> Segment:
        return Segment(without_braille(text), style)


def filters_for(terminal: Terminal) -> list[LineFilter]:
    """Return the filters that ``terminal`` needs."""
    filters: list[LineFilter] = []
    if terminal.colours is Colours.ASCII:
        return [AsciiOnly()]
    if not terminal.braille:
        filters.append(NoBraille())
    if terminal.colours is Colours.MONO:
        filters.append(NoColours())
    if terminal.colours is Colours.BASIC:
        filters.append(BasicColours())
    return filters


@lru_cache(2048)
def _basic_style(style: Style) -> Style:
    back = None if style.bgcolor is None else basic_colour(style.bgcolor)
    on_light = back is not None and back.number in _LIGHT
    front = None if style.color is None else basic_colour(style.color, dark=on_light)
    if front is not None and front == back and style.color != style.bgcolor:
        front = RichColor.from_ansi(8 if back == RichColor.from_ansi(0) else 0)
    return style + Style(color=front, bgcolor=back)


def basic_colour(colour: RichColor, dark: bool = False) -> RichColor:
    """Return the basic colour of the same hue, a ``dark`` one for text on a light background."""
    if colour.is_default or (colour.number is not None and colour.number < 16):
        return colour
    red, green, blue = (part / 255 for part in colour.get_truecolor())
    hue, saturation, value = colorsys.rgb_to_hsv(red, green, blue)
    if saturation < _GREY or value < 0.2:
        limits = _GREYS_ON_LIGHT if dark else _GREYS
        return RichColor.from_ansi(next(number for limit, number in limits if value <= limit))
    number = next(number for limit, number in _HUES if hue * 360 <= limit)
    return RichColor.from_ansi(number + 8 * (value > 0.5 and not dark))


@lru_cache(2048)
def _plain_style(style: Style) -> Style:
    marked = style.bgcolor is not None and _brightness(style.bgcolor) > _MARKED
    return Style(
        bold=style.bold,
        underline=style.underline,
        reverse=bool(style.reverse) != marked or None,
        meta=style.meta or None,
    )


@lru_cache(2048)
def _is_faint(style: Style) -> bool:
    return style.color is not None and _brightness(style.color) < _FAINT


def _brightness(colour: RichColor) -> float:
    red, green, blue = colour.get_truecolor()
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255
