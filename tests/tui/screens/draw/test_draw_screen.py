"""The canvas in the app: mouse and keyboard, what is seen, U-turns and masks."""

import numpy as np
import pytest

from diffviz.core.noise import NoiseStream
from diffviz.core.pictures import from_grey, to_grey
from diffviz.core.schedule import Schedule
from diffviz.tui.keys import State
from diffviz.tui.screens.draw.draw_screen import DrawScreen
from diffviz.tui.screens.draw.drawing import Tool
from diffviz.tui.screens.draw.paper import Paper
from diffviz.tui.screens.draw.u_turn_screen import UTurnScreen
from diffviz.tui.widgets.canvas import Canvas
from diffviz.tui.widgets.mosaic import Mosaic

from .strokes import SEVEN, drawn


async def canvas(d) -> DrawScreen:
    """Open the canvas over the finished run screen."""
    await d.until(lambda: d.screen.state is State.DONE)
    await d.press("D")
    screen = d.app.screen
    assert isinstance(screen, DrawScreen)
    return screen


async def drag(d, strokes) -> None:
    """Draw with the mouse, one event a cell as a terminal sends them."""
    paper = d.app.screen.query_one("#paper", Paper)
    scale = paper.size.width // 28
    for (x0, y0), (x1, y1) in strokes:
        ways = [
            (int(x * scale + scale / 2), int(y * scale / 2))
            for x, y in zip(np.linspace(x0, x1, 10), np.linspace(y0, y1, 10), strict=True)
        ]
        await d.pilot.mouse_down(paper, offset=ways[0])
        for way in ways[1:]:
            await d.pilot.hover(paper, offset=way)
        await d.pilot.mouse_up(paper, offset=ways[-1])
    await d.pilot.pause()


async def put(d, strokes=SEVEN) -> None:
    """Put a drawing on the canvas as the mouse would."""
    for start, end in strokes:
        d.app.screen.on_paper_stroked(Paper.Stroked(start, start, True))
        d.app.screen.on_paper_stroked(Paper.Stroked(start, end, False))
    await d.pilot.pause()


@pytest.mark.parametrize("size", [(80, 24), pytest.param((120, 40), marks=pytest.mark.slow)])
def test_the_mouse_draws_where_it_goes(drive, size):
    async def act(d):
        screen = await canvas(d)
        await drag(d, SEVEN)
        expected = drawn(SEVEN).image
        ink = screen.drawing.image
        assert np.corrcoef(ink.ravel(), expected.ravel())[0, 1] > 0.8
        np.testing.assert_array_equal(screen.query_one("#paper", Paper).image, ink)
        await d.press("u")
        assert screen.drawing.image.sum() < ink.sum()
        await d.press("u")
        assert screen.drawing.blank
        await d.press("u")
        assert "nothing to undo" in d.text()

    drive(act, size=size)


def test_the_keyboard_draws_too(drive):
    async def act(d):
        screen = await canvas(d)
        assert "arrows" in d.text()  # nobody has to find out
        await d.press("space")
        assert screen.drawing.image[14, 14] == 255
        await d.press(*["right"] * 6, *["shift+down"] * 5)
        assert screen.drawing.image[14:20, 20].min() == 255
        assert screen.drawing.image[14, 17] == 0
        await d.press("E", "space")
        assert screen.drawing.image[19, 20] == 0
        await d.press("X")
        assert screen.drawing.blank

    drive(act)


def test_the_cursor_stops_at_the_edge(drive):
    async def act(d):
        screen = await canvas(d)
        screen.cursor = (1, 26)
        await d.press("left", "left", "down", "down")
        assert screen.cursor == (0, 27)

    drive(act)


def test_what_the_classifier_sees_is_shown_while_one_draws(drive, classifier):
    async def act(d):
        screen = await canvas(d)
        assert "%" not in d.text()
        await put(d)
        screen.show_belief()
        await d.pilot.pause()
        belief = classifier.probabilities(from_grey(screen.drawing.image[None]))[0]
        assert "classifier sees" in d.text()
        assert f"{round(100 * belief.max())}%" in d.text()
        await d.press("X")
        screen.show_belief()
        await d.pilot.pause()
        assert "%" not in d.text()

    drive(act)


@pytest.mark.parametrize(("key", "number"), [("1", 1), ("enter", 8)])
def test_a_u_turn_starts_from_the_drawing_at_the_chosen_timestep(drive, key, number):
    async def act(d):
        screen = await canvas(d)
        await put(d)
        await d.press("right_square_bracket", "right_square_bracket", "full_stop", "enter", key)
        turns = d.app.screen
        assert isinstance(turns, UTurnScreen)
        await d.until(lambda: turns.state is State.DONE)
        given = d.sampler.asked[-1]["given"]
        assert given.t == 590
        assert given.hidden is None
        np.testing.assert_array_equal(turns.query_one("#mosaic", Mosaic).images[0],
                                      screen.drawing.image)  # fmt: skip
        assert len(turns.query_one("#mosaic", Mosaic).images) == number + 1
        assert d.sampler.started[-1] == 7  # the run screen's seed
        assert f"{number} way" in d.lines()[0]
        await d.press("n")
        await d.until(lambda: len(d.sampler.started) == 3)
        assert d.sampler.started[-1] == 7 + number
        await d.press("escape")
        assert d.app.screen is screen

    drive(act, size=(120, 40))


@pytest.mark.parametrize(("key", "t"), [("1", 1000), ("2", 600), ("3", 400), ("4", 100)])
def test_the_keys_of_phases_choose_their_first_timestep(drive, key, t):
    async def act(d):
        screen = await canvas(d)
        await put(d)
        await d.press(key)
        assert screen.timestep == t
        await d.press("left_square_bracket")
        assert screen.timestep == t - 50, "less noise"
        await d.press("enter")
        assert f"U-turn to t = {t - 50}" in d.text()
        await d.press("escape")
        assert d.app.screen is screen

    drive(act)


def test_a_way_back_may_become_the_drawing(drive):
    async def act(d):
        screen = await canvas(d)
        await put(d)
        await d.press("enter", "3")
        turns = d.app.screen
        await d.until(lambda: turns.state is State.DONE)
        await d.press("right", "enter")
        assert d.app.screen is screen
        picture = d.sampler.picture(8, 0)
        assert screen.drawing.image[0, 8] == (255 if picture[0, 8] > 0 else 0)
        await d.press("u")
        assert np.corrcoef(screen.drawing.image.ravel(), drawn(SEVEN).image.ravel())[0, 1] > 0.85

    drive(act, size=(120, 40))


def test_on_a_small_terminal_the_ways_back_are_on_several_pages(drive):
    async def act(d):
        await canvas(d)
        await put(d)
        await d.press("enter", "8")
        await d.until(lambda: d.app.screen.state is State.DONE)
        top, header = d.app.screen, d.lines()[0]
        assert "t = 500   1/" in header
        assert "ddpm" in header, "the process stays"
        shown = top.query_one(Mosaic).images
        await d.press("pagedown")
        assert "2/" in d.lines()[0]
        assert not np.array_equal(top.query_one(Mosaic).images, shown)

    drive(act, size=(40, 20))


def test_a_mask_is_painted_and_filled_in_from_noise(drive):
    async def act(d):
        screen = await canvas(d)
        await put(d)
        await d.press("M")
        assert screen.tool is Tool.HIDE
        await put(d, [((0, 20), (27, 20))])
        assert screen.timestep == 1000
        await d.press("enter", "3")
        await d.until(lambda: d.app.screen.state is State.DONE)
        given = d.sampler.asked[-1]["given"]
        np.testing.assert_array_equal(given.hidden, screen.drawing.hidden)
        assert given.t == 1000
        assert "mask filled in 3 times" in d.lines()[0]

    drive(act, size=(120, 40))


def test_a_mask_is_filled_in_by_what_does_it_well_whatever_the_run_takes(drive):
    async def act(d):
        await canvas(d)
        await put(d)
        await d.press("M")
        await put(d, [((0, 20), (27, 20))])
        assert "480 evaluations each" in d.text()
        await d.press("enter", "1")
        await d.until(lambda: len(d.sampler.asked) == 2)
        assert d.sampler.asked[-1]["sampler"] == "ddpm"
        assert d.app.screen.turns.spec.total == 100

    drive(act, size=(120, 40), spec={"sampler": "sa-solver", "steps": 5})


def test_a_blank_canvas_has_nothing_to_send(drive):
    async def act(d):
        screen = await canvas(d)
        await d.press("enter")
        assert d.app.screen is screen, "no question that has no answer"
        assert "the canvas is blank" in d.text()

    drive(act)


def test_the_digit_on_show_is_drawn_on(drive):
    async def act(d):
        screen = await canvas(d)
        await d.press("R")
        assert not screen.drawing.blank
        assert "seed 7" in d.text()
        step = d.screen.session.step()
        np.testing.assert_array_equal(screen.drawing.image, to_grey(step.x0_hat[0]))

    drive(act)


def test_the_mouse_on_the_timeline_chooses_t(drive):
    async def act(d):
        screen = await canvas(d)
        timeline = screen.query_one("#timeline")
        await d.pilot.click(timeline, offset=(timeline.size.width - 1, 1))
        assert screen.t == 1

    drive(act)


def test_drawings_are_saved_where_the_command_finds_them(drive, tmp_path, monkeypatch):
    from PIL import Image

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    async def act(d):
        screen = await canvas(d)
        assert screen.command_line() == ""
        await put(d)
        await d.press("s", "s")
        for name in ("drawing.png", "drawing-2.png"):
            saved = np.asarray(Image.open(tmp_path / name))
            np.testing.assert_array_equal(saved, screen.drawing.image)
        await d.press("enter", "3")
        await d.until(lambda: d.app.screen.state is State.DONE)
        words = screen.command_line().split()
        assert words[:3] == ["diffviz", "draw", "--from"]
        kept = np.asarray(Image.open(words[3]))
        np.testing.assert_array_equal(kept, screen.drawing.image)
        assert words[words.index("-n") + 1] == "3"
        assert words[words.index("--seed") + 1] == "7"
        assert words[words.index("--t") + 1] == "500"
        assert d.app.exit_command().startswith("diffviz draw")
        await d.press("escape", "escape")
        assert d.app.screen is d.screen
        assert d.app.exit_command().startswith("diffviz run")

    drive(act, size=(120, 40))


def test_streams_are_those_of_the_sample_command(drive):
    async def act(d):
        await canvas(d)
        await put(d)
        await d.press("enter", "3")
        (lane,) = d.app.screen.job().lanes
        assert [stream.seed for stream in lane.streams] == [7, 8, 9]
        assert all(isinstance(stream, NoiseStream) and not stream.branch for stream in lane.streams)

    drive(act)


def test_x_t_of_the_drawing_is_what_the_first_way_back_begins_with(drive):
    async def act(d):
        screen = await canvas(d)
        await put(d)
        x_0, noise = from_grey(screen.drawing.image), NoiseStream(7).draw(0)
        second, strip = screen.query_one("#second", Canvas), screen.query_one("#strip", Mosaic)
        screen.show_noised()
        await d.pilot.pause()
        expected = to_grey(Schedule().add_noise(x_0, noise, 500))
        np.testing.assert_array_equal(second.image, expected)
        assert "t = 500" in d.text()
        assert strip.tiles is not None
        np.testing.assert_array_equal(
            strip.images[0], to_grey(Schedule().add_noise(x_0, noise, 1000))
        )
        await d.pilot.click(strip, offset=(strip.tiles.place(1)[0] + 1, 1))
        assert 600 < screen.timestep < 1000
        screen.show_noised()
        expected = to_grey(Schedule().add_noise(x_0, noise, screen.timestep))
        np.testing.assert_array_equal(second.image, expected)

    drive(act, size=(230, 60))
