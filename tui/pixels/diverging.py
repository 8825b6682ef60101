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


def _table() -> NDArray[np.uint8]:
    at = np.linspace(0, len(_ANCHORS) - 1, _LEVELS)
    channels = [np.interp(at, np.arange(len(_ANCHORS)), _ANCHORS[:, c]) for c in range(3)]
    return np.rint(np.stack(channels, axis=-1)).astype(np.uint8)


_COLOURS = _table()


def diverging(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Return values ``[...]`` as colours ``[..., 3]``; those beyond -1 and 1 have the end's."""
    level = np.rint((np.clip(values, -1.0, 1.0) + 1.0) / 2 * (_LEVELS - 1))
    return _COLOURS[level.astype(np.intp)]
