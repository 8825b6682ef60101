"""Checks of values that were read from JSON."""

import sys
from typing import TypeGuard


def is_finite_number(value: object) -> TypeGuard[float]:
    """Return whether ``value`` is a number that a float can hold: no bool, NaN or infinity."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= sys.float_info.max
