from itertools import combinations

import pytest
from textual.geometry import Region

from diffviz.tui.layout import MIN_HEIGHT, MIN_WIDTH, plan

PANELS = {"readout", "loss", "schedule", "line", "x0", "timeline", "story", "header", "footer"}


@pytest.mark.parametrize("width", [1, 10, 39, *range(40, 132, 3), 160, 200, 230, 300, 500])
def test_nothing_overlaps_or_sticks_out(width):
    for height in [1, 5, 19, *range(20, 64), 80, 150]:
        regions = plan(width, height).regions
        screen = Region(0, 0, width, height)
        for region in regions.values():
            assert region.area > 0
            assert screen.contains_region(region)
        for (_, a), (_, b) in combinations(regions.items(), 2):
            assert not a.overlaps(b)


@pytest.mark.parametrize("width", range(40, 301, 7))
@pytest.mark.parametrize("height", [20, 24, 30, 40, 60, 75])
def test_pictures_have_whole_square_pixels(width, height):
    made = plan(width, height)
    assert made.regions["xt"].size == (28 * made.scale, 14 * made.scale)
    if "x0" in made.regions:
        second = made.regions["x0"]
        scale = second.width // 28
        assert 1 <= scale <= made.scale
        assert second.size == (28 * scale, 14 * scale)


def test_a_standard_terminal_has_room_for_all_but_the_schedule():
    made = plan(80, 24)
    assert made.scale == 1
    assert {"xt", "x0", "readout", "loss", "timeline", "story", "header", "footer"} == {
        name for name in made.regions if not name.endswith("title")
    }
    assert made.regions["xt"].y == made.regions["x0"].y
    assert made.regions["timeline"].height == 3


@pytest.mark.parametrize(
    ("size", "scale", "second"),
    [((100, 30), 1, 1), ((120, 40), 2, 1), ((200, 60), 3, 3), ((230, 60), 3, 3)],
)
def test_larger_terminals_get_larger_pixels_and_all_panels(size, scale, second):
    made = plan(*size)
    assert made.scale == scale
    assert made.regions["x0"].width == 28 * second
    assert {"readout", "loss", "schedule"} <= made.regions.keys()


def test_a_bigger_terminal_never_gets_a_smaller_picture():
    for height in (24, 30, 40, 60):
        scales = [plan(width, height).scale for width in range(40, 300)]
        assert scales == sorted(scales)
    for width in (80, 120, 200, 300):
        scales = [plan(width, height).scale for height in range(20, 120)]
        assert scales == sorted(scales)


def test_panels_are_dropped_in_a_fixed_order():
    def shown(width: int, height: int) -> set[str]:
        return PANELS & plan(width, height).regions.keys()

    all_but = shown(100, 30)
    assert all_but == PANELS - {"line"}
    assert shown(80, 24) == PANELS - {"line", "schedule"}
    assert shown(79, 24) == PANELS - {"readout", "loss", "schedule"}
    assert shown(49, 24) == PANELS - {"readout", "loss", "schedule", "x0"}
    assert shown(40, 20) == PANELS - {"readout", "loss", "schedule", "x0", "line"}


def test_too_small():
    for size in [(MIN_WIDTH - 1, 50), (200, MIN_HEIGHT - 1), (1, 1)]:
        assert plan(*size).regions == {"too-small": Region(0, 0, *size)}
    assert "too-small" not in plan(MIN_WIDTH, MIN_HEIGHT).regions
