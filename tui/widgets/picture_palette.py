"""The palette of pictures: the terminal's grey levels and a few colours of the theme."""

from dataclasses import dataclass
from functools import cache

from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color as TextualColor
from textual.strip import Strip

from ..pixels.cells import CellRow, Codes, runs
from ..pixels.colours import Colours
from ..pixels.greys import Greys, greys_for
from ..terminal.light_theme import light
from ..theme import ACCENT, BACKGROUND

SYSTEMS = {
    Colours.TRUECOLOR: ColorSystem.TRUECOLOR,
    Colours.PALETTE: ColorSystem.EIGHT_BIT,
    Colours.BASIC: ColorSystem.STANDARD,
}
"""Rich's colour systems."""
_BACKGROUND = TextualColor.parse(BACKGROUND)


@dataclass(frozen=True, eq=False)
class PicturePalette:
    """Colours by position: ``greys`` first, then the background and the selection colour."""

    greys: Greys
    codes: Codes
    colours: tuple[Color, ...]
    """The same as Rich colours; empty for a terminal without colours."""

    @property
    def background(self) -> int:
        """Position of the screen's background colour."""
        return len(self.greys.levels)

    @property
    def selection(self) -> int:
        """Position of the colour that marks the selection."""
        return len(self.greys.levels) + 1

    def style(self, front: int, back: int) -> Style:
        """Return the two colours as a style."""
        return _style(self, front, back) if self.colours else Style.null()

    def segments(self, row: CellRow) -> list[Segment]:
        """Return a row of cells as segments."""
        return [Segment(run.text, self.style(run.front, run.back)) for run in runs(row)]


def filtered(strip: Strip, app: App[object]) -> Strip:
    """Apply the app's line filters to ``strip``, for a widget that bypasses them."""
    for line_filter in app.get_line_filters():
        strip = strip.apply_filter(line_filter, _BACKGROUND)
    return strip


@cache
def _style(palette: PicturePalette, front: int, back: int) -> Style:
    return Style(color=palette.colours[front], bgcolor=palette.colours[back])


def palette_of(app: App[object]) -> PicturePalette:
    """Return the picture palette for the terminal of ``app``."""
    terminal = getattr(app, "terminal", None)
    colours = Colours.TRUECOLOR if terminal is None else terminal.pictures
    return palette_for(colours, getattr(app, "light", False))


@cache
def palette_for(colours: Colours, light_theme: bool = False) -> PicturePalette:
    """Return the picture palette for a terminal with ``colours``."""
    greys = greys_for(colours)
    if colours.plain:
        return PicturePalette(greys, Codes((), ()), ())
    names = (light(BACKGROUND), light(ACCENT)) if light_theme else (BACKGROUND, ACCENT)
    named = tuple(Color.parse(name).downgrade(SYSTEMS[colours]) for name in names)
    levels = tuple(
        Color.from_rgb(level, level, level)
        if greys.numbers is None
        else Color.from_ansi(greys.numbers[position])
        for position, level in enumerate(greys.levels)
    )
    codes = Codes(
        (*greys.front, *(";".join(c.get_ansi_codes(foreground=True)) for c in named)),
        (*greys.back, *(";".join(c.get_ansi_codes(foreground=False)) for c in named)),
    )
    return PicturePalette(greys, codes, (*levels, *named))
