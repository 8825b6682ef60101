"""Which levels of a picture or an array are black and white."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..array_types import Grey
from ..errors import DiffvizError

# Ends of ranges that files use, beside those of their types: 8, 10, 12 and 16 bits.
_USUAL_WHITES = (255, 1023, 4095, 65535)
_DARK = 32 / 256  # a set that uses less than this part of its type's range is scaled up
_SLACK = 1e-3  # what rounding adds to floating-point ranges


class Levels(NamedTuple):
    """The range of a set of pictures: all levels are scaled from it to 0 … 255."""

    black: float
    white: float
    said: str = ""
    """The decision in words; empty where nothing had to be decided."""

    def to_bytes(self, values: NDArray[Any]) -> Grey:
        """Return levels as 0 … 255; what is beyond the range becomes black or white."""
        if values.dtype == np.uint8 and (self.black, self.white) == (0, 255):
            return values
        if values.dtype.kind != "f":
            values = values.astype(np.float64)
        scaled = (values - self.black) * (255 / (self.white - self.black))
        return np.rint(scaled.clip(0, 255)).astype(np.uint8)


def levels_of(dtype: np.dtype[Any], low: float, high: float, what: str) -> Levels:
    """Return the range of pictures of a type whose darkest and brightest levels are known.

    Whole numbers use the range of their type, unless the brightest level shows a smaller one;
    floating-point numbers 0 to 1, -1 to 1, or that of whole numbers. ``what`` names the pictures
    in the decision and in errors.

    Raises:
        DiffvizError: if there is no such range.
    """
    if dtype.kind == "b":
        return Levels(0, 1)
    if dtype.kind == "f":
        return _floating_point_levels(low, high, what)
    if dtype.kind not in "iu":
        raise DiffvizError(f"{what} are {dtype}: numbers are needed, best uint8")
    if low < 0:
        raise DiffvizError(
            f"{what} have negative levels ({low:g}): store them from 0 (black) to 255 (white)"
        )
    full = float(np.iinfo(dtype).max)
    if dtype.itemsize > 2:  # numbers of this size were chosen by a library, not for the levels
        full = next((white for white in (255, 65535) if high <= white), full)
    return Levels(0, *_white(high, full, what, said=dtype != np.uint8))


def byte_levels(white: int, what: str) -> Levels:
    """Return the range of 8-bit pictures whose white is known already."""
    said = "" if white == 255 else f"{what}: {white} of 255 is taken as white"
    return Levels(0, white, said)


def _white(high: float, full: float, what: str, said: bool) -> tuple[float, str]:
    """Return the level of white, and the decision in words."""
    if high == 0 or high >= full * _DARK:
        return full, f"{what}: {full:,.0f} is taken as white" if said else ""
    usual = (level for level in _USUAL_WHITES if 32 <= high <= level)
    white = next(usual, high)
    return white, (
        f"{what}: the brightest level of all is {high:.6g} of {full:.6g}, so {white:.6g} is "
        "taken as white"
    )


def _floating_point_levels(low: float, high: float, what: str) -> Levels:
    if not (np.isfinite(low) and np.isfinite(high)):
        raise DiffvizError(f"{what} have values that are not finite: store levels from 0 to 1")
    if low >= -_SLACK and high <= 1 + _SLACK:
        return Levels(0, 1, f"{what}, floating-point: 1 is taken as white")
    if -1 - _SLACK <= low < 0 and high <= 1 + _SLACK:
        return Levels(-1, 1, f"{what}, floating-point: -1 is taken as black, 1 as white")
    if low >= 0 and high <= 65535:
        full = 255.0 if high <= 255 else 65535.0
        return Levels(0, *_white(high, full, f"{what}, floating-point", said=True))
    raise DiffvizError(
        f"{what} have levels from {low:.4g} to {high:.4g}: store them from 0 (black) to 1 (white), "
        "or from -1 to 1, or as uint8"
    )
