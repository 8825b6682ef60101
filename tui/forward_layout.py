"""Where everything goes on the forward screen, as a pure function of the terminal's size."""

from dataclasses import dataclass

from textual.geometry import Region

from .layout import MIN_HEIGHT, MIN_WIDTH
from .pixels.tiles import SIDE, Mode, Tiles

_GAP = 2
_FIXED_ROWS = 1 + 3 + 2 + 1 + 1  # header, timeline, equation, nearest, footer


@dataclass(frozen=True)
class ForwardPlan:
    """Regions by widget id, and the tiles of the pictures; None when the terminal is too small."""

    tiles: Tiles | None
    regions: dict[str, Region]


def plan_forward(width: int, height: int, pictures: int, small: Mode) -> ForwardPlan:
    """Lay out up to ``pictures`` pictures in a row, 2 of them at least."""
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return ForwardPlan(None, {"too-small": Region(0, 0, width, height)})
    margin = 1
    tiles = _tiles(width - 2 * margin, height - _FIXED_ROWS, pictures, small)
    content = min(width - 2 * margin, max(tiles.width, 2 * SIDE + _GAP + 20))
    x = (width - content) // 2
    spare = height - _FIXED_ROWS - tiles.height
    airs = [place for i, place in enumerate(("header", "timeline", "equation")) if spare > i]
    spare -= len(airs)
    y = 1 + ("header" in airs) + spare // 2
    regions = {"header": Region(x, 0, content, 1), "footer": Region(x, height - 1, content, 1)}
    regions["pictures"] = Region(x + (content - tiles.width) // 2, y, tiles.width, tiles.height)
    y += tiles.height + ("timeline" in airs)
    regions["timeline"] = Region(x, y, content, 3)
    y += 3 + ("equation" in airs)
    for name in ("equation", "numbers", "nearest"):
        regions[name] = Region(x, y, content, 1)
        y += 1
    return ForwardPlan(tiles, regions)


def _tiles(width: int, height: int, pictures: int, small: Mode) -> Tiles:
    for scale in range(max(1, width // SIDE), 0, -1):
        fewest = 2 if scale == 1 else 3
        for count in range(pictures, fewest - 1, -1):
            tiles = Tiles(Mode.HALF, count, 1, _GAP, 1, scale)
            if tiles.width <= width and tiles.height <= height:
                return tiles
    fitting = (Tiles(small, count, 1, _GAP, 1) for count in range(pictures, 1, -1))
    return next(tiles for tiles in fitting if tiles.width <= width)
