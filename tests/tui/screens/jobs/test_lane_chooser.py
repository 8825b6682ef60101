"""Choosing the lanes of the race."""

import re

import pytest

from diffviz.tui.pixels.fallback import named_arrows
from diffviz.tui.screens.jobs import lane_chooser
from diffviz.tui.screens.jobs.lane_chooser import (
    DEFAULT_LANES,
    ChooserBox,
    Entry,
    LaneChooser,
    offered,
)
from diffviz.tui.screens.jobs.race_lanes import Race
from diffviz.tui.screens.jobs.race_screen import RaceScreen
from diffviz.tui.text import DIGITS
from diffviz.tui.widgets.lane_table import LaneNumbers, LaneTable
from diffviz.tui.widgets.text_widget import longest_that_fits


@pytest.fixture
def drive(drive_screen, make_options):
    """Run ``act(driver)`` on the race of seed 7."""

    def run(act, *, race=Race.SAMPLERS, **how):
        options = make_options()
        return drive_screen(
            act, lambda b, belief: RaceScreen(options, b, belief, 7, race=race), **how
        )

    return run


def lanes(d) -> list[tuple[str, int]]:
    return [(lane.spec.sampler, lane.spec.steps) for lane in d.top.job().lanes]


def test_lanes_are_chosen_by_keys(drive):
    async def act(d):
        await d.press("m")
        assert isinstance(d.app.screen, LaneChooser)
        assert "Lanes of the race" in d.text()
        assert "second order, without noise" in d.text(), "a line of description each"
        await d.press("space", "down", "space", "down", "space", "enter")
        await d.until(lambda: d.app.screen is d.top)
        assert lanes(d) == [("ddpm", 200), ("dpmpp-2m", 20), ("sa-solver", 20)]
        assert "DDPM 200" in d.text()
        await d.press("m", "down", "right", "enter")
        assert ("ddpm", 500) in lanes(d), "the steps of the entry under the cursor"

    drive(act, permits=0, size=(120, 40))


@pytest.mark.parametrize("key", ["escape", "q", "m"])
def test_leaving_changes_nothing(drive, key):
    async def act(d):
        before = lanes(d)
        await d.press("m", "space", "down", "space", key)
        assert d.app.screen is d.top
        assert lanes(d) == before

    drive(act, permits=0)


def test_fewer_than_two_and_more_than_six_lanes_are_refused(drive):
    async def act(d):
        await d.press("m")
        box = d.app.screen.box
        for index, marked in enumerate(box.marked):
            if marked:
                box.toggle(index)
        box.at = 0
        await d.press("space", "enter")
        assert "choose 2 to 6 lanes (now" in d.text()
        assert isinstance(d.app.screen, LaneChooser)
        box.marked = [True] * 7 + [False] * (len(box.entries) - 7)
        await d.press("enter")
        assert "(now 7)" in d.text()
        await d.press("space", "enter")
        await d.until(lambda: d.app.screen is d.top)
        assert len(lanes(d)) == 6
        assert d.top.plan(120, 40).pages * d.top.plan(120, 40).lanes >= 6

    drive(act, permits=0, size=(120, 40))


@pytest.mark.parametrize("size", [(40, 20), (60, 20), (80, 24), (230, 60)])
def test_the_box_fits_every_terminal(drive, size):
    async def act(d):
        await d.press("m")
        for _ in d.app.screen.box.entries:
            await d.press("down")
            text = d.text()
            assert "Lanes of the race" in text
            assert "▸" in text, "the entry under the cursor is shown"
            assert "space choose" in text
            assert "Enter race" in text
        assert re.search(r" 1 step( |$)", d.text()), "no “1 steps”"

    drive(act, permits=0, size=size)


def test_in_ascii_the_smallest_box_says_how_to_choose():
    keys = [named_arrows(words) for words in lane_chooser._KEYS]
    assert longest_that_fits(keys, 34) == "space choose  Enter race"


def test_a_description_without_room_is_left_out_not_cut_to_a_few_letters(drive):
    async def act(d):
        await d.press("m")
        rows = [line for line in d.lines() if " steps " in line]
        assert rows
        assert not any("…" in row for row in rows)

    drive(act, permits=0, size=(40, 20))


def test_an_entry_is_chosen_by_the_mouse_and_a_click_beside_the_box_leaves(drive):
    async def act(d):
        await d.press("m")
        box = d.app.screen.box
        (y,) = [y for y, line in enumerate(d.lines()) if "SDE-DPM++" in line and "20 steps" in line]
        x = d.lines()[y].index("SDE-DPM++")
        await d.pilot.click(offset=(x + 1, y))
        assert Entry("dpmpp-2m-sde", 20) in box.chosen
        await d.pilot.click(offset=(0, 0))
        assert d.app.screen is d.top

    drive(act, permits=0, size=(120, 40))


def test_choosing_samplers_in_a_race_of_weights_races_samplers(drive):
    async def act(d):
        await d.press("m", "enter")
        assert d.top.race is Race.SAMPLERS
        assert lanes(d) == [tuple(entry) for entry in DEFAULT_LANES]

    drive(act, race=Race.WEIGHTS, permits=0)


def test_what_is_chosen_is_among_what_is_offered():
    mine = [Entry("ddim", 5), Entry("ddim", 500)]
    entries = offered(mine)
    assert set(mine) <= set(entries)
    assert len(set(entries)) == len(entries)
    box = ChooserBox(mine)
    assert box.chosen == mine[::-1], "in the order of the list"
    box.at = box.entries.index(mine[0])
    box.change_steps(-1)
    assert Entry("ddim", 10) in box.chosen


def test_a_race_without_a_classifier_has_no_row_for_beliefs():
    table = LaneTable()
    lanes = [LaneNumbers("DDIM 50", 50), LaneNumbers("DDPM 1000", 1000)]

    def labels() -> list[str]:
        rows = ["".join(part.text for part in row) for row in table.rows(80, 5)]
        return [row.split("  ")[0] for row in rows[1:]]

    table.show(lanes, DIGITS)
    assert any("belief" in label or "P(" in label for label in labels())
    table.show(lanes, ())
    assert len(labels()) == 3
    assert not any("belief" in label or "P(" in label for label in labels())
