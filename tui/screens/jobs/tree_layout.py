"""The layout of the tree screen, as a pure function of the terminal's size."""

from textual.geometry import Region

from ....core.names import SIDE
from ..base_screen import MIN_HEIGHT, MIN_WIDTH, Plan

_LIST = 40  # preferred columns of the list
_LIST_MIN = 30
_BARS_ROWS = 11
_GAP = 3


def plan_tree(width: int, height: int) -> Plan:
    """Lay out the list, with the selected branch's picture on its right."""
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return Plan({"too-small": Region(0, 0, width, height)})
    margin = 2 if width >= 84 else 1
    inner, rows = width - 2 * margin, height - 4  # header, footer, a blank row next to each
    scale = min((inner - _LIST_MIN - _GAP) // SIDE, (rows - 1) // (SIDE // 2))
    while scale > 1 and inner - SIDE * scale - _GAP < _LIST:
        scale -= 1
    if scale < 1:
        listed, content = inner, inner
    else:
        listed = min(_LIST, inner - SIDE * scale - _GAP)
        content = listed + _GAP + SIDE * scale
    x, y = (width - content) // 2, 2
    regions = {
        "header": Region(x, 0, content, 1),
        "list": Region(x, y, listed, rows),
        "footer": Region(x, height - 1, content, 1),
    }
    if scale >= 1:
        picture_x, side = x + listed + _GAP, SIDE // 2 * scale
        regions["picture-title"] = Region(picture_x, y, SIDE * scale, 1)
        regions["picture"] = Region(picture_x, y + 1, SIDE * scale, side)
        below = y + 1 + side
        left = height - 2 - below
        if left >= _BARS_ROWS:
            below += left > _BARS_ROWS  # a blank row
            regions["belief"] = Region(picture_x, below, min(SIDE * scale, 44), _BARS_ROWS)
    return Plan(regions)
