"""The column of panels on the run screen: their selection, order and heights."""

from dataclasses import dataclass
from typing import NamedTuple

from textual.geometry import Region

from ....core.names import SIDE
from ...widgets.explain_texts import WORDS, rows_needed
from ..base_screen import Plan

EPS = "eps"
PAGES: tuple[tuple[str, ...], ...] = (
    ("belief", "readout", EPS, "loss", "schedule"),
    ("readout", "loss", "schedule", "belief"),
    ("loss", "schedule", "belief", "readout"),
    (EPS, "belief", "readout", "loss", "schedule"),
)
"""The pages that ``tab`` goes through: panels, the most important first."""

PAIR_WIDTH = 36  # columns for belief and numbers side by side
EXPLAIN_WIDTH = 24  # narrowest explanation
BELIEF_ROWS = 11
_NUMBERS = 18
GAP = 2
BESIDE = 16  # narrowest chart beside eps


@dataclass(frozen=True)
class RunPlan(Plan):
    """A plan with the scale of the largest picture."""

    scale: int = 0
    """Whole cells per pixel; 0 when the terminal is too small."""


class _Need(NamedTuple):
    rows: int
    width: int
    rows_max: int
    rows_min: int = 0
    """Minimum height as the last panel of a column; 0: ``rows``."""


_NEEDS = {
    "belief": _Need(BELIEF_ROWS, 12, BELIEF_ROWS),
    "readout": _Need(4, 16, 10),
    EPS: _Need(15, SIDE, 15),
    "loss": _Need(6, 16, 100, 4),
    "schedule": _Need(6, 16, 100),
    "both": _Need(BELIEF_ROWS, PAIR_WIDTH, BELIEF_ROWS),
}
_WITH_TITLE = (EPS,)


def picture(name: str, x: int, y: int, side: int) -> dict[str, Region]:
    """Return the regions of a picture ``side`` columns wide, and of its title above."""
    return {
        f"{name}-title": Region(x, y, side, 1),
        name: Region(x, y + 1, side, side // 2),
    }


def fill(area: Region, order: tuple[str, ...], most: int = 100) -> dict[str, Region]:
    """Return regions for as many panels as ``area`` has room for, one below the other.

    Belief and numbers go side by side where the area is wide enough, and so do eps and a chart.
    At most ``most`` of them are placed, such a pair being one.
    """
    wanted = list(order)
    if area.width >= PAIR_WIDTH and {"belief", "readout"} <= set(order):
        place = min(wanted.index("belief"), wanted.index("readout"))
        wanted = [name for name in wanted if name not in ("belief", "readout")]
        wanted.insert(place, "both")
    chosen: list[str] = []
    left, last = area.height, 0
    for name in wanted:
        need = _need(name, area.width)
        if need.width > area.width or len(chosen) == most:
            continue
        if need.rows <= left:
            chosen.append(name)
            left -= need.rows
        elif 0 < need.rows_min <= left:
            chosen.append(name)
            last, left = left, 0
            break
    heights = _heights(chosen, left, area.width)
    if last:
        heights[chosen[-1]] = last
    # Blank rows between panels, as far as rows are left.
    left = area.height - sum(heights.values())
    regions: dict[str, Region] = {}
    y = area.y
    for name in chosen:
        place = Region(area.x, y, area.width, heights[name])
        regions |= _place(name, place)
        if name == EPS and area.width >= SIDE + GAP + BESIDE:
            charts = [n for n in ("loss", "schedule") if n in wanted and n not in chosen]
            x = area.x + SIDE + GAP
            rest = Region(x, y, area.right - x, place.height)
            regions |= fill(rest, tuple(charts)) if charts else {}
        y += heights[name]
        if left > 0:
            y += 1
            left -= 1
    return regions


def _need(name: str, width: int) -> _Need:
    """Return the size that a panel needs in a column of ``width`` cells."""
    if name == "explain":
        wide = width >= EXPLAIN_WIDTH
        rows, most = (rows_needed(width, short=True), rows_needed(width)) if wide else (0, 0)
        return _Need(rows, EXPLAIN_WIDTH, most + len(WORDS))
    return _NEEDS[name]


def _heights(chosen: list[str], left: int, width: int) -> dict[str, int]:
    """Return the heights; rows left over go to gaps, then to the numbers, then to the charts."""
    needs = {name: _need(name, width) for name in chosen}
    heights = {name: need.rows for name, need in needs.items()}
    left -= max(0, len(chosen) - 1)
    highest = max(10, width // 2)
    for names in (["readout"], ["explain"], ["loss", "schedule"]):
        growing = [name for name in names if name in heights]
        while left > 0 and growing:
            for name in list(growing):
                if left > 0 and heights[name] < min(needs[name].rows_max, highest):
                    heights[name] += 1
                    left -= 1
                else:
                    growing.remove(name)
    return heights


def _place(name: str, area: Region) -> dict[str, Region]:
    x, y, width, height = area
    if name == "both":
        half = width - _NUMBERS - GAP
        belief = min(half, 40)
        numbers_x = x + belief + GAP
        return {
            "belief": Region(x, y, belief, height),
            "readout": Region(numbers_x, y, min(30, x + width - numbers_x), 10),
        }
    if name == EPS:
        return {
            f"{EPS}-title": Region(x, y, SIDE, 1),
            EPS: Region(x, y + 1, SIDE, 14),
        }
    if name == "readout":
        width = min(width, 30)
    return {name: Region(x, y, width, height)}
