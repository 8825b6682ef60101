"""Timesteps along a horizontal axis: t = 1000 at the left, t = 0 at the right."""

from ...core.phases import Phase

START = Phase.STATIC.high


def column_of(t: int, width: int) -> int:
    """Return the column of timestep ``t`` in a bar ``width`` cells wide."""
    return round((START - t) * (width - 1) / START)


def timestep_at(column: int, width: int) -> int:
    """Return the timestep of a column: the inverse of :func:`column_of`."""
    return round(START - column * START / (width - 1))


def spread(number: int) -> tuple[int, ...]:
    """Return ``number`` timesteps, evenly spaced from noise to digit; none if there are too few."""
    last = number - 1
    return tuple(round(START * (1 - place / last)) for place in range(number)) if last > 0 else ()
