"""The layout of the run screen below 80 columns: panels below each other, or on pages."""

from collections.abc import Callable
from typing import NamedTuple

from textual.geometry import Region

from ....core.names import SIDE
from ...widgets.belief_strip import LABEL
from .run_panels import EPS, GAP, RunPlan, fill, picture

_PANEL = 18  # narrowest useful panel beside a picture
_PICTURE = 1 + SIDE // 2


class _Band(NamedTuple):
    """Something across the screen: its rows, and what it has in them."""

    rows: int
    grows: bool
    """Whether it can use more rows."""
    place: Callable[[Region], dict[str, Region]]


def narrow(content: Region, page: int) -> RunPlan:
    """Lay out a terminal of at least 40x20: the bands that fit, ``page`` after ``page``."""
    x, _, width, height = content
    rows = height - 20
    top = 2 if rows >= 6 else 1
    line = int(rows >= 2)
    strip = 10 if rows >= 36 else int(rows >= 1)
    ticks = 3 if rows >= 3 else 2
    bottom = ticks + strip + 1 + line + 1
    area = Region(x, top, width, height - top - bottom)
    found = _pages(area)
    bands = found[page % len(found)]
    y = area.bottom
    regions = {
        "header": Region(x, 0, width, 1),
        "timeline": Region(x, y, width, ticks),
        "phase": Region(x, y + ticks + strip, width, 1),
        "footer": Region(x, height - 1, width, 1),
    }
    if strip:
        regions["strip"] = Region(x - LABEL, y + ticks, width + LABEL, strip)
    if line:
        regions["line"] = Region(x, height - 2, width, 1)
    return RunPlan(regions | _placed(area, bands), 1)


def narrow_pages(width: int, height: int) -> int:
    """Return how many pages there may be at this size, at most."""
    return len(_bands(width)) if width < 2 * (SIDE + GAP) + _PANEL else 1


def _bands(width: int) -> list[_Band]:
    if width >= 2 * SIDE + GAP:
        return [
            _Band(_PICTURE, False, _pair("xt", "x0")),
            _Band(11, False, _panels("belief", "readout")),
            _Band(_PICTURE, False, _beside(EPS, "loss")),
            _Band(8, True, _panels("schedule")),
        ]
    if width >= SIDE + GAP + _PANEL:
        return [
            _Band(_PICTURE, False, _beside("xt", "belief", "readout")),
            _Band(_PICTURE, False, _beside("x0", "readout", "loss")),
            _Band(_PICTURE, False, _beside(EPS, "loss", "schedule")),
            _Band(8, True, _panels("schedule")),
        ]
    return [
        _Band(_PICTURE, False, _beside("xt")),
        _Band(_PICTURE, False, _beside("x0")),
        _Band(11, False, _panels("belief")),
        _Band(_PICTURE, False, _beside(EPS)),
        _Band(10, False, _panels("readout")),
        _Band(6, True, _panels("loss")),
        _Band(6, True, _panels("schedule")),
    ]


def _pages(area: Region) -> list[list[_Band]]:
    """Return the bands of each page: as many as there is room for, in their order."""
    found: list[list[_Band]] = [[]]
    left = area.height
    for band in _bands(area.width):
        if band.rows > left and found[-1]:
            found.append([])
            left = area.height
        found[-1].append(band)
        left -= band.rows
    return found


def _placed(area: Region, bands: list[_Band]) -> dict[str, Region]:
    """Return the regions of ``bands``; rows that are left go to gaps, then to what can grow."""
    left = area.height - sum(band.rows for band in bands)
    gap = 1 if left >= len(bands) - 1 else 0
    left -= gap * (len(bands) - 1)
    growing = sum(band.grows for band in bands)
    regions: dict[str, Region] = {}
    y = area.y
    for band in bands:
        rows = band.rows
        if band.grows:
            rows += left // growing
        room = Region(area.x, y, area.width, min(rows, area.bottom - y))
        for name, region in band.place(room).items():
            if name not in regions:
                regions[name] = region
        y += rows + gap
    return regions


def _pair(first: str, second: str) -> Callable[[Region], dict[str, Region]]:
    def place(room: Region) -> dict[str, Region]:
        x = room.right - SIDE
        return picture(first, room.x, room.y, SIDE) | picture(second, x, room.y, SIDE)

    return place


def _beside(name: str, *panels: str) -> Callable[[Region], dict[str, Region]]:
    """A picture, with panels at its right; alone it is in the middle."""

    def place(room: Region) -> dict[str, Region]:
        if not panels:
            return picture(name, room.x + (room.width - SIDE) // 2, room.y, SIDE)
        x = room.x + SIDE + GAP
        rest = Region(x, room.y, room.right - x, room.height)
        return picture(name, room.x, room.y, SIDE) | fill(rest, panels)

    return place


def _panels(*names: str) -> Callable[[Region], dict[str, Region]]:
    return lambda room: fill(room, names)
