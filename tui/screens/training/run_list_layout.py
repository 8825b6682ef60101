"""The layout of the list of runs: the table, and a preview of the selected run below it."""

from dataclasses import dataclass

from textual.geometry import Region

from ....core.names import SIDE
from ...pixels.tiles import Mode, Tiles
from ..base_screen import MIN_HEIGHT, MIN_WIDTH, Plan, margin_of
from .film_tiles import larger_tiles

_GAP = 3
_TABLE_SHARE = 0.4
"""The largest part of the height that the table takes beside a preview."""
_LEAST_TABLE, _LEAST_PREVIEW = 5, 7
_SETTINGS, _SETTINGS_ROWS = 34, 11
_SETTINGS_FROM = 110  # width from which the settings have a column
_BESIDE_FROM = 66  # the same where there are no pictures
_TWO_SETTINGS = 2 * _SETTINGS + 4  # settings in two columns
_NO_LINE_ROWS = 3  # of losses that are no line
_PICTURES_FROM = 56
_PICTURES_SHARE = 0.4
_BELOW_FROM = 24  # height of the preview from which the pictures are below the losses
_CHART_ROWS = 12  # the least that pictures below it leave to the chart
_TWO_CHARTS_FROM = 130  # width of the losses from which those by timestep are beside them


@dataclass(frozen=True)
class ListPlan(Plan):
    """A plan with the tiles of the pictures; None where there are none."""

    tiles: Tiles | None = None


def plan_list(
    width: int,
    height: int,
    runs: int,
    noises: int = 0,
    moments: int | None = None,
    line: bool = True,
    bands: bool = False,
    small: Mode = Mode.QUADRANT,
) -> ListPlan:
    """Lay out the list of ``runs``.

    The selected one has ``noises`` digits in each of ``moments`` previews; None for more than fit.
    ``line``: whether its losses are enough for one. ``bands``: whether those by timestep are known.
    """
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        return ListPlan({"too-small": Region(0, 0, width, height)})
    x = margin_of(width)
    inner = width - 2 * x
    regions = {
        "header": Region(x, 0, inner, 1),
        "status": Region(x, height - 2, inner, 1),
        "footer": Region(x, height - 1, inner, 1),
    }
    rows = height - 5
    if not runs:
        return ListPlan(regions | {"runs": Region(x, 2, inner, rows)})
    table = min(runs + 1, max(_LEAST_TABLE, round(rows * _TABLE_SHARE)))
    table = min(table, rows - _LEAST_PREVIEW - 2)
    regions["runs"] = Region(x, 2, inner, table)
    top = 2 + table + 1
    regions["preview-title"] = Region(x, top, inner, 1)
    area = Region(x, top + 1, inner, height - 3 - top - 1)
    parts, tiles = _preview(area, noises, small, moments, line)
    loss = parts["preview-loss"]
    if bands and loss.width >= _TWO_CHARTS_FROM:
        half = (loss.width - _GAP) // 2
        parts["preview-bands"] = Region(loss.x + half + _GAP, loss.y, half, loss.height)
        parts["preview-loss"] = Region(loss.x, loss.y, loss.width - half - _GAP, loss.height)
    return ListPlan(regions | parts, tiles)


def _preview(
    area: Region, noises: int, small: Mode, moments: int | None, line: bool
) -> tuple[dict[str, Region], Tiles | None]:
    """Return the regions of the preview: losses, settings, and pictures beside or below them.

    Without pictures and without a ``line`` of losses the settings have the room.
    """
    x, y, width, height = area
    if not noises and not line:
        rows = height - _NO_LINE_ROWS - 1
        settings = Region(x, y + _NO_LINE_ROWS + 1, min(width, _TWO_SETTINGS), rows)
        loss = Region(x, y, settings.width, _NO_LINE_ROWS)
        return {"preview-loss": loss, "preview-settings": settings}, None
    parts = {}
    below = _tiles_below(area, noises, moments)
    if below is not None:
        height -= below.height + 1
        parts["preview-pictures"] = Region(x, y + height + 1, width, below.height)
    if width >= _SETTINGS_FROM:
        parts["preview-settings"] = Region(x + width - _SETTINGS, y, _SETTINGS, height)
        width -= _SETTINGS + _GAP
    elif below is None and height >= _BELOW_FROM:
        height -= _SETTINGS_ROWS + 1
        parts["preview-settings"] = Region(x, y + height + 1, width, _SETTINGS_ROWS)
    elif not noises and width >= _BESIDE_FROM:
        parts["preview-settings"] = Region(x + width - _SETTINGS, y, _SETTINGS, height)
        width -= _SETTINGS + _GAP
    if below is not None or width < _PICTURES_FROM or not noises:
        return parts | {"preview-loss": Region(x, y, width, height)}, below
    columns = max(1, (round(width * _PICTURES_SHARE) + 1) // (SIDE // 2 + 1))
    labelled = height > SIDE // 4
    rows = max(1, min(noises, height // (SIDE // 4 + 1)))
    tiles = Tiles(small, columns, rows, 1, int(labelled))
    parts["preview-pictures"] = Region(x + width - tiles.width, y, tiles.width, height)
    return parts | {"preview-loss": Region(x, y, width - tiles.width - _GAP, height)}, tiles


def _tiles_below(area: Region, noises: int, moments: int | None) -> Tiles | None:
    """Return the tiles of larger pictures below the losses; None where there is no room."""
    if not noises or area.height < _BELOW_FROM:
        return None
    return larger_tiles(area.width, area.height - _CHART_ROWS - 1, noises, moments)
