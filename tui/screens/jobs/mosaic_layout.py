"""Digits in tiles on a screen, as planned: where everything goes, which digits on which page."""

from dataclasses import dataclass

from textual.geometry import Region

from ...pixels.tiles import Tiles


@dataclass(frozen=True)
class MosaicPlan:
    """Regions by widget id, and the tiles of the mosaic; None when the terminal is too small."""

    tiles: Tiles | None
    regions: dict[str, Region]
    count: int
    """The number of digits."""

    @property
    def pages(self) -> int:
        """The number of pages the digits take."""
        return -(-self.count // self.tiles.capacity) if self.tiles is not None else 1

    def page(self, index: int) -> range:
        """Return the numbers of the digits that are on the same page as ``index``."""
        on_page = self.tiles.capacity if self.tiles is not None else self.count
        start = index // on_page * on_page
        return range(start, min(self.count, start + on_page))
