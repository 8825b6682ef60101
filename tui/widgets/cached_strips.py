"""Base class of widgets that draw their strips themselves and cache them."""

from abc import abstractmethod

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from .picture_palette import PicturePalette, palette_of


class CachedStrips(Widget):
    """A widget whose strips are cached until its size, its palette or its content changes."""

    ALLOW_SELECT = False
    rgb = False
    """Whether it shows pictures in colour."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._strips: list[Strip] = []
        self._cache_key: tuple[int, int, PicturePalette] | None = None

    @abstractmethod
    def draw(self, width: int, height: int, palette: PicturePalette) -> list[Strip]:
        """Return ``height`` strips of ``width`` cells."""

    def redraw(self) -> None:
        """Discard the cached strips and repaint the widget."""
        self._cache_key = None
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the strips of the rows in ``crop``.

        This bypasses Textual's cache of styled lines, which would split the strips into segments;
        these widgets have no border, padding or tint.
        """
        width, height = self.size
        key = (width, height, palette_of(self.app, self.rgb))
        if self._cache_key != key:
            self._strips = self.draw(*key)
            self._cache_key = key
        strips = self._strips[crop.y : crop.bottom]
        if crop.x == 0 and crop.width == width:
            return strips
        return [strip.crop(crop.x, crop.right) for strip in strips]
