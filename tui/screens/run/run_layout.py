"""The layout of the run screen, as a pure function of the terminal's size.

x0_hat has the largest place, with x_t and eps at its left and a column of panels at its right.
Below them are the timeline and what has its axis. The panels depend on the room and on the page
(``tab``); see ``run_panels.py``. Terminals below 80 columns: ``narrow_layout.py``.
"""

from functools import lru_cache

from textual.geometry import Region

from ....core.names import SIDE
from ...pixels.tiles import best_side
from ...widgets.belief_strip import LABEL
from ..base_screen import MIN_HEIGHT, MIN_WIDTH, Plan, margin_of
from .narrow_layout import narrow, narrow_pages
from .run_film import film_tiles
from .run_panels import (
    BELIEF_ROWS,
    BESIDE,
    EPS,
    EXPLAIN_WIDTH,
    GAP,
    PAGES,
    PAIR_WIDTH,
    RunPlan,
    fill,
    picture,
)

_PANEL = 18  # narrowest useful side panel
_COLUMN = 44  # where several columns of panels have this width, there are several
_LOW = 28  # below this height pictures have whole pixels at scale 1
_TALL_STRIP = 50  # from this height on the strip has a row for each digit
_CHARTS = ("loss", "schedule")

__all__ = ["RunPlan", "pages", "plan_run", "zoomed"]


def plan_run(
    width: int, height: int, page: int = 0, explain: bool = False, at_end: bool = False
) -> RunPlan:
    """Lay out the run screen in ``width`` x ``height`` cells.

    ``page`` and ``explain`` select panels; ``at_end`` has the verdict in place of eps, and the
    digit before the noise it began with where there is room for one picture only.
    """
    made = _plan_run(width, height, page, explain)
    if at_end and EPS in made.regions:
        title, shown = made.regions.pop(f"{EPS}-title"), made.regions.pop(EPS)
        _put_verdict(made.regions, title.union(shown))
    if at_end and len({"xt", "x0"} & made.regions.keys()) == 1:
        for part in ("", "-title"):
            other = {"xt": "x0", "x0": "xt"}
            name = next(name for name in other if name + part in made.regions)
            made.regions[other[name] + part] = made.regions.pop(name + part)
    return made


def _put_verdict(regions: dict[str, Region], room: Region) -> None:
    """Put the verdict into the room of eps, and the film beside it where there is room."""
    header = regions["header"]
    regions["verdict"] = room
    x = room.x + SIDE + GAP
    film = Region(x, room.y, header.right - x, room.height)
    if film_tiles(film.width, film.height) is None:
        return
    free = dict(regions)
    if room.width > SIDE:  # where eps is large, its chart gives way too
        free = {name: region for name, region in regions.items() if name not in _CHARTS}
        charts = {name: regions[name] for name in _CHARTS if name in regions}
        free |= {name: region for name, region in charts.items() if not region.overlaps(film)}
    free["verdict"] = Region(room.x, room.y, SIDE, room.height)
    if any(region.overlaps(film) for region in free.values()):
        return
    regions.clear()
    regions.update(free, film=film)


def _plan_run(width: int, height: int, page: int, explain: bool) -> RunPlan:
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return RunPlan({"too-small": Region(0, 0, width, height)})
    margin = margin_of(width)
    content = Region(margin, 0, width - 2 * margin, height)
    if content.width < 2 * (SIDE + GAP) + _PANEL:
        return narrow(content, page)
    order = (("explain",) if explain else ()) + PAGES[page % len(PAGES)]
    return _low(content, order) if height < _LOW else _high(content, order)


@lru_cache(maxsize=16)
def pages(width: int, height: int, explain: bool = False) -> list[int]:
    """Return the pages that show something at this size that no page before them shows."""
    seen: list[Plan] = []
    found: list[int] = []
    for page in range(max(len(PAGES), narrow_pages(width - 2, height))):
        shown = plan_run(width, height, page, explain)
        if not any(shown.regions.keys() <= other.regions.keys() for other in seen):
            seen.append(shown)
            found.append(page)
    return found


def zoomed(width: int, height: int, name: str) -> RunPlan:
    """Lay out one picture as large as the screen allows, with the timeline and the story."""
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return RunPlan({"too-small": Region(0, 0, width, height)})
    margin = margin_of(width)
    content = Region(margin, 0, width - 2 * margin, height)
    rows = height - 6
    side = best_side(min(content.width, 2 * (rows - 1)))
    x = content.x + (content.width - side) // 2
    return RunPlan(picture(name, x, 1, side) | _frame(content, height - 5, 2, 1, 1), side // SIDE)


def _high(content: Region, order: tuple[str, ...]) -> RunPlan:
    """x0_hat in the middle, x_t and eps at its left, panels at its right."""
    x, _, width, height = content
    gap = GAP if width <= 96 else GAP + 1
    strip = 10 if height >= _TALL_STRIP else 1
    ticks = 4 if height >= 36 else 3
    story = 2 if height >= _TALL_STRIP else 1
    top = 2
    rows = height - 1 - story - strip - ticks - top
    panel = EXPLAIN_WIDTH if "explain" in order else _PANEL
    big = best_side(min(2 * (rows - 1), width - SIDE - 2 * gap - panel))
    small = next(
        (
            SIDE * scale
            for scale in (4, 3, 2)
            if SIDE * scale <= big and width - SIDE * scale - big - 2 * gap >= PAIR_WIDTH
        ),
        SIDE,
    )
    regions = picture("xt", x, top, small) | picture("x0", x + small + gap, top, big)
    below_y = top + 1 + small // 2 + 1
    below = Region(x, below_y, small, top + rows - below_y)
    right_x = x + small + big + 2 * gap
    right = Region(right_x, top, x + width - right_x, rows)
    if small == SIDE and below.height >= 1 + SIDE // 2 and "explain" not in order:
        regions |= picture(EPS, below.x, below.y, SIDE)
    elif below.height >= 6:
        charts = tuple(name for name in ("loss", "schedule") if name in order)
        regions |= fill(below, charts)
    rest = tuple(name for name in order if name not in regions)
    regions |= _with_large_eps(right, rest) or _columns(right, rest)
    return RunPlan(regions | _frame(content, top + rows, ticks, strip, story), big // SIDE)


def _with_large_eps(area: Region, order: tuple[str, ...]) -> dict[str, Region]:
    """Return belief and numbers over a large eps with a chart beside it; nothing without room."""
    first, rest = order[:2], order[2:]
    top = BELIEF_ROWS + 1
    side = best_side(min(area.width - GAP - BESIDE, 2 * (area.height - top - 1)))
    if first != ("belief", "readout") or rest[:1] != (EPS,) or side <= SIDE:
        return {}
    regions = fill(Region(area.x, area.y, area.width, BELIEF_ROWS), first)
    regions |= picture(EPS, area.x, area.y + top, side)
    x = area.x + side + GAP
    room = Region(x, area.y + top, area.right - x, 1 + side // 2)
    return regions | fill(room, rest[1:])


def _low(content: Region, order: tuple[str, ...]) -> RunPlan:
    """Small pictures side by side and columns of panels; no row to spare."""
    x, _, width, height = content
    spare = height - 20
    top = 1
    if "explain" in order:  # in place of x_t
        regions = {"explain": Region(x, top, SIDE, 15)}
        order = tuple(name for name in order if name != "explain")
    else:
        regions = picture("xt", x, top, SIDE)
    column_x = x + 2 * (SIDE + GAP)
    area = Region(column_x, top, x + width - column_x, 15)
    wide = area.width >= SIDE + GAP + PAIR_WIDTH  # room for eps besides
    regions |= picture(EPS if order[0] == EPS and not wide else "x0", x + SIDE + GAP, top, SIDE)
    line = spare >= 4
    if not wide:
        order = tuple(name for name in order if name != EPS)
        if line and order[0] == "belief":  # the numbers are in a line, the loss has their place
            order = tuple(name for name in order if name != "readout")
    regions |= _columns(area, order)
    air, ticks, strip = int(spare >= 3), 2 + (spare >= 1), int(spare >= 2)
    y = top + 15 + air
    regions |= _frame(content, y, ticks, strip, height - 1 - y - ticks - strip - line)
    if line:
        regions["line"] = Region(x, height - 2, width, 1)
    return RunPlan(regions, 1)


def _frame(content: Region, y: int, ticks: int, strip: int, story: int) -> dict[str, Region]:
    """Return header, footer, and from row ``y`` on the timeline, the strip and the story."""
    x, _, width, height = content
    regions = {
        "header": Region(x, 0, width, 1),
        "timeline": Region(x, y, width, ticks),
        "phase": Region(x, y + ticks + strip, width, story),
        "footer": Region(x, height - 1, width, 1),
    }
    if strip:
        regions["strip"] = Region(x - LABEL, y + ticks, width + LABEL, strip)
    return regions


def _columns(area: Region, order: tuple[str, ...]) -> dict[str, Region]:
    """Return regions of panels in as many columns as are wide enough and not empty."""
    number = max(1, (area.width + GAP) // (_COLUMN + GAP))
    while number > 1:
        width = (area.width - (number - 1) * GAP) // number
        each = -(-_units(order) // number)
        regions: dict[str, Region] = {}
        filled = 0
        for column in range(number):
            place = Region(area.x + column * (width + GAP), area.y, width, area.height)
            rest = tuple(name for name in order if name not in regions)
            found = fill(place, rest, each)
            filled += bool(found)
            regions |= found
        if filled == number:
            return regions
        number -= 1
    return fill(area, order)


def _units(order: tuple[str, ...]) -> int:
    """Return the number of panels, belief and numbers side by side being one."""
    return len(order) - ({"belief", "readout"} <= set(order))
