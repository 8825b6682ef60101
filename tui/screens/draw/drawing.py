"""A drawing of 28x28 grey levels and a mask over it, changed by strokes that can be undone."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from ....core.array_types import Grey
from ....core.names import SIDE
from ....core.sampling.given import Mask

_CORE, _EDGE = 0.7, 1.9
"""Pixels from the middle of a stroke: full ink within the first, none beyond the second."""
_MASK_RADIUS = 1.6
_MOST_UNDONE = 200


class Tool(Enum):
    """What a stroke does."""

    BRUSH = "brush"
    ERASER = "eraser"
    HIDE = "mask"
    """Marks what is filled in."""
    SHOW = "mask eraser"


Point = tuple[float, float]
"""Column and row of a place in pixels; whole numbers are the middles of pixels."""


@dataclass(frozen=True, eq=False, slots=True)
class _Content:
    image: Grey
    hidden: Mask


class Drawing:
    """What is on the canvas; arrays are replaced, never written to."""

    def __init__(self, image: Grey | None = None, hidden: Mask | None = None) -> None:
        self.image: Grey = np.zeros((SIDE, SIDE), np.uint8) if image is None else image
        """Grey levels ``[28, 28]``, white ink on black."""
        self.hidden: Mask = np.zeros((SIDE, SIDE), np.bool_) if hidden is None else hidden
        """The pixels that are to be filled in, ``[28, 28]``."""
        self._before: list[_Content] = []

    @property
    def blank(self) -> bool:
        """Whether there is no ink."""
        return not self.image.any()

    @property
    def masked(self) -> bool:
        """Whether something is hidden."""
        return bool(self.hidden.any())

    def begin(self) -> None:
        """Begin a change that :meth:`undo` takes back as a whole."""
        self._before.append(_Content(self.image, self.hidden))
        del self._before[:-_MOST_UNDONE]

    def undo(self) -> bool:
        """Take the newest change back; return False if there is none."""
        if not self._before:
            return False
        before = self._before.pop()
        self.image, self.hidden = before.image, before.hidden
        return True

    def stroke(self, start: Point, end: Point, tool: Tool) -> None:
        """Draw a line from ``start`` to ``end``; equal points make a dot."""
        distance = _distances(start, end)
        if tool is Tool.HIDE:
            self.hidden = self.hidden | (distance <= _MASK_RADIUS)
        elif tool is Tool.SHOW:
            self.hidden = self.hidden & (distance > _MASK_RADIUS)
        else:
            ink = np.clip((_EDGE - distance) / (_EDGE - _CORE), 0.0, 1.0) * 255
            levels = np.rint(ink).astype(np.uint8)
            if tool is Tool.BRUSH:
                self.image = np.maximum(self.image, levels)
            else:
                self.image = np.minimum(self.image, 255 - levels)

    def clear(self, mask: bool) -> None:
        """Clear the ``mask``, or the picture."""
        self.begin()
        if mask:
            self.hidden = np.zeros_like(self.hidden)
        else:
            self.image = np.zeros_like(self.image)

    def replace(self, image: Grey) -> None:
        """Take another picture ``[28, 28]``; the mask stays."""
        self.begin()
        self.image = image

    def seen(self) -> Grey:
        """Return the picture as it is shown: hidden pixels are in a pattern."""
        y, x = np.mgrid[:SIDE, :SIDE]
        pattern = np.where((x + y) % 2, 110, 50).astype(np.uint8)
        return np.where(self.hidden, pattern, self.image)


def _distances(start: Point, end: Point) -> NDArray[np.float64]:
    """Return the distance of each pixel's middle from the line between two points."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float64)
    (x0, y0), (dx, dy) = start, (end[0] - start[0], end[1] - start[1])
    length = dx * dx + dy * dy
    along = ((x - x0) * dx + (y - y0) * dy) / length if length else np.zeros_like(x)
    along = along.clip(0.0, 1.0)
    return np.hypot(x - x0 - along * dx, y - y0 - along * dy)
