from itertools import product

import pytest
from textual.geometry import Region

from diffviz.tui.screens.base_screen import MIN_HEIGHT, MIN_WIDTH
from diffviz.tui.screens.run.run_film import film_tiles
from diffviz.tui.screens.run.run_layout import pages, plan_run
from diffviz.tui.screens.run.run_panels import PAGES
from diffviz.tui.widgets.belief_strip import LABEL
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
"""Names that every layout draws on; the strip and the verdict have tests of their own."""


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
def test_pictures_are_square_and_not_smaller_than_their_pixels(width, height):
    regions = plan_run(width, height).regions
    sides = {name: regions[name].size for name in ("xt", "x0", "eps") if name in regions}
    assert sides
    for size in sides.values():
        assert size.width == 2 * size.height
        assert size.width >= 28
    if "x0" in sides:
        assert sides["x0"] == max(sides.values()), "the expected digit has the largest place"


def test_a_standard_terminal_has_room_for_the_pictures_belief_loss_and_numbers():
    made = plan_run(80, 24)
    assert made.scale == 1
    wanted = {
        "xt",
        "x0",
        "belief",
        "loss",
        "line",
        "timeline",
        "strip",
        "phase",
        "header",
        "footer",
    }
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
    assert shown[3] - always == {"eps", "belief", "loss"}
    assert pages(120, 40) == [0], "everything is there at once"
    assert plan_run(80, 24, 3).regions["eps"] == plan_run(80, 24).regions["x0"]


@pytest.mark.parametrize("size", [(40, 20), (50, 24), (60, 20), (60, 60), (79, 24), (80, 24)])
def test_tab_reaches_every_panel_at_every_size(size):
    width, height = size
    shown = [plan_run(width, height, page).regions.keys() for page in pages(width, height)]
    assert set().union(*shown) >= {"xt", "x0", "belief", "eps", "loss", "schedule"}
    assert set().union(*shown) & {"readout", "line"}


def test_tall_and_narrow_terminals_have_panels_below_each_other():
    regions = plan_run(60, 60).regions
    assert regions.keys() >= {"xt", "x0", "belief", "readout", "eps", "loss", "strip"}
    assert regions["belief"].y > regions["x0"].bottom - 1
    assert regions["strip"].height == 10


@pytest.mark.parametrize("size", [(230, 20), (230, 60), (60, 60), (120, 40)])
def test_the_room_is_used(size):
    area = sum(region.area for region in plan_run(*size).regions.values())
    assert area >= 0.75 * size[0] * size[1]


@pytest.mark.parametrize(("size", "side"), [((120, 40), 56), ((200, 60), 56), ((230, 60), 56)])
def test_larger_terminals_get_larger_pixels_and_all_panels(size, side):
    regions = plan_run(*size).regions
    assert regions["x0"].width >= side
    assert regions.keys() >= PANELS - {"line"}


def test_a_taller_terminal_never_gets_a_smaller_picture_but_for_the_strip():
    for width in (80, 120, 200, 300):
        for heights in (range(20, 50), range(50, 120)):
            scales = [plan_run(width, height).scale for height in heights]
            assert scales == sorted(scales)


def test_the_strip_has_the_axis_of_the_timeline_and_labels_in_the_margin():
    for size in [(60, 60), (80, 24), (120, 40), (230, 60)]:
        regions = plan_run(*size).regions
        timeline, strip = regions["timeline"], regions["strip"]
        assert strip.right == timeline.right
        assert timeline.x - strip.x == LABEL
        assert strip.y == timeline.bottom
        assert strip.height in (1, 10)


def test_the_end_has_the_verdict_in_the_place_of_eps():
    for size in [(60, 60), (120, 40), (230, 20), (230, 60)]:
        before, after = plan_run(*size).regions, plan_run(*size, at_end=True).regions
        assert after.keys() - before.keys() - {"film"} == {"verdict"}
        assert {"eps", "eps-title"} <= before.keys() - after.keys()
        assert (after["verdict"].x, after["verdict"].y) == before["eps-title"].offset
        assert after["verdict"].bottom == before["eps"].bottom


def test_a_large_terminal_has_a_large_eps_and_at_the_end_how_the_digit_came_about(planned_well):
    assert plan_run(230, 60).regions["eps"].width > 28
    for size in product((100, 132, 160, 200, 230), (28, 40, 50, 60)):
        regions = plan_run(*size, at_end=True).regions
        planned_well(regions, *size)
        if "film" in regions:
            film = regions["film"]
            assert film_tiles(film.width, film.height) is not None
    assert "film" in plan_run(230, 60, at_end=True).regions
    assert "film" not in plan_run(120, 40, at_end=True).regions


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
