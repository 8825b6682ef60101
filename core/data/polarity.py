"""Whether pictures are white ink on black, as the networks expect, or black ink on white."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..array_types import Grey

_GROUND = 0.85  # of the pixels along the border are bright: a photograph stays below
_BRIGHT = 0.6  # of all pixels
_MIDDLE = 128


def is_black_on_white(pictures: Sequence[Grey]) -> bool:
    """Return whether most pictures (``[h, w]`` uint8 each) are dark ink on a bright ground.

    The border of a picture shows the ground: it has to be bright all around in half of the
    pictures, and most pixels of all.
    """
    borders = _bright_shares([_border(picture) for picture in pictures])
    return bool(np.median(borders) >= _GROUND and _bright_shares(pictures).mean() >= _BRIGHT)


def polarity_note(pictures: Sequence[Grey], inverted: bool, asked: bool) -> str:
    """Return what is to be said of the polarity, on one line; empty where it is the usual one.

    ``pictures`` are as stored, ``asked`` tells whether the user chose.
    """
    if inverted and asked:
        return "inverted: black becomes white"
    if inverted:
        return (
            "most pixels are white: taken as black ink on white and inverted; "
            "--no-invert keeps them"
        )
    if _bright_shares(pictures).mean() <= 0.5:
        return ""
    kept = "kept as they are" if asked else "kept: --invert inverts them"
    return f"most pixels are white, and the networks expect white ink on black: {kept}"


def _border(picture: Grey) -> NDArray[np.uint8]:
    sides = (picture[0], picture[-1], picture[:, 0], picture[:, -1])
    return np.concatenate(sides)


def _bright_shares(pictures: Sequence[Grey]) -> NDArray[np.float64]:
    """Return the part of the pixels that is bright, of each picture."""
    return np.array([np.count_nonzero(p >= _MIDDLE) / p.size for p in pictures])
