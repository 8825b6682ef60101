"""A strip of picture cells that renders its escape sequences itself."""

from rich.console import Console
from rich.segment import Segment
from textual.strip import Strip

from ..pixels.cells import CellRow, encode_cells
from .picture_palette import PicturePalette


class PixelStrip(Strip):
    """A strip whose escape sequences set a colour only where it changes.

    Textual's rendering of the segments shows the same cells with about twice the bytes. Segments
    are needed only to crop, tint or export a strip, which is rare, so they are made on demand.
    """

    __slots__ = ("_made", "_palette", "_row", "_sequences")

    def __init__(self, row: CellRow, palette: PicturePalette) -> None:
        self._row, self._palette = row, palette
        self._made: list[Segment] | None = None
        self._sequences = encode_cells(row, palette.codes)
        super().__init__((), len(row.text))

    @property
    def _segments(self) -> list[Segment]:  # pyright: ignore[reportIncompatibleVariableOverride]
        if self._made is None:
            self._made = self._palette.segments(self._row)
        return self._made

    @_segments.setter
    def _segments(self, segments: list[Segment]) -> None:
        """Ignore the segments that Strip.__init__ sets."""

    def render(self, console: Console) -> str:
        """Return the escape sequences; they don't depend on the console."""
        return self._sequences


def pixel_strips(rows: list[CellRow], palette: PicturePalette) -> list[PixelStrip]:
    """Return a strip for each row of cells; equal neighbours are the same strip."""
    strips: list[PixelStrip] = []
    for y, row in enumerate(rows):
        strips.append(strips[-1] if y and row == rows[y - 1] else PixelStrip(row, palette))
    return strips
