"""The palette of pictures: the terminal's greys or colours, and a few colours of the theme."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color as TextualColor
from textual.strip import Strip

from ..pixels.cells import CellRow, Codes, CodesOnDemand, runs
from ..pixels.colours import Colours
from ..pixels.greys import Greys, greys_for
from ..pixels.rgb import RgbColours, rgb_for
from ..terminal.line_filters import basic_colour
from ..terminal.themes import themed
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

    greys: Greys | RgbColours
    """The colours of pictures: greys, or those of pictures in colour."""
    codes: Codes | CodesOnDemand
    colours: "Sequence[Color] | _RichColours"
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


@lru_cache(maxsize=1 << 13)
def _style(palette: PicturePalette, front: int, back: int) -> Style:
    return Style(color=palette.colours[front], bgcolor=palette.colours[back])


def palette_of(app: App[object], rgb: bool = False) -> PicturePalette:
    """Return the palette of grey or, with ``rgb``, coloured pictures in ``app``."""
    terminal = getattr(app, "terminal", None)
    colours = Colours.TRUECOLOR if terminal is None else terminal.pictures
    return palette_for(colours, getattr(app, "colour_theme", "dark"), rgb)


@cache
def palette_for(colours: Colours, theme: str = "dark", rgb: bool = False) -> PicturePalette:
    """Return the palette of grey or, with ``rgb``, coloured pictures for these ``colours``."""
    greys = greys_for(colours)
    if colours.plain:
        return PicturePalette(greys, Codes((), ()), ())
    names = themed(theme, BACKGROUND), themed(theme, ACCENT)
    basic = colours is Colours.BASIC
    named = tuple(
        basic_colour(colour) if basic else colour.downgrade(SYSTEMS[colours])
        for colour in map(Color.parse, names)
    )
    if rgb:
        rich = _RichColours(rgb_for(colours), named)
        return PicturePalette(rich.pictures, CodesOnDemand(rich.code), rich)
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


class _RichColours:
    """Rich's colours by position: those of pictures in colour, then ``named`` ones."""

    def __init__(self, pictures: RgbColours, named: tuple[Color, ...]) -> None:
        self.pictures, self._named = pictures, named

    def __len__(self) -> int:
        return self.pictures.number + len(self._named)

    def __getitem__(self, position: int) -> Color:
        beyond = position - self.pictures.number
        if beyond >= 0:
            return self._named[beyond]
        number = self.pictures.terminal_number(position)
        if number is None:
            return Color.from_rgb(*self.pictures.rgb(position))
        return Color.from_ansi(number)

    def code(self, position: int, back: bool) -> str:
        """Return the SGR parameters of a colour."""
        if position < self.pictures.number:
            return self.pictures.code(position, back=back)
        return ";".join(self[position].get_ansi_codes(foreground=not back))
