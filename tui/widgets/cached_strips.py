"""What widgets share that are drawn whole, from cells of their own."""

from abc import abstractmethod

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from .picture_palette import Inks, inks_of


class Drawn(Widget):
    """A widget whose strips are kept until its size, its colours or what it shows changes."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._strips: list[Strip] = []
        self._drawn: tuple[int, int, Inks] | None = None

    @abstractmethod
    def draw(self, width: int, height: int, inks: Inks) -> list[Strip]:
        """Return ``height`` strips of ``width`` cells."""

    def draw_again(self) -> None:
        """Forget what was drawn: something else is to be shown."""
        self._drawn = None
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the strips of the rows in ``crop``.

        This goes past Textual's cache of styled lines, which would take the strips apart: there
        is no border, padding or tint to add to them.
        """
        width, height = self.size
        now = (width, height, inks_of(self.app))
        if self._drawn != now:
            self._strips = self.draw(*now)
            self._drawn = now
        strips = self._strips[crop.y : crop.bottom]
        if crop.x == 0 and crop.width == width:
            return strips
        return [strip.crop(crop.x, crop.right) for strip in strips]
