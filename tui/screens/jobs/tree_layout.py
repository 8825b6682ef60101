"""The layout of the tree screen, as a pure function of the terminal's size.

A wide terminal shows the tree as a picture: a time axis, a line for each branch that forks at its
timestep, and thumbnails at the right. A narrow one shows a list, with the selected picture beside
it or, in a tall terminal, below it.
"""

from dataclasses import dataclass

from textual.geometry import Region

from ....core.names import SIDE
from ...pixels.tiles import Tiles, half_tiles
from ..base_screen import MIN_HEIGHT, MIN_WIDTH, Plan, margin_of

_LIST = 40  # preferred columns of the list
_LIST_MIN = 30
_LINES_MIN = 46  # narrowest useful lines of the picture
_LINES_WISHED = 60  # width that lines keep beside thumbnails of earlier steps
_MOST_EARLIER = 6
_FIRST_EARLIER = 800
_LIST_ROWS = 4  # fewest rows of the list over a picture
_BARS_ROWS = 11
_BARS_NARROWEST = 16
_AXIS_ROWS = 4  # with a blank row
_PITCH = (6, 15)  # fewest and most rows of a branch, with the caption of its thumbnail
_GAP = 3


@dataclass(frozen=True)
class TreePlan(Plan):
    """A plan with the thumbnails of the picture; None where there is a list."""

    thumbnails: Tiles | None = None
    """A row for each branch: earlier steps, and the newest one on the right."""
    pages: int = 1
    pitch: int = 1
    """Rows from one branch to the next."""

    @property
    def earlier(self) -> tuple[int, ...]:
        """The timesteps of the thumbnails before the newest one, evenly spaced."""
        number = self.thumbnails.columns - 1 if self.thumbnails is not None else 0
        return tuple(round(_FIRST_EARLIER * (1 - place / number)) for place in range(number))

    def page(self, branch: int) -> range:
        """Return the numbers of the branches on the same page as ``branch``."""
        rows = self.thumbnails.rows if self.thumbnails is not None else branch + 1
        return range(branch // rows * rows, branch // rows * rows + rows)


def plan_tree(width: int, height: int, branches: int = 1) -> TreePlan:
    """Lay out the tree of so many ``branches``, with the selected one's picture on its right."""
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return TreePlan({"too-small": Region(0, 0, width, height)})
    margin = margin_of(width)
    inner, rows = width - 2 * margin, height - 4  # header, footer, a blank row next to each
    x, y = margin, 2
    regions = {
        "header": Region(margin, 0, inner, 1),
        "footer": Region(margin, height - 1, inner, 1),
    }
    pitch = min(_PITCH[1], max(_PITCH[0], (rows - _AXIS_ROWS) // max(1, branches)))
    on_page = min(branches, max(1, (rows - _AXIS_ROWS) // pitch))
    side = min(SIDE, 2 * (pitch - 1))
    scale = min((inner - _LINES_MIN - side - 2 * _GAP) // SIDE, (rows - 1) // (SIDE // 2))
    if scale >= 1:
        while scale > 1 and inner - SIDE * scale - side - 2 * _GAP < inner // 2:
            scale -= 1
        lines = inner - SIDE * scale - side - 2 * _GAP
        earlier = max(0, min(_MOST_EARLIER, (lines - _LINES_WISHED) // (side + 1)))
        lines -= earlier * (side + 1)
        tall = on_page * pitch
        regions["axis"] = Region(x, y, lines, _AXIS_ROWS - 1)
        regions["lines"] = Region(x, y + _AXIS_ROWS, lines, tall)
        wide = side + earlier * (side + 1)
        regions["thumbnails"] = Region(x + lines + _GAP, y + _AXIS_ROWS, wide, tall)
        _selected(regions, x + inner - SIDE * scale, y, scale, height)
        tiles = half_tiles(1 + earlier, on_page, side, 1, pitch - side // 2)
        return TreePlan(regions, tiles, -(-branches // on_page), pitch)
    scale = min(1, (inner - _LIST_MIN - _GAP) // SIDE, (rows - 1) // (SIDE // 2))
    if scale < 1:
        return TreePlan(regions | _stacked(Region(x, y, inner, rows), branches))
    regions["list"] = Region(x, y, inner - SIDE - _GAP, rows)
    _selected(regions, x + inner - SIDE, y, scale, height)
    return TreePlan(regions)


def _stacked(area: Region, branches: int) -> dict[str, Region]:
    """Return the list and, where there is room below it, the selected picture and the belief."""
    x, y, width, height = area
    left = height - max(_LIST_ROWS, branches) - 1
    scale = min(width // SIDE, (left - 1) // (SIDE // 2))
    if scale < 1:
        return {"list": area}
    wide, high = SIDE * scale, 1 + SIDE // 2 * scale
    beside = width - wide - _GAP >= _BARS_NARROWEST
    below = not beside and left - high > _BARS_ROWS
    used = high + (1 + _BARS_ROWS if below else 0)
    top = y + height - used
    regions = {
        "list": Region(x, y, width, height - used - 1),
        "picture-title": Region(x, top, wide, 1),
        "picture": Region(x, top + 1, wide, high - 1),
    }
    if beside:
        bars_x = x + wide + _GAP
        regions["belief"] = Region(bars_x, top, x + width - bars_x, _BARS_ROWS)
    elif below:
        regions["belief"] = Region(x, top + high + 1, wide, _BARS_ROWS)
    return regions


def _selected(regions: dict[str, Region], x: int, y: int, scale: int, height: int) -> None:
    """Add the selected branch's picture and the belief in it."""
    wide, high = SIDE * scale, SIDE // 2 * scale
    regions["picture-title"] = Region(x, y, wide, 1)
    regions["picture"] = Region(x, y + 1, wide, high)
    below = y + 1 + high
    left = height - 2 - below
    if left >= _BARS_ROWS:
        below += left > _BARS_ROWS  # a blank row
        regions["belief"] = Region(x, below, wide, _BARS_ROWS)
