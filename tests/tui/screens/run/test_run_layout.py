from itertools import product

import pytest
from textual.geometry import Region

from diffviz.tui.screens.base_screen import MIN_HEIGHT, MIN_WIDTH
from diffviz.tui.screens.run.run_layout import pages, plan_run
from diffviz.tui.screens.run.run_panels import PAGES
from diffviz.tui.widgets.explain_texts import rows_needed

PANELS = {
    "belief",
    "readout",
    "eps",
    "loss",
    "schedule",
    "line",
    "x0",
    "timeline",
    "phase",
    "header",
    "footer",
}


@pytest.mark.parametrize("width", [1, 10, 39, *range(40, 132, 3), 160, 200, 230, 300, 500])
def test_nothing_overlaps_or_leaves_the_screen_at_any_size(planned_well, width):
    for height, page, explain in product(
        [1, 5, 19, *range(20, 64), 80, 150], range(len(PAGES)), [False, True]
    ):
        regions = plan_run(width, height, page, explain).regions
        assert all(region.area > 0 for region in regions.values())
        planned_well(regions, width, height)


@pytest.mark.parametrize("width", range(40, 301, 7))
@pytest.mark.parametrize("height", [20, 24, 30, 40, 60, 75])
def test_pictures_have_whole_square_pixels(width, height):
    made = plan_run(width, height)
    assert made.regions["xt"].size == (28 * made.scale, 14 * made.scale)
    if "x0" in made.regions:
        second = made.regions["x0"]
        scale = second.width // 28
        assert 1 <= scale <= made.scale
        assert second.size == (28 * scale, 14 * scale)


def test_a_standard_terminal_has_room_for_the_pictures_belief_loss_and_numbers():
    made = plan_run(80, 24)
    assert made.scale == 1
    wanted = {"xt", "x0", "belief", "loss", "line", "timeline", "phase", "header", "footer"}
    assert wanted == {name for name in made.regions if not name.endswith("title")}
    assert made.regions["xt"].y == made.regions["x0"].y
    assert made.regions["timeline"].height == 3
    assert made.regions["belief"].height == 11


def test_pages_bring_what_a_standard_terminal_has_no_room_for():
    assert pages(80, 24) == [0, 1, 2, 3]
    shown = [PANELS & plan_run(80, 24, page).regions.keys() for page in range(4)]
    always = {"timeline", "phase", "line", "header", "footer"}
    assert shown[1] - always == {"x0", "readout", "loss"}
    assert shown[2] - always == {"x0", "loss", "schedule"}
    assert shown[3] - always == {"eps", "belief", "readout"}
    assert pages(120, 40) == [0], "everything is there at once"
    assert plan_run(80, 24, 3).regions["eps"] == plan_run(80, 24).regions["x0"]


@pytest.mark.parametrize(
    ("size", "scale", "second"),
    [((120, 40), 2, 1), ((200, 60), 3, 2), ((230, 60), 3, 3)],
)
def test_larger_terminals_get_larger_pixels_and_all_panels(size, scale, second):
    made = plan_run(*size)
    assert made.scale == scale
    assert made.regions["x0"].width == 28 * second
    assert made.regions.keys() >= PANELS - {"line"}


def test_a_bigger_terminal_never_gets_a_smaller_picture():
    for height in (24, 30, 40, 60):
        scales = [plan_run(width, height).scale for width in range(40, 300)]
        assert scales == sorted(scales)
    for width in (80, 120, 200, 300):
        scales = [plan_run(width, height).scale for height in range(20, 120)]
        assert scales == sorted(scales)


def test_panels_are_dropped_in_a_fixed_order():
    def shown(width: int, height: int) -> set[str]:
        return PANELS & plan_run(width, height).regions.keys()

    assert shown(120, 40) == PANELS - {"line"}
    assert shown(100, 30) == PANELS - {"line", "schedule"}
    assert shown(80, 24) == PANELS - {"readout", "schedule", "eps"}
    assert shown(79, 24) == PANELS - {"belief", "readout", "loss", "schedule", "eps"}
    assert shown(49, 24) == PANELS - {"belief", "readout", "loss", "schedule", "eps", "x0"}
    assert shown(40, 20) == PANELS - {"belief", "readout", "loss", "schedule", "eps", "x0", "line"}


def test_the_explanation_gets_a_panel_where_there_is_room_for_one():
    for size in [(100, 30), (120, 40), (200, 60), (230, 60)]:
        assert "explain" in plan_run(*size, explain=True).regions
        assert "explain" not in plan_run(*size).regions


def test_at_80x24_the_explanation_takes_the_place_of_the_noise():
    before, after = plan_run(80, 24).regions, plan_run(80, 24, explain=True).regions
    assert before.keys() - after.keys() == {"xt", "xt-title"}
    for name in before.keys() & after.keys():
        assert after[name] == before[name], "nothing else moves"
    assert "explain" not in plan_run(79, 24, explain=True).regions


def test_an_explanation_has_room_for_all_its_equations():
    for size in [(80, 24), (100, 30), (120, 40), (200, 60), (230, 60)]:
        area = plan_run(*size, explain=True).regions["explain"]
        assert area.height >= rows_needed(area.width, short=True), size


def test_a_terminal_below_the_minimum_gets_no_plan():
    for size in [(MIN_WIDTH - 1, 50), (200, MIN_HEIGHT - 1), (1, 1)]:
        assert plan_run(*size).regions == {"too-small": Region(0, 0, *size)}
    assert "too-small" not in plan_run(MIN_WIDTH, MIN_HEIGHT).regions
