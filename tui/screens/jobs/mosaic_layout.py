"""The plan of a screen with one mosaic: its tiles, and which digits are on which page."""

from dataclasses import dataclass

from ...pixels.tiles import Tiles
from ..base_screen import Plan


@dataclass(frozen=True)
class MosaicPlan(Plan):
    """A plan with the tiles of the mosaic; None when the terminal is too small."""

    tiles: Tiles | None
    count: int
    """The number of digits."""

    @property
    def pages(self) -> int:
        """The number of pages the digits take."""
        return -(-self.count // self.tiles.capacity) if self.tiles is not None else 1

    def page(self, index: int) -> range:
        """Return the numbers of the digits on the same page as ``index``."""
        on_page = self.tiles.capacity if self.tiles is not None else self.count
        start = index // on_page * on_page
        return range(start, min(self.count, start + on_page))
