"""A strip of cells with escape sequences of its own."""

from rich.console import Console
from rich.segment import Segment
from textual.strip import Strip

from ..pixels.cells import CellRow, encode_cells
from .picture_palette import Inks


class PixelStrip(Strip):
    """A strip whose escape sequences name a colour only where it changes.

    Textual's rendering of the segments shows the same cells with about twice the bytes. The
    segments are there for whatever cuts, tints or exports strips; all of that makes new strips.
    They are made when they are asked for, which for most frames is never.
    """

    __slots__ = ("_inks", "_made", "_row", "_sequences")

    def __init__(self, row: CellRow, inks: Inks) -> None:
        self._row, self._inks = row, inks
        self._made: list[Segment] | None = None
        self._sequences = encode_cells(row, inks.codes)
        super().__init__((), len(row.text))

    @property
    def _segments(self) -> list[Segment]:  # pyright: ignore[reportIncompatibleVariableOverride]
        if self._made is None:
            self._made = self._inks.segments(self._row)
        return self._made

    @_segments.setter
    def _segments(self, segments: list[Segment]) -> None:
        """Ignore what Strip sets when it is made."""

    def render(self, console: Console) -> str:
        """Return the escape sequences; they don't depend on the console."""
        return self._sequences


def pixel_strips(rows: list[CellRow], inks: Inks) -> list[PixelStrip]:
    """Return a strip for each row of cells; equal neighbours are the same strip."""
    strips: list[PixelStrip] = []
    for y, row in enumerate(rows):
        strips.append(strips[-1] if y and row == rows[y - 1] else PixelStrip(row, inks))
    return strips
