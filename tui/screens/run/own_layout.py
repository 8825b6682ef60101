"""The layout of the run screen for models of your own, whose pictures have any size.

x_t and x0_hat have the largest whole scale that fits; a column of panels is beside them where it
costs the pictures little.
"""

from typing import NamedTuple

from textual.geometry import Region

from ...pixels.resizing import fitting
from ...widgets.belief_strip import LABEL, MOST_ROWS
from ..base_screen import MIN_HEIGHT, MIN_WIDTH, margin_of
from .run_layout import RunPlan
from .run_panels import EXPLAIN_WIDTH

OWN_PAGES = (0, 1)
"""x_t with x0_hat, and eps with x0_hat."""
_GAP = 2
_PANEL, _PANEL_MAX = 18, 62
_NUMBERS, _NUMBERS_MIN = 10, 4  # rows
_BARS_MAX, _BELIEF_WIDTH = 10, 40  # of the beliefs
_CHART = 5  # smallest useful chart
_VERDICT_WIDTH, _VERDICT_ROWS = 28, 4


class _Size(NamedTuple):
    """How a picture is drawn, in pixels, and the cells of one."""

    high: int
    wide: int
    scale: int

    @property
    def columns(self) -> int:
        return self.wide * self.scale

    @property
    def rows(self) -> int:
        return -(-self.high * self.scale // 2)


def plan_own(
    width: int,
    height: int,
    shape: tuple[int, int],
    page: int = 0,
    explain: bool = False,
    classes: int = 0,
    at_end: bool = False,
) -> RunPlan:
    """Lay out the run screen for pictures of ``shape`` (height, width).

    ``classes`` is the number of classes of the model's classifier; 0 without one. ``at_end`` has
    its verdict in place of eps, or of the numbers and the chart.
    """
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return RunPlan({"too-small": Region(0, 0, width, height)})
    margin = margin_of(width)
    inner, airy = width - 2 * margin, height >= 28
    top, ticks = 1 + airy, 3 if airy else 2
    below = ticks + 2 + airy  # the timeline, the phase, the numbers
    rows = height - 1 - top - 1 - below
    size, with_panel = _sizes(shape, rows, inner)
    with_strip = _sizes(shape, rows - bool(classes), inner)
    if with_strip == (size, with_panel) or size.high < shape[0]:  # it costs nothing, or little
        size, with_panel = with_strip
    x, y = margin, top + 1 + size.rows
    second = x + size.columns + _GAP
    first = "eps" if page % len(OWN_PAGES) else "xt"
    if not with_panel:
        x += (inner - 2 * size.columns - _GAP) // 2
        second = x + size.columns + _GAP
    bottom = min(y + airy, height - 1 - ticks - 2)
    regions = {
        "header": Region(margin, 0, inner, 1),
        "footer": Region(margin, height - 1, inner, 1),
        f"{first}-title": Region(x, top, size.columns, 1),
        first: Region(x, top + 1, size.columns, size.rows),
        "x0-title": Region(second, top, size.columns, 1),
        "x0": Region(second, top + 1, size.columns, size.rows),
        "timeline": Region(margin, bottom, inner, ticks),
    }
    if with_panel:
        left = second + size.columns + _GAP
        column = min(_PANEL_MAX, margin + inner - left)
        regions |= _panels(Region(left, top, column, bottom - top), explain, classes)
    beliefs = bool(classes) and "belief" not in regions  # then in one row
    y = bottom + ticks
    free = height - 1 - y - 1 - beliefs
    line = "readout" not in regions and free > bool(classes)
    strip = _strip_rows(classes, free - line)
    if strip:
        regions["strip"] = Region(margin - LABEL, y, inner + LABEL, strip)
    y += strip
    regions["phase"] = Region(margin, y, inner, 1)
    free = height - 1 - y - 1
    for name, wanted in (("line", line), ("belief", beliefs)):
        if wanted and free >= 1:
            regions[name] = Region(margin, height - 1 - free, inner, 1)
            free -= 1
    if "moved" not in regions and free >= _CHART + 1:
        regions["moved"] = Region(margin, height - free, min(inner, 100), free - 1)
    elif not {"moved", "belief"} & regions.keys() and free >= 1:
        regions["moved"] = Region(margin, height - 1 - free, min(inner, 60), 1)  # its share
    if at_end and classes:
        _place_verdict(regions)
    return RunPlan(regions, size.scale)


def _sizes(shape: tuple[int, int], rows: int, columns: int) -> tuple[_Size, bool]:
    """Return the size of two pictures in this room, and whether panels are beside them."""
    alone = _Size(*fitting(*shape, rows, (columns - _GAP) // 2))
    beside = _Size(*fitting(*shape, rows, max(1, (columns - _PANEL - 2 * _GAP) // 2)))
    # averaged down only where the picture is larger than the room without a panel, too
    whole = beside.high == shape[0] or alone.high < shape[0]
    with_panel = whole and beside.rows * 5 >= alone.rows * 3
    return (beside if with_panel else alone), with_panel


def _strip_rows(classes: int, free: int) -> int:
    """Return the rows of the strip of beliefs: one for each class where there is room for them."""
    each = min(classes, MOST_ROWS)
    return each if classes and free >= each + 1 else min(1, classes, max(0, free))


def _place_verdict(regions: dict[str, Region]) -> None:
    """Put the verdict in the place of what says nothing more about a finished picture."""
    for name in ("eps", "moved", "readout"):
        shown = regions.get(name)
        if shown is None or shown.width < _VERDICT_WIDTH or shown.height < _VERDICT_ROWS:
            continue
        del regions[name]
        title = regions.pop(f"{name}-title", shown)
        regions["verdict"] = title.union(shown)
        return


def _panels(area: Region, explain: bool, classes: int) -> dict[str, Region]:
    """Return the panels of a column: an explanation, or the beliefs, the numbers and the chart."""
    if explain and area.width >= EXPLAIN_WIDTH:
        return {"explain": area}
    beliefs = min(classes, _BARS_MAX, area.height - 2 - _NUMBERS_MIN)
    if beliefs >= 2:
        regions = {"belief": Region(area.x, area.y, min(_BELIEF_WIDTH, area.width), beliefs + 1)}
        rest = Region(area.x, area.y + beliefs + 2, area.width, area.height - beliefs - 2)
        return regions | _panels(rest, False, 0)
    numbers = min(_NUMBERS, max(_NUMBERS_MIN, area.height - _CHART - 1))
    regions = {"readout": Region(area.x, area.y, min(30, area.width), min(numbers, area.height))}
    left = area.height - numbers - 1
    if left >= _CHART:
        rows = min(left, max(_CHART, area.width // 3))
        regions["moved"] = Region(area.x, area.y + numbers + 1, area.width, rows)
    return regions
