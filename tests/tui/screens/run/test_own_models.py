"""Models of one's own on the screens: scrubbed, branched, raced, in a grid, and their failures."""

from itertools import product

import numpy as np
import pytest
from PIL import Image

from diffviz.core.data.given_files import GivenFiles
from diffviz.core.noise import NoiseStream
from diffviz.core.pictures import to_picture
from diffviz.core.sampling.trajectory import Trajectory
from diffviz.core.schedule import Schedule
from diffviz.tui.screens.run.own_layout import plan_own
from diffviz.tui.session.replay import command_line
from diffviz.tui.widgets.canvas import Canvas
from diffviz.tui.widgets.mosaic import Mosaic


@pytest.mark.parametrize("size", [(80, 24), (200, 60), (40, 20)])
def test_a_model_in_colour_is_shown_and_scrubbed(drive_own, size):
    async def act(tester):
        await tester.until(lambda: tester.screen.finished)
        x0 = tester.screen.query_one("#x0", Canvas)
        assert x0.image.shape == (32, 32, 3)
        y, x = np.mgrid[0:32, 0:32] / 32
        assert np.abs(x0.image[..., 0] - (x * 255)).max() <= 2
        assert np.abs(x0.image[..., 1] - (y * 255)).max() <= 2
        assert "ramps" in tester.lines()[0] or size[0] < 60
        await tester.press("home")
        assert tester.screen.session.step().t == 1000
        noise = tester.screen.query_one("#xt", Canvas).image
        assert noise.shape == (32, 32, 3)
        assert noise.std() > 50
        await tester.press("right", "right")
        assert tester.screen.session.index == 2

    drive_own(act, size=size)


def test_how_far_x0_hat_moves_takes_the_place_of_the_belief(drive_own):
    async def act(tester):
        await tester.until(lambda: tester.screen.finished)
        await tester.until(lambda: "how far x0_hat moves" in tester.text())
        assert "belief" not in tester.text()

    drive_own(act, "GREY", size=(120, 40))


def test_a_step_is_branched_and_the_branches_go_on(drive_own):
    async def act(tester):
        await tester.until(lambda: tester.screen.finished)
        tester.screen.session.cursor.seek(10)
        await tester.press("b")
        await tester.press("3")
        await tester.until(lambda: type(tester.app.screen).__name__ == "BranchScreen")
        mosaic = tester.app.screen.query_one(Mosaic)
        await tester.until(lambda: tester.app.screen.frame is not None)
        await tester.until(lambda: mosaic.images.shape[1:] == (32, 32, 3))
        await tester.press("enter")
        await tester.until(lambda: tester.app.screen is tester.screen)
        assert tester.screen.session.history.branch
        assert "--branch" in command_line(tester.screen.session)

    drive_own(act)


def test_samplers_race_on_the_models_own_schedule(drive_own):
    async def act(tester):
        await tester.until(lambda: tester.screen.finished)
        await tester.press("c")
        await tester.until(lambda: "done" in tester.text())
        shown = tester.app.screen.query_one("#x0", Mosaic).images
        assert shown.shape[1:] == (32, 32, 3)
        x = np.arange(32) / 32
        assert np.abs(shown[:, :, :, 0] - (x * 255)).max() <= 4
        await tester.press("escape")
        await tester.until(lambda: tester.app.screen is tester.screen)

    drive_own(act, size=(200, 60))


def test_a_grid_of_pictures(drive_own):
    async def act(tester):
        await tester.until(lambda: tester.screen.finished)
        await tester.press("g")
        await tester.until(lambda: "done" in tester.text())
        assert tester.app.screen.query_one(Mosaic).images.shape[1:] == (20, 40)
        assert "histogram" not in tester.app.screen.plan(100, 40).regions

    drive_own(act, "GREY", size=(100, 40))


def test_where_not_every_step_has_room_the_screens_say_so(drive_own, monkeypatch):
    monkeypatch.setitem(Trajectory.__init__.__kwdefaults__, "max_bytes", 5_000_000)

    async def act(tester):
        await tester.until(lambda: tester.screen.finished)
        assert tester.screen.session.history.stride == 1
        await tester.press("g")
        await tester.until(lambda: "done" in tester.text())
        grid = tester.app.screen
        assert grid.kept[0].trajectory.stride == 4
        assert grid.kept[0].trajectory.bytes <= 5_000_000
        grid.action_scrub(-2)
        await tester.until(lambda: "every 4th step is kept" in tester.text())
        await tester.press("enter")
        await tester.until(lambda: tester.app.screen is tester.screen)
        await tester.press("home")
        await tester.press("right")
        await tester.until(lambda: "every 4th step is kept" in tester.text())
        tester.screen.session.cursor.seek(10)
        await tester.press("b")
        await tester.press("2")
        await tester.until(lambda: type(tester.app.screen).__name__ == "BranchScreen")
        assert tester.app.screen.index == tester.app.screen.step.index == 8

    drive_own(act, size=(120, 40), steps=30)


def test_texts_are_about_pictures(drive_own):
    async def act(tester):
        await tester.until(lambda: tester.screen.finished)
        for keys, words in (
            (["e"], "explained"),
            (["question_mark"], "32 pictures at once"),
            (["escape", "l"], "each finished picture"),
            (["b"], "is finished"),
        ):
            await tester.press(*keys)
            await tester.until(lambda words=words: words in tester.text())
            assert "digit" not in tester.text()

    drive_own(act, size=(160, 50))


def test_what_needs_digits_steps_aside(drive_own):
    async def act(tester):
        await tester.until(lambda: tester.screen.finished)
        for key, why in (("C", "weights draw digits"), ("w", "weights draw digits"), ("D", "28")):
            await tester.press(key)
            assert "not with --model" in tester.text()
            assert why in tester.text()
            assert tester.app.screen is tester.screen

    drive_own(act)


@pytest.mark.parametrize("name", ["COLOUR", "GREY", "SHARP"])
def test_the_forward_process_is_that_of_the_models_schedule(drive_own, name):
    async def act(tester):
        await tester.until(lambda: tester.screen.finished)
        x_0 = tester.screen.session.newest().x_t[0]
        await tester.press("f")
        await tester.until(lambda: "forward" in tester.text())
        await tester.press("end")
        await tester.until(lambda: "SNR    inf dB" in tester.text())
        tester.app.screen.action_seek(500)
        alpha_bar = Schedule().alpha_bars[500] ** (3 if name == "SHARP" else 1)
        eps = NoiseStream(7, shape=x_0.shape).draw(0)
        wanted = to_picture(alpha_bar**0.5 * x_0 + (1 - alpha_bar) ** 0.5 * eps)
        images = tester.app.screen.query_one("#pictures", Mosaic).images
        near = [np.abs(image - wanted.astype(float)).max() for image in images]
        assert min(near) <= 1
        assert "x_0 is the generated picture" in tester.text()
        await tester.press("q")

    drive_own(act, name, size=(120, 40))


def test_a_given_picture_is_where_everything_begins(drive_own, tmp_path):
    photo = tmp_path / "photo.png"
    pixels = np.zeros((40, 80, 3), np.uint8)
    pixels[:, 40:] = (250, 0, 0)
    Image.fromarray(pixels).save(photo)
    files = GivenFiles(photo, 100)
    given, _ = files.read_in_colour()

    async def act(tester):
        await tester.until(lambda: tester.screen.finished)
        assert "from photo.png at t = 100" in tester.lines()[0]
        await tester.press("home")
        assert tester.screen.session.step().t == 100
        noisy = tester.screen.query_one("#xt", Canvas).image.astype(int)
        assert noisy[:, 20:, 0].mean() > 180
        assert noisy[:, :12].mean() < 100
        await tester.press("f")
        await tester.until(lambda: "your picture" in tester.text())
        x_0 = tester.app.screen._original(True)[0]
        assert x_0.shape == (3, 32, 32)
        assert x_0[0, :, 20:].min() > 0.9
        await tester.press("escape", "g")
        await tester.until(lambda: "seeds 7-38" in tester.text())

    drive_own(act, files=files, given=given)


def test_an_exception_on_the_way_leaves_the_app_usable(drive_own):
    async def act(tester):
        await tester.until(lambda: "RuntimeError: out of luck" in tester.text())
        assert "mine.py, line" in tester.text()
        await tester.press("home")
        assert tester.screen.session.step().t == 1000
        await tester.press("n")
        await tester.until(lambda: "seed 8" in tester.text())

    app = drive_own(act, "LATE", size=(132, 30))
    assert app.return_code in (0, None)


def test_a_model_that_never_works_ends_with_one_line(drive_own):
    async def act(tester):
        await tester.until(lambda: not tester.app.is_running)

    app = drive_own(act, "WRONG")
    assert app.return_code == 1
    assert "returned [1, 1, 4, 8] for images [1, 1, 8, 8]" in str(app.return_value)


@pytest.mark.parametrize(
    ("name", "words"),
    [("UNUSUAL", "odd failed at t = 1000: mine.py"), ("INTERRUPTED", "KeyboardInterrupt")],
)
def test_no_exception_of_a_model_leaves_the_screen_waiting(drive_own, name, words):
    async def act(tester):
        await tester.until(lambda: not tester.app.is_running)

    app = drive_own(act, name)
    assert app.return_code == 1
    assert words in str(app.return_value)


@pytest.mark.parametrize(
    "shape", [(8, 8), (28, 28), (32, 32), (64, 64), (256, 256), (20, 200), (200, 20)]
)
def test_the_layout_has_no_overlaps(planned_well, shape):
    sizes = product((40, 60, 80, 100, 132, 200), (20, 24, 30, 40, 60))
    for (width, height), page, explain, classes, at_end in product(
        sizes, (0, 1), (False, True), (0, 2, 30), (False, True)
    ):
        plan = plan_own(width, height, shape, page, explain, classes, at_end)
        planned_well(plan.regions, width, height)
        assert {"x0", "timeline", "phase", "footer"} <= plan.regions.keys()


def test_the_command_line_repeats_the_model(drive_own):
    async def act(tester):
        await tester.until(lambda: tester.screen.finished)

    app = drive_own(act, sampler="ddim")
    line = command_line(app.run_screen.session)
    assert "--model" in line
    assert "mine.py:COLOUR --seed 7 --sampler ddim --steps 20" in line
