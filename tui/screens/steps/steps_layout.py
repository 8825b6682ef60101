"""The layout of the screen of steps: a function of the terminal's and the picture's size."""

from textual.geometry import Region

from ...pixels.resizing import fitting
from ..base_screen import MIN_HEIGHT, MIN_WIDTH, Plan, margin_of

_GAP = 2
_CHART = 7  # rows of the chart, where there is room for it
_PANEL = 24  # columns of a chart beside the pictures


def plan_steps(
    width: int, height: int, shape: tuple[int, int] = (28, 28), pair: bool = True
) -> Plan:
    """Lay out pictures of ``shape`` (height and width) in ``width`` x ``height`` cells.

    ``pair``: whether there is x0_hat beside x_t.
    """
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return Plan({"too-small": Region(0, 0, width, height)})
    margin = margin_of(width)
    inner = width - 2 * margin
    number = 1 + pair
    bottom = height - 5  # the bar, the facts, the status and the footer
    rows = bottom - 3
    column = (inner - _GAP * (number - 1)) // number
    chart = rows - _CHART - 1
    tall = fitting(*shape, rows, column)
    low = fitting(*shape, chart, column)
    below = low[0] * low[2] == tall[0] * tall[2]  # the chart costs the pictures nothing
    beside = inner - number * (tall[1] * tall[2] + _GAP) >= _PANEL
    if not below and not beside and low[0] * low[2] * 4 >= tall[0] * tall[2] * 3:
        below, tall = True, low
    high, wide, scale = tall
    columns, lines = wide * scale, -(-high * scale // 2)
    used = number * columns + _GAP * (number - 1)
    content = used if not beside else min(inner, used + _GAP + max(_PANEL, min(60, inner - used)))
    x = margin + (inner - content) // 2 if not beside else margin
    regions = {
        "header": Region(margin, 0, inner, 1),
        "bar": Region(margin, bottom, inner, 1),
        "facts": Region(margin, bottom + 1, inner, 1),
        "status": Region(margin, height - 2, inner, 1),
        "footer": Region(margin, height - 1, inner, 1),
    }
    for place, name in enumerate(("xt", "x0")[:number]):
        left = x + place * (columns + _GAP)
        regions[f"{name}-title"] = Region(left, 2, columns, 1)
        regions[name] = Region(left, 3, columns, lines)
    if pair and beside:
        left = x + used + _GAP
        chart_rows = min(bottom - 3, max(_CHART, lines))
        regions["moved"] = Region(left, 2, margin + inner - left, chart_rows)
    elif pair and below and bottom - 4 - lines >= _CHART - 1:
        top = 4 + lines
        regions["moved"] = Region(margin, top, inner, bottom - top)
    return Plan(regions)
