"""The five levels of what a terminal can show."""

from enum import StrEnum


class Colours(StrEnum):
    """The colours and characters to draw with."""

    TRUECOLOR = "truecolor"
    """Any colour, and half-blocks."""
    PALETTE = "256"
    """The palette of 256 colours, and half-blocks."""
    BASIC = "16"
    """The 16 basic colours (four greys), and half-blocks."""
    MONO = "mono"
    """No colours at all; pictures in braille."""
    ASCII = "ascii"
    """No colours, and ASCII only."""

    @property
    def plain(self) -> bool:
        """Whether no colours may be used."""
        return self in (Colours.MONO, Colours.ASCII)
