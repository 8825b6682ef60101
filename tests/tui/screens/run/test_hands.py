"""The run screen under the hands: zoom, wheel, saving, copying."""

import numpy as np
import pytest
from PIL import Image
from textual.events import MouseScrollDown, MouseScrollUp

from diffviz.core.phases import Phase
from diffviz.core.pictures import to_grey
from diffviz.tui.keys import State
from diffviz.tui.widgets.canvas import Canvas
from diffviz.tui.widgets.timeline import Timeline


async def done(d) -> None:
    await d.until(lambda: d.screen.state is State.DONE)
    await d.pilot.pause()


def test_z_fills_the_screen_with_one_picture_after_the_other(drive):
    async def act(d):
        await done(d)
        await d.press("left")
        whole = set(d.screen.plan(*d.app.size).regions)
        for name in ("x0", "xt", "eps"):
            await d.press("z")
            regions = d.screen.plan(*d.app.size).regions
            pictures = {"x0", "xt", "eps"} & regions.keys()
            assert pictures == {name}
            assert regions[name].height >= 33
            assert d.screen.query_one(f"#{name}", Canvas).size == regions[name].size
            assert "● refinement" in d.text(), "the story stays"
        await d.press("z")
        assert set(d.screen.plan(*d.app.size).regions) == whole

    drive(act, size=(120, 40))


def test_escape_shows_all_again(drive):
    async def act(d):
        await done(d)
        whole = set(d.screen.plan(*d.app.size).regions)
        await d.press("z", "z")
        assert "Esc back" in d.lines()[-1]
        await d.press("escape")
        assert set(d.screen.plan(*d.app.size).regions) == whole
        assert "Esc" not in d.lines()[-1]

    drive(act, size=(120, 40))


def test_a_picture_between_whole_scales_fills_its_place(drive, digit_picture):
    async def act(d):
        await done(d)
        canvas = d.screen.query_one("#x0", Canvas)
        assert canvas.size.width % 28, "this size has no whole scale"
        canvas.show(digit_picture)
        await d.pilot.pause()
        rows = [strip.text for strip in canvas._strips]
        assert all(len(row) == canvas.size.width for row in rows)
        middle = canvas.size.width // 2
        assert any(row[-middle:].strip() for row in rows), "drawn up to the right half"

    drive(act, size=(100, 30))


def test_the_wheel_on_the_timeline_moves_the_cursor(drive):
    async def act(d):
        await done(d)
        wheeled = d.screen.query_one(Timeline).Wheeled
        d.screen.on_timeline_wheeled(wheeled(1))
        assert d.screen.session.live, "there is nothing after the digit"
        for _ in range(3):
            d.screen.on_timeline_wheeled(wheeled(-1))
        assert d.screen.session.index == 7
        d.screen.on_timeline_wheeled(wheeled(1))
        assert d.screen.session.index == 8

    drive(act)


def test_s_saves_the_screen_and_the_digit(drive, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    async def act(d):
        await done(d)
        await d.press("s")
        assert "saved diffviz-7.svg and the digit, diffviz-7.png" in d.at("phase"), d.at("phase")
        await d.press("s")
        assert (tmp_path / "diffviz-7-2.svg").exists(), "nothing is overwritten"

    drive(act)
    assert (tmp_path / "diffviz-7.svg").read_text("utf-8").startswith("<svg")
    with Image.open(tmp_path / "diffviz-7.png") as image:
        shown = np.array(image.convert("L"))
    wanted = to_grey(np.full((1, 28, 28), -1.0, np.float32))
    assert (shown == 255).any(), "the seed's own column"
    assert (shown == wanted[0, 0, 0]).any()


def test_saving_where_nothing_can_be_written_says_why(drive, monkeypatch):
    from diffviz.core.errors import DiffvizError

    def full(*args):
        raise DiffvizError("the disk is full")

    monkeypatch.setattr("diffviz.core.files.results.write_result", full)

    async def act(d):
        await done(d)
        await d.press("s")
        assert "not saved: the disk is full" in d.text()

    drive(act)


def test_y_copies_the_command_that_repeats_what_is_seen(drive):
    async def act(d):
        await done(d)
        await d.press("y")
        assert d.app.clipboard.startswith("diffviz run --weights toy --seed 7 --sampler ddpm")
        assert "copied: diffviz run" in d.text()

    drive(act)


async def click(d, name: str, x: int, y: int) -> None:
    """Click a cell of a widget."""
    region = d.screen.plan(*d.app.size).regions[name]
    assert await d.pilot.click(offset=(region.x + x, region.y + y))
    await d.pilot.pause()


def test_a_click_on_a_phase_s_name_goes_there(drive):
    async def act(d):
        await done(d)
        line = d.at("timeline").splitlines()[0]
        for phase in (Phase.LOCK_IN, Phase.BLOB, Phase.STATIC, Phase.REFINEMENT):
            await click(d, "timeline", line.index(phase.label) + len(phase.label) - 1, 0)
            assert d.screen.session.step().phase is phase
        await click(d, "timeline", line.index("blob") - 3, 0)
        assert d.screen.session.step().phase is Phase.REFINEMENT, "there is no name"

    drive(act, size=(120, 40))


@pytest.mark.parametrize("name", ["x0", "xt", "eps"])
def test_a_click_on_a_picture_enlarges_it_and_another_shows_all_again(drive, name):
    async def act(d):
        await done(d)
        await d.press("left")
        await d.pilot.pause()
        whole = set(d.screen.plan(*d.app.size).regions)
        await click(d, name, 3, 3)
        assert {"x0", "xt", "eps"} & d.screen.plan(*d.app.size).regions.keys() == {name}
        await click(d, name, 3, 3)
        assert set(d.screen.plan(*d.app.size).regions) == whole

    drive(act, size=(120, 40))


def test_the_wheel_over_a_picture_moves_the_cursor_too(drive):
    async def act(d):
        await done(d)
        region = d.screen.plan(*d.app.size).regions["x0"]
        widget = d.screen.query_one("#x0", Canvas)
        for kind, index in ((MouseScrollUp, 9), (MouseScrollUp, 8), (MouseScrollDown, 9)):
            place = region.x + 2, region.y + 2
            event = kind(widget, 2, 2, 0, 0, 0, False, False, False, *place)
            d.screen._forward_event(event)
            await d.pilot.pause()
            assert d.screen.session.index == index

    drive(act)


def test_a_click_on_the_belief_over_time_goes_to_that_timestep(drive):
    async def act(d):
        await done(d)
        await click(d, "strip", 40, 0)
        assert not d.screen.session.live
        there = d.screen.session.step().t
        await click(d, "timeline", 39, 1)
        assert d.screen.session.step().t == there, "the axes are the same"

    drive(act)


def test_a_click_on_a_bar_asks_for_that_digit_or_says_who_can(drive):
    async def act(d):
        await done(d)
        await click(d, "belief", 3, 5)
        assert "these weights have no labels" in d.text()

    drive(act)


def test_an_example_of_the_prompt_and_its_meaning_can_be_clicked(drive):
    async def act(d):
        await done(d)
        await d.press("colon")
        lines = d.lines()
        y = next(y for y, line in enumerate(lines) if "t 600" in line)
        assert await d.pilot.click(offset=(lines[y].index("t 600"), y))
        await d.pilot.pause()
        lines = d.lines()
        y = next(y for y, line in enumerate(lines) if "→ t = 600" in line)
        assert await d.pilot.click(offset=(lines[y].index("→ t = 600"), y))
        await d.until(lambda: d.app.screen is d.screen)
        assert d.screen.session.step().t == 556

    drive(act)
