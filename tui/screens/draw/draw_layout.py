"""The layout of the canvas, as a pure function of the terminal's size."""

from textual.geometry import Region

from ....core.names import SIDE
from ..base_screen import MIN_HEIGHT, MIN_WIDTH, Plan, margin_of

_GAP = 3
_BARS = 11  # rows of the belief with a row for each digit
_NARROWEST, _WIDEST = 16, 44  # of the column beside the canvas
_LINES = 3  # header, status, footer
_TIMELINE = 2


def plan_draw(width: int, height: int) -> Plan:
    """Lay out the canvas as large as fits, the belief beside it or, without room, below it."""
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return Plan({"too-small": Region(0, 0, width, height)})
    margin = margin_of(width)
    inner, rows = width - 2 * margin, height - _LINES - _TIMELINE
    beside = [s for s in range(1, 9) if SIDE * s + _GAP + _NARROWEST <= inner
              and SIDE * s // 2 <= rows]  # fmt: skip
    below = [s for s in range(1, 9) if SIDE * s <= inner and SIDE * s // 2 + 1 <= rows]
    scale = max(beside or below)
    wide, high = SIDE * scale, SIDE * scale // 2
    side = min(_WIDEST, inner - wide - _GAP) if beside else 0
    content = wide + (_GAP + side if side else 0)
    left = (width - content) // 2
    used = high + (0 if side else 1)
    spare = rows - used
    timeline = _TIMELINE + (spare >= 1)
    spare -= timeline - _TIMELINE
    air = [spare > place for place in range(3)]  # above the canvas, the timeline, the status
    top = 1 + air[0] + max(0, spare - 3) // 2
    regions = {
        "header": Region(margin, 0, inner, 1),
        "paper": Region(left, top, wide, high),
        "footer": Region(margin, height - 1, inner, 1),
    }
    if side:
        x = left + wide + _GAP
        regions["belief"] = Region(x, top, side, _BARS)
        regions["tools"] = Region(x, top + _BARS, side, high - _BARS)
    else:
        regions["belief"] = Region(left, top + high, wide, 1)
    y = top + used + air[1]
    regions["timeline"] = Region(margin, y, inner, timeline)
    regions["status"] = Region(margin, y + timeline + air[2], inner, 1)
    return Plan(regions)
