"""The layout of the way between two digits, as a pure function of the terminal's size."""

from textual.geometry import Region

from ....core.names import SIDE
from ..base_screen import MIN_HEIGHT, MIN_WIDTH, Plan, margin_of

_GAP = 3
_BARS = 11
_NARROWEST, _WIDEST = 16, 44
_LINES = 4  # header, slider, status, footer


def plan_morph(width: int, height: int) -> Plan:
    """Lay out the digit as large as fits, the belief beside it where there is room."""
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return Plan({"too-small": Region(0, 0, width, height)})
    margin = margin_of(width)
    inner, rows = width - 2 * margin, height - _LINES
    fitting = [s for s in range(1, 9) if SIDE * s <= inner and SIDE * s // 2 <= rows]
    beside = [s for s in fitting if SIDE * s + _GAP + _NARROWEST <= inner]
    scale = max(beside or fitting)
    wide, high = SIDE * scale, SIDE * scale // 2
    side = min(_WIDEST, inner - wide - _GAP) if beside else 0
    left = (width - wide - (_GAP + side if side else 0)) // 2
    spare = rows - high
    air = [spare > place for place in range(3)]
    top = 1 + air[0] + max(0, spare - 3) // 2
    y = top + high + air[1]
    regions = {
        "header": Region(margin, 0, inner, 1),
        "digit": Region(left, top, wide, high),
        "slider": Region(margin, y, inner, 1),
        "status": Region(margin, y + 1 + air[2], inner, 1),
        "footer": Region(margin, height - 1, inner, 1),
    }
    if side:
        regions["belief"] = Region(left + wide + _GAP, top, side, min(_BARS, high))
    return Plan(regions)
