"""The grid's layout at many sizes, and the sizes it was made for."""

import pytest

from diffviz.tui.pixels.tiles import Mode, Tiles, half_tiles
from diffviz.tui.screens.jobs.grid_layout import DIGITS, plan_grid


def test_nothing_overlaps_or_leaves_the_screen_at_any_size(planned_well):
    for width in range(20, 260, 3):
        for height in (*range(8, 64), 80, 100):
            planned_well(plan_grid(width, height).regions, width, height)


@pytest.mark.parametrize(
    ("size", "tiles"),
    [
        ((224, 59), half_tiles(8, 4, 24, 1, 1)),
        ((230, 60), half_tiles(8, 4, 24, 1, 1)),
        ((300, 90), half_tiles(8, 4, 36, 1, 1)),
        ((200, 60), Tiles(Mode.QUADRANT, 8, 4, 1, 1)),
        ((120, 40), Tiles(Mode.QUADRANT, 8, 4, 1, 1)),
        ((112, 31), Tiles(Mode.QUADRANT, 8, 4)),
        ((100, 30), Tiles(Mode.QUADRANT, 4, 2, 1, 1)),
        ((80, 24), Tiles(Mode.QUADRANT, 4, 2, 1, 1)),
        ((40, 20), Tiles(Mode.QUADRANT, 2, 2, 1, 1)),
    ],
)
def test_the_largest_tiles_are_taken(size, tiles):
    assert plan_grid(*size).tiles == tiles


def test_pages_cover_all_digits():
    assert plan_grid(120, 40).pages == 1
    assert plan_grid(80, 24).pages == 4
    for size in ((40, 20), (62, 22), (100, 30)):
        plan = plan_grid(*size)
        assert plan.tiles is not None
        assert plan.pages * plan.tiles.capacity >= DIGITS


def test_a_large_terminal_shows_the_selected_digit_enlarged():
    shown = plan_grid(200, 60).regions
    assert {"histogram", "belief", "picked", "picked-title", "timeline"} <= shown.keys()
    assert shown["picked"].width == 56
    assert plan_grid(80, 24, Mode.BRAILLE).tiles == Tiles(Mode.BRAILLE, 4, 2, 1, 1)


def test_a_tall_terminal_has_the_selected_digit_below_the_others():
    regions = plan_grid(60, 60).regions
    assert regions["picked-title"].y >= regions["mosaic"].bottom
    assert {"picked", "belief"} <= regions.keys()
    assert "picked" not in plan_grid(60, 40).regions


def test_too_small_says_so():
    assert set(plan_grid(39, 30).regions) == {"too-small"}
    assert plan_grid(39, 30).tiles is None
    assert plan_grid(39, 30).pages == 1
