"""A diverging colour map: blue for negative values, white for zero, red for positive ones."""

import numpy as np
from numpy.typing import NDArray

_ANCHORS = np.array(
    [
        (33, 102, 172),
        (67, 147, 195),
        (146, 197, 222),
        (209, 229, 240),
        (247, 247, 247),
        (253, 219, 199),
        (244, 165, 130),
        (214, 96, 77),
        (178, 24, 43),
    ],
    np.float64,
)
_LEVELS = 15
"""Few enough that neighbouring cells often have the same colours, which aren't sent again."""
_BASIC = np.array([(0, 0, 128), (0, 0, 255), (255, 255, 255), (255, 0, 0), (128, 0, 0)], np.uint8)
"""Those of a terminal with 16 colours, which has no pale ones."""
_BASIC_LIMITS = (-0.7, -0.25, 0.25, 0.7)


def _table() -> NDArray[np.uint8]:
    at = np.linspace(0, len(_ANCHORS) - 1, _LEVELS)
    channels = [np.interp(at, np.arange(len(_ANCHORS)), _ANCHORS[:, c]) for c in range(3)]
    return np.rint(np.stack(channels, axis=-1)).astype(np.uint8)


_COLOURS = _table()


def diverging(values: NDArray[np.floating], basic: bool = False) -> NDArray[np.uint8]:
    """Return values ``[...]`` as colours ``[..., 3]``; those beyond -1 and 1 have the end's.

    With ``basic`` they are among the 16 colours of every terminal.
    """
    if basic:
        return _BASIC[np.digitize(values, _BASIC_LIMITS)]
    level = np.rint((np.clip(values, -1.0, 1.0) + 1.0) / 2 * (_LEVELS - 1))
    return _COLOURS[level.astype(np.intp)]
