"""The colours of a mosaic: the terminal's greys, followed by a few of the theme's."""

from dataclasses import dataclass
from functools import cache

from rich.color import Color, ColorSystem
from rich.style import Style

from ..pixels.greys import Greys, greys_for
from ..theme import ACCENT, BACKGROUND

_SYSTEMS = {
    "truecolor": ColorSystem.TRUECOLOR,
    "256": ColorSystem.EIGHT_BIT,
    "standard": ColorSystem.STANDARD,
    "windows": ColorSystem.WINDOWS,
}


@dataclass(frozen=True, eq=False)
class Inks:
    """Colours by position: those of ``greys`` first."""

    greys: Greys
    front: tuple[str, ...]
    """SGR parameters that make each colour the foreground."""
    back: tuple[str, ...]
    colours: tuple[Color, ...]

    @property
    def background(self) -> int:
        """Position of the screen's background."""
        return len(self.greys.levels)

    @property
    def frame(self) -> int:
        """Position of the colour of what is selected."""
        return len(self.greys.levels) + 1

    def style(self, front: int, back: int) -> Style:
        """Return the two colours as a style; ``front`` may be -1 for none."""
        return _style(self, max(front, 0), back)


@cache
def _style(inks: Inks, front: int, back: int) -> Style:
    return Style(color=inks.colours[front], bgcolor=inks.colours[back])


@cache
def inks_for(color_system: str | None) -> Inks:
    """Return the colours for a colour system as Rich names it."""
    greys = greys_for(color_system)
    system = _SYSTEMS.get(color_system or "", ColorSystem.STANDARD)
    named = tuple(Color.parse(name).downgrade(system) for name in (BACKGROUND, ACCENT))
    own = tuple(
        Color.from_rgb(level, level, level)
        if greys.numbers is None
        else Color.from_ansi(greys.numbers[position])
        for position, level in enumerate(greys.levels)
    )
    return Inks(
        greys,
        (*greys.front, *(";".join(c.get_ansi_codes(foreground=True)) for c in named)),
        (*greys.back, *(";".join(c.get_ansi_codes(foreground=False)) for c in named)),
        (*own, *named),
    )
