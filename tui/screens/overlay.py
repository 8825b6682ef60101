"""The base class of boxes over a screen: a border on every terminal, and the screen unchanged."""

from typing import Any

from textual.geometry import Region
from textual.screen import ModalScreen, Screen, ScreenResultType
from textual.strip import Strip

from .._textual import strips_of


def lines_below(screen: Screen[Any], crop: Region) -> list[Strip] | None:
    """Return the lines of the screen below ``screen``, as it is; None if there is none.

    Textual would tint them, and apply the line filters a second time: pictures would become
    negatives in the light theme, and black where there are few colours. Nothing on them can be
    clicked.
    """
    stack = screen.app.screen_stack
    place = stack.index(screen) if screen in stack else 0
    if place == 0:
        return None
    below = strips_of(stack[place - 1])[crop.y : crop.bottom]
    return [_unclickable(strip.crop(crop.x, crop.right)) for strip in below]


class Overlay(ModalScreen[ScreenResultType]):
    """A screen with one box in its middle, over another screen."""

    AUTO_FOCUS = None
    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Overlay { align: center middle; overflow: hidden; background: transparent; }
    Overlay > * {
        max-width: 100%; max-height: 100%; outline: round $primary; background: $panel;
    }
    """

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines of the screen below."""
        lines = lines_below(self, crop)
        return super().render_lines(crop) if lines is None else lines


def _unclickable(strip: Strip) -> Strip:
    """Return a strip without actions; one that has none is the same."""
    if not any(segment.style and segment.style.meta for segment in strip):
        return strip
    return Strip(
        [
            segment._replace(style=segment.style.clear_meta_and_links())
            if segment.style
            else segment
            for segment in strip
        ],
        strip.cell_length,
    )
