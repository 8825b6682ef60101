"""The layout of the run screen, as a pure function of the terminal's size.

x_t has the largest scale that leaves room for x0_hat and a column of panels. The panels depend on
the room and on the page (``tab``); see ``run_panels.py``.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from textual.geometry import Region

from ....core.names import SIDE
from ..base_screen import MIN_HEIGHT, MIN_WIDTH, Plan
from .run_panels import EPS, EXPLAIN_WIDTH, PAGES, PAIR_WIDTH, fill

_PANEL = 18  # narrowest useful side panel
_PANEL_MAX = 62
_GAP = 2
_FRAME = 4  # rows of header and footer, each with a blank row


@dataclass(frozen=True)
class RunPlan(Plan):
    """A plan with the scale of the first picture."""

    scale: int = 0
    """Cells per pixel; 0 when the terminal is too small."""


class _Columns(NamedTuple):
    """Scales of x_t, of x0_hat on its right, and of eps below that (0: not shown)."""

    first: int
    second: int
    third: int = 0

    @property
    def left(self) -> int:
        return SIDE * (self.first + self.second) + _GAP


def plan_run(width: int, height: int, page: int = 0, explain: bool = False) -> RunPlan:
    """Lay out the run screen in ``width`` x ``height`` cells."""
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return RunPlan({"too-small": Region(0, 0, width, height)})
    margin = 2 if width >= 84 else 1
    inner = width - 2 * margin
    order = (("explain",) if explain else ()) + PAGES[page % len(PAGES)]
    for scale in range(max(1, inner // SIDE), 0, -1):
        columns = _columns(inner, height, scale)
        if columns is not None and (scale > 1 or columns.third):
            return _tall(width, height, margin, columns, order)
        if columns is not None:
            pair = _tall if height >= 28 else _short
            return pair(width, height, margin, columns, order)
    return _narrow(width, height, margin)


@lru_cache(maxsize=16)
def pages(width: int, height: int, explain: bool = False) -> list[int]:
    """Return the pages that differ from each other at this size."""
    seen: list[frozenset[str]] = []
    found: list[int] = []
    for page in range(len(PAGES)):
        shown = frozenset(plan_run(width, height, page, explain).regions)
        if shown not in seen:
            seen.append(shown)
            found.append(page)
    return found


def _columns(inner: int, height: int, scale: int) -> _Columns | None:
    """Return how the pictures share the width, or None if x_t is too large for this scale."""
    rows = height - _FRAME
    if scale > 1 and rows < 14 * scale + 7:
        return None
    pair = _Columns(scale, scale)
    room = inner - pair.left - _GAP
    # Best are two pictures of the same size, with eps in a wide column.
    if room >= PAIR_WIDTH and rows >= 14 * scale + 7:
        return pair
    for second in range(scale, 0, -1):
        third = min(second, (rows - 14 * second - 3) // 14)
        if third >= 1 and inner >= _Columns(scale, second).left + _GAP + _PANEL:
            return _Columns(scale, second, third)
    if scale == 1 and room >= _PANEL:
        return pair
    return None


def _tall(
    width: int, height: int, margin: int, columns: _Columns, order: tuple[str, ...]
) -> RunPlan:
    """Everything in columns of full height; the timeline lies below the first or both pictures."""
    gap = _GAP if width <= 100 else _GAP + 1
    big, small = SIDE * columns.first, SIDE * columns.second
    same = columns.first == columns.second and not columns.third
    room = width - 2 * margin - big - gap - small - gap
    column = min(room, _PANEL_MAX)
    content = big + gap + small + gap + column
    x = (width - content) // 2
    regions = {"header": Region(x, 0, content, 1), "footer": Region(x, height - 1, content, 1)}
    top, bottom = 2, height - 2
    x0_x = x + big + gap
    regions |= _picture("xt", x, top, columns.first) | _picture("x0", x0_x, top, columns.second)
    if columns.third:
        eps_y = top + 1 + 14 * columns.second + 1
        regions |= _picture("eps", x0_x, eps_y, columns.third)
        used = SIDE * columns.third + gap
        rest = Region(x0_x + used, eps_y, small - used, bottom - eps_y)
        if "explain" in order and rest.width >= EXPLAIN_WIDTH:
            regions["explain"] = rest
        order = tuple(name for name in order if name not in regions)
    area = Region(x0_x + small + gap, top, column, bottom - top)
    panels = fill(area, order)
    y = top + 1 + 14 * columns.first
    spare = bottom - y - 4
    air = 1 if spare >= 1 else 0
    wide = big + gap + small if same else big
    ticks = 4 if spare - air >= 2 else 3
    regions["timeline"] = Region(x, y + air, wide, ticks)
    y += air + ticks
    regions["phase"] = Region(x, y, wide, min(4, bottom - y))
    if "loss" in order and "loss" not in panels and spare >= 6:
        # no room in the column, but below the timeline
        y = top + 1 + 14 * columns.first
        regions["timeline"] = Region(x, y + 1, wide, 3)
        regions["phase"] = Region(x, y + 4, wide, 1)
        regions["loss"] = Region(x, y + 6, min(wide, _PANEL_MAX), min(12, bottom - y - 6))
    return RunPlan(regions | panels, columns.first)


def _short(
    width: int, height: int, margin: int, columns: _Columns, order: tuple[str, ...]
) -> RunPlan:
    """Two small pictures and a column; the timeline has the full width."""
    content = width - 2 * margin
    x = margin
    regions = {"header": Region(x, 0, content, 1), "footer": Region(x, height - 1, content, 1)}
    # Optional rows: blank ones above the pictures and the timeline, the numbers of the timeline.
    spare = height - 20
    top = 1 + (spare >= 3)
    air = spare >= 2
    ticks = 3 if spare >= 1 else 2
    x0_x = x + SIDE + _GAP
    if "explain" in order:  # in place of x_t
        regions["explain"] = Region(x, top, SIDE, 15)
        order = tuple(name for name in order if name != "explain")
    else:
        regions |= _picture("xt", x, top, 1)
    regions |= _picture(EPS if order[0] == EPS else "x0", x0_x, top, 1)
    y = top + 15 + air
    regions["timeline"] = Region(x, y, content, ticks)
    regions["phase"] = Region(x, y + ticks, content, 1)
    if spare >= 4:  # the numbers move to a separate line, the loss to their place
        regions["line"] = Region(x, y + ticks + 1, content, 1)
        if order[0] == "belief":
            order = tuple(name for name in order if name != "readout")
    column_x = x0_x + SIDE + _GAP
    area = Region(column_x, top, min(_PANEL_MAX, x + content - column_x), 15)
    order = tuple(name for name in order if name != EPS)
    return RunPlan(regions | fill(area, order), 1)


def _picture(name: str, x: int, y: int, scale: int) -> dict[str, Region]:
    return {
        f"{name}-title": Region(x, y, SIDE * scale, 1),
        name: Region(x, y + 1, SIDE * scale, 14 * scale),
    }


def _narrow(width: int, height: int, margin: int) -> RunPlan:
    """A reduced set of panels, at scale 1."""
    pair = width - 2 * margin >= 2 * SIDE + _GAP
    beside = not pair and width - 2 * margin >= SIDE + _GAP + _PANEL
    both = 2 * SIDE + _GAP
    content = both if pair else SIDE + _GAP + _PANEL if beside else width - 2 * margin
    x = (width - content) // 2
    rows = 24 - min(24, height)  # rows to save
    header_air, timeline_air = rows < 2, rows < 3
    line = not beside and rows < 4
    regions = {"header": Region(x, 0, content, 1), "footer": Region(x, height - 1, content, 1)}
    top = 2 if header_air else 1
    picture_x = x if pair or beside else x + (content - SIDE) // 2
    regions |= _picture("xt", picture_x, top, 1)
    if pair:
        regions |= _picture("x0", x + SIDE + _GAP, top, 1)
    if beside:
        area = Region(x + SIDE + _GAP, top, _PANEL, 15)
        regions |= fill(area, ("belief", "readout"))
    y = top + 15 + (1 if timeline_air else 0)
    ticks = height - 1 - y - (2 if line else 1) >= 3
    regions["timeline"] = Region(x, y, content, 3 if ticks else 2)
    y += 3 if ticks else 2
    regions["phase"] = Region(x, y, content, 1)
    if line:
        regions["line"] = Region(x, y + 1, content, 1)
    return RunPlan(regions, 1)
