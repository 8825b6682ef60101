"""The layout of the race screen, as a pure function of the terminal's size.

Each lane is a column: its name, its pictures x_t and x0_hat, one above the other or side by side,
whichever is larger, and its numbers. Lanes that have no room are on further pages. What is left
over is for the timeline, and for the belief in all ten digits.
"""

from dataclasses import dataclass

from textual.geometry import Region

from ....core.names import SIDE
from ...pixels.tiles import SMALLEST_HALF, Mode, Tiles, best_side, half_tiles
from ..base_screen import MIN_HEIGHT, MIN_WIDTH, Plan, margin_of

NUMBER_ROWS = 5
BELIEF_ROWS = 10
_TIMELINE_ROWS = 3
_GAP = 2
_FIXED_ROWS = 1 + 1 + NUMBER_ROWS + 1 + 1  # header, names, numbers, verdict, footer
_SMALL = SIDE // 2
_ROOMY = 30  # rows from which there is a timeline in any case
_UNEVEN = 4  # spare columns that stay at the right, so that all begins at the margin
_COLUMN_MAX = 40  # of a lane whose pictures are narrower


@dataclass(frozen=True)
class RacePlan(Plan):
    """A plan with the tiles of the pictures, and the columns of lanes."""

    lanes: int = 0
    """Lanes on a page; 0 when the terminal is too small."""
    pages: int = 1
    column: int = 0
    """Columns of cells a lane takes."""
    gap: int = _GAP
    xt: Tiles | None = None
    x0: Tiles | None = None
    """None where there is no room for x0_hat, or where it is beside x_t among ``xt``."""
    beside: bool = False
    """Whether ``xt`` has two tiles a lane: x_t, and x0_hat on its right."""

    def page(self, lane: int) -> range:
        """Return the numbers of the lanes on the same page as ``lane``; the last may be short."""
        first = lane // max(1, self.lanes) * self.lanes
        return range(first, first + self.lanes)


@dataclass(frozen=True)
class _Pictures:
    """The pictures of one lane."""

    xt: Tiles
    x0: Tiles | None
    beside: bool = False

    @property
    def width(self) -> int:
        return self.xt.tile_width * (2 if self.beside else 1) + self.beside

    @property
    def height(self) -> int:
        return self.xt.tile_height + (self.x0.tile_height if self.x0 is not None else 0)


def plan_race(
    width: int,
    height: int,
    lanes: int,
    small: Mode = Mode.QUADRANT,
    classes: int = BELIEF_ROWS,
) -> RacePlan:
    """Lay out ``lanes`` lanes; ``small`` is the mode of pictures below 28x14 cells.

    ``classes`` are the rows of beliefs.
    """
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return RacePlan({"too-small": Region(0, 0, width, height)})
    x = margin_of(width)
    inner = width - 2 * x
    shown = min(lanes, max(1, (inner + 1) // (_SMALL + 1)))
    pages = -(-lanes // shown)
    shown = -(-lanes // pages)
    rows = height - _FIXED_ROWS
    gap, column = 1, (inner + 1) // shown - 1
    pictures = _pictures(column, rows - (_TIMELINE_ROWS + 1) * (height >= _ROOMY), small)
    if (inner + _GAP) // shown - _GAP >= pictures.width:  # a wider gap, if they stay as large
        gap, column = _GAP, (inner + _GAP) // shown - _GAP
    if lanes == shown:
        column = min(column, max(pictures.width, _COLUMN_MAX, inner // (shown + 1)))
    if pictures.beside and (column + gap) % 2:  # each pair begins where its lane does
        column, gap = (column - 1, gap) if column > pictures.width else (column, gap - 1)

    spare = rows - pictures.height
    extras = {}
    for name, needed in (("timeline", _TIMELINE_ROWS), ("beliefs", classes)):
        if spare >= needed:
            extras[name] = needed
            spare -= needed
    airs = []  # blank rows, most wanted first
    for place in ("header", "numbers", "timeline", "x0", "beliefs", "verdict"):
        needs = {"x0": pictures.x0 is not None, "timeline": True}.get(place, place in extras)
        if spare > 0 and (needs or place in ("header", "numbers", "verdict")):
            airs.append(place)
            spare -= 1
    plan = RacePlan({}, shown, pages, column, gap)
    return _placed(plan, pictures, extras, airs, spare, width, height)


def _placed(
    plan: RacePlan,
    pictures: _Pictures,
    extras: dict[str, int],
    airs: list[str],
    spare: int,
    width: int,
    height: int,
) -> RacePlan:
    """Return ``plan`` with its regions; ``airs`` are blank rows above something."""
    x = margin_of(width)
    full = width - 2 * x
    content = plan.lanes * (plan.column + plan.gap) - plan.gap
    left = x + ((full - content) // 2 if full - content > _UNEVEN else 0)
    y = 1
    regions = {"header": Region(x, 0, full, 1), "footer": Region(x, height - 1, full, 1)}

    def place(name: str, rows: int, whole: bool = False) -> None:
        nonlocal y
        y += name in airs
        regions[name] = Region(x if whole else left, y, full if whole else content, rows)
        y += rows

    y += ("header" in airs) + spare // 3
    place("names", 1)
    place("xt", pictures.xt.tile_height)
    if pictures.x0 is not None:
        place("x0", pictures.x0.tile_height)
    place("numbers", NUMBER_ROWS)
    if "beliefs" in extras:
        place("beliefs", extras["beliefs"])
    if "timeline" in extras:
        place("timeline", _TIMELINE_ROWS, whole=True)
    place("verdict", 1, whole=True)
    columns, gap = plan.column, plan.gap
    if pictures.beside:
        pitch = columns + gap  # a lane's two tiles and the gaps after both
        inside = pitch // 2 - pictures.xt.tile_width
        xt = pictures.xt._replace(columns=2 * plan.lanes, gap_x=inside)
        return RacePlan(regions, plan.lanes, plan.pages, columns, gap, xt, None, True)
    xt = _row(pictures.xt, plan.lanes, columns, gap)
    x0 = None if pictures.x0 is None else _row(pictures.x0, plan.lanes, columns, gap)
    return RacePlan(regions, plan.lanes, plan.pages, columns, gap, xt, x0)


def _pictures(column: int, height: int, small: Mode) -> _Pictures:
    """Return the largest pictures of a lane: both equal, then x0_hat smaller, then without it."""
    tiny = Tiles(small, 1, 1)
    high = min(column, height // 2 * 2)  # one above the other: each takes half as many rows
    beside = min((column - 1) // 2, 2 * height)
    if max(high, beside) >= SIDE:
        if beside > high:
            return _Pictures(_tile(beside), None, beside=True)
        return _Pictures(_tile(high), _tile(high))
    if column >= SIDE and SIDE // 2 + tiny.tile_height <= height:
        return _Pictures(_tile(SIDE), tiny)
    if beside >= SMALLEST_HALF:
        return _Pictures(half_tiles(1, 1, beside // 2 * 2), None, beside=True)
    if column >= SIDE and height >= SIDE // 2:
        return _Pictures(_tile(SIDE), None)
    if 2 * tiny.tile_height <= height:
        return _Pictures(tiny, tiny)
    return _Pictures(tiny, None, beside=column > 2 * tiny.tile_width)


def _tile(side: int) -> Tiles:
    return half_tiles(1, 1, best_side(side))


def _row(tile: Tiles, lanes: int, column: int, gap: int) -> Tiles:
    return tile._replace(columns=lanes, gap_x=column - tile.tile_width + gap)
