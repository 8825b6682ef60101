"""Where everything goes on the run screen, as a pure function of the terminal's size.

The pictures come first: they get the largest scale that leaves room for the panels. Panels are
dropped in a fixed order when room runs out: the schedule, the loss chart, the readouts (a line
takes their place), the second picture.
"""

from dataclasses import dataclass

from textual.geometry import Region

MIN_WIDTH, MIN_HEIGHT = 40, 20
_SIDE = 28  # pixels of a picture
_PANEL = 18  # narrowest useful side panel
_PANEL_MAX = 60
_READOUT_ROWS = 9
_CHART_ROWS = 6  # lowest useful chart
_TWO_CHARTS = 2 * 7 + 1  # rows for two charts, one above the other
_TWO_BESIDE = 48  # columns for two charts, side by side
_GAP = 2


@dataclass(frozen=True)
class Plan:
    """Regions by widget id; what has no region isn't shown."""

    scale: int
    """Cells per pixel of the first picture; 0 when the terminal is too small."""
    regions: dict[str, Region]


def plan(width: int, height: int) -> Plan:
    """Lay out the run screen in ``width`` x ``height`` cells."""
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return Plan(0, {"too-small": Region(0, 0, width, height)})
    margin = 2 if width >= 84 else 1
    inner = width - 2 * margin
    for scale in range(max(1, inner // _SIDE), 1, -1):
        if height < _overhead(scale, height) + 14 * scale:
            continue
        if inner >= _pair_width(scale) + _GAP + _PANEL:
            return _wide(width, height, margin, scale, scale)
        if inner >= _SIDE * scale + _GAP + _SIDE + _GAP + _PANEL:
            return _wide(width, height, margin, scale, _second_scale(inner, scale))
    if inner >= _pair_width(1) + _GAP + _PANEL:
        return _wide(width, height, margin, 1, 1)
    return _narrow(width, height, margin)


def _overhead(scale: int, height: int) -> int:
    """Rows that are not picture: header, titles, timeline, footer and what lies between."""
    return 10 if scale > 1 else min(10, height - 14)


def _pair_width(scale: int) -> int:
    return 2 * _SIDE * scale + _GAP


def _second_scale(inner: int, scale: int) -> int:
    """The largest scale of the smaller second picture that leaves room around it."""
    room = inner - _SIDE * scale - _GAP
    for second in range(scale - 1, 1, -1):
        fits_beside = room >= _SIDE * second + _GAP + _PANEL
        if fits_beside and 14 * scale + 1 >= 14 * second + 1 + 1 + _CHART_ROWS:
            return second
    return 1


def _wide(width: int, height: int, margin: int, scale: int, second: int) -> Plan:
    """Both pictures and a column of panels; a tall terminal gives the column its full height."""
    big, small = _SIDE * scale, _SIDE * second
    same = second == scale
    left_width = _pair_width(scale) if same else big
    gap = _GAP if width < 100 else _GAP + 1
    column_room = width - 2 * margin - left_width - gap
    widest = max(_PANEL_MAX, big // 2) if same else small + _GAP + 2 * _PANEL_MAX
    column_width = min(column_room, widest)
    content = left_width + gap + column_width
    x = (width - content) // 2
    column_x = x + left_width + gap

    spare = height - 10 - 14 * scale
    tall = spare >= 3
    air = {"header": 1, "timeline": 1, "footer": 1 if tall or spare >= 0 else 0}
    for place in ("footer", "header", "timeline"):
        if spare < 0 and air[place] and not (place == "footer" and height >= 24):
            air[place] = 0
            spare += 1
    ticks = spare >= 0
    top = 1 + air["header"]
    regions = {"header": Region(x, 0, content, 1), "footer": Region(x, height - 1, content, 1)}

    story = min(3, spare) if tall else 1
    story_air = 1 if spare > 0 else 0
    block = 1 + 14 * scale + air["timeline"] + (3 if ticks else 2) + story_air + story
    if tall:
        left_over = max(0, height - 2 - top - block)
        top += min(2, left_over // 3)
        air["timeline"] += min(1, left_over // 4)
    regions["xt-title"] = Region(x, top, big, 1)
    regions["xt"] = Region(x, top + 1, big, 14 * scale)
    y = top + 1 + 14 * scale + air["timeline"]
    timeline_width = left_width if tall else content
    regions["timeline"] = Region(x, y, timeline_width, 3 if ticks else 2)
    y += regions["timeline"].height + story_air
    regions["story"] = Region(x, y, timeline_width, story)

    column_bottom = height - 2 if tall else top + 1 + 14 * scale
    if same:
        x0_x = x + big + _GAP
        panels = Region(column_x, top, column_width, column_bottom - top)
    else:
        x0_x = column_x
        panels = Region(column_x + small + _GAP, top, column_width - small - _GAP, 14 * second + 1)
        below_y = top + 14 * second + 2
        below = Region(column_x, below_y, column_width, column_bottom - below_y)
        regions |= _charts(below, small)
    regions["x0-title"] = Region(x0_x, top, small, 1)
    regions["x0"] = Region(x0_x, top + 1, small, 14 * second)
    # With room to spare there is a blank line between the two groups of numbers.
    rows = _READOUT_ROWS + (1 if panels.height >= 2 * _READOUT_ROWS or not same else 0)
    readout_width = panels.width if panels.width <= 40 else 30
    regions["readout"] = Region(panels.x, top, readout_width, rows)
    if same:
        rest = Region(panels.x, top + rows, panels.width, panels.height - rows)
        regions |= _charts(rest)
    return Plan(scale, regions)


def _charts(area: Region, split: int = 0) -> dict[str, Region]:
    """Share an area between the loss chart and, with room for two, the schedule.

    ``split`` is the width of the left one where they go side by side (0: half of it).
    """
    x, y, width, height = area
    if height < _CHART_ROWS:
        return {}
    highest = max(10, width // 2)
    if height >= _TWO_CHARTS:
        lower = min((height - 1) // 2, highest)
        upper = min(height - 1 - lower, highest)
        return {
            "loss": Region(x, y, width, upper),
            "schedule": Region(x, y + upper + 1, width, lower),
        }
    if width >= _TWO_BESIDE:
        left = split or (width - _GAP) // 2
        right_x = x + left + _GAP
        return {
            "loss": Region(x, y, left, height),
            "schedule": Region(right_x, y, x + width - right_x, height),
        }
    return {"loss": Region(x, y, width, min(height, highest))}


def _narrow(width: int, height: int, margin: int) -> Plan:
    """Less than the full set of panels, at scale 1."""
    pair = width - 2 * margin >= _pair_width(1)
    beside = not pair and width - 2 * margin >= _SIDE + _GAP + _PANEL
    content = _pair_width(1) if pair else _SIDE + _GAP + _PANEL if beside else width - 2 * margin
    x = (width - content) // 2
    rows = 24 - min(24, height)  # rows to save
    header_air, timeline_air = rows < 2, rows < 3
    line = not beside and rows < 4
    regions = {"header": Region(x, 0, content, 1), "footer": Region(x, height - 1, content, 1)}
    top = 2 if header_air else 1
    picture_x = x if pair or beside else x + (content - _SIDE) // 2
    regions["xt-title"] = Region(picture_x, top, _SIDE, 1)
    regions["xt"] = Region(picture_x, top + 1, _SIDE, 14)
    if pair:
        regions["x0-title"] = Region(x + _SIDE + _GAP, top, _SIDE, 1)
        regions["x0"] = Region(x + _SIDE + _GAP, top + 1, _SIDE, 14)
    if beside:
        panel_x = x + _SIDE + _GAP
        regions["readout"] = Region(panel_x, top, _PANEL, _READOUT_ROWS)
        regions |= _charts(Region(panel_x, top + _READOUT_ROWS, _PANEL, 15 - _READOUT_ROWS))
    y = top + 15 + (1 if timeline_air else 0)
    ticks = height - 1 - y - (2 if line else 1) >= 3
    regions["timeline"] = Region(x, y, content, 3 if ticks else 2)
    y += 3 if ticks else 2
    regions["story"] = Region(x, y, content, 1)
    if line:
        regions["line"] = Region(x, y + 1, content, 1)
    return Plan(1, regions)
