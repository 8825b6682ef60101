"""The forward process, over a session of a fake sampler, with and without real digits."""

import asyncio
import threading

import numpy as np
import pytest

from diffviz.core.data.synthetic import synthetic_digits
from diffviz.core.errors import DiffvizError
from diffviz.core.noise import NoiseStream
from diffviz.core.pictures import from_grey, to_grey
from diffviz.core.schedule import Schedule
from diffviz.tui.app import RunApp
from diffviz.tui.keys import State
from diffviz.tui.pixels.colours import Colours
from diffviz.tui.pixels.tiles import Mode
from diffviz.tui.screens.forward.forward_keys import FORWARD_KEYS
from diffviz.tui.screens.forward.forward_layout import plan_forward
from diffviz.tui.screens.forward.forward_screen import ForwardScreen
from diffviz.tui.screens.forward.training_images import (
    TrainingImages,
    load_training_images,
    nearest_to,
)
from diffviz.tui.screens.help_screen import HelpScreen
from diffviz.tui.terminal import Terminal
from diffviz.tui.text import with_article
from diffviz.tui.widgets.mosaic import Mosaic

from ...app_tester import AppTester


def training() -> TrainingImages:
    images, labels = synthetic_digits(20, 5)
    return TrainingImages("toys", images, labels)


class ForwardTester(AppTester):
    """Tests the forward screen over a run screen."""

    def __init__(self, app, pilot, sampler, load) -> None:
        super().__init__(app, pilot, sampler)
        self._screen = ForwardScreen(app.run_screen.session, load)

    @property
    def screen(self):
        return self._screen

    @property
    def images(self):
        return self.screen.query_one("#pictures", Mosaic).images

    @property
    def side_images(self):
        return self.screen.query_one("#side", Mosaic).images


@pytest.fixture
def drive(make_sampler, make_options, classifier):
    """Run ``act`` on the forward screen over a run of seed 7 of ``permits`` records."""

    def run(act, *, load=lambda: None, size=(120, 40), permits=None, wait=True, terminal=None):
        fake = make_sampler(permits=permits)

        async def main():
            app = RunApp(make_options(steps=1000), fake, classifier, terminal=terminal)
            async with app.run_test(size=size) as pilot:
                try:
                    tester = ForwardTester(app, pilot, fake, load)
                    if permits is None:
                        await tester.until(lambda: app.run_screen.state is State.DONE)
                    else:
                        await tester.until(lambda: app.run_screen.session.newest() is not None)
                    app.push_screen(tester.screen)
                    await tester.until(lambda: app.screen is tester.screen)
                    await tester.until(lambda: tester.screen._loaded or not wait)
                    await pilot.pause()
                    await act(tester)
                finally:
                    app.bridge.driver.close()
                    fake.allow_all()
            assert app.bridge.driver.join(20)

        asyncio.run(main())

    return run


def test_a_generated_digit_is_noised_next_to_its_reverse_process(drive):
    async def act(d):
        x_0, eps = d.sampler.picture(7, 0), NoiseStream(7).draw(0)
        for key, t in (("3", 400), ("left", 401), ("shift+right", 391), ("home", 1000), ("end", 0)):
            await d.press(key)
            assert d.screen.t == t
            wanted = [x_0, Schedule().add_noise(x_0, eps, t), d.sampler.picture(7, t)]
            assert np.array_equal(d.images, to_grey(np.stack(wanted).astype(np.float32)))
        assert "the finished digit" in d.text()
        assert "no MNIST on this machine" in d.text()
        assert "next digit" not in d.text()

    drive(act)


def test_the_equation_and_its_coefficients_are_shown(drive):
    async def act(d):
        await d.press("2")
        alpha_bar = Schedule().alpha_bar(600)
        assert "x_t = √ᾱ·x_0 + √(1−ᾱ)·ε" in d.text()
        assert f"x_t = {alpha_bar**0.5:.3f} x_0 + {(1 - alpha_bar) ** 0.5:.3f} ε" in d.text()
        assert "t  600" in d.text()

    drive(act)


def test_with_mnist_a_real_digit_is_shown_and_n_shows_another(drive):
    data = training()

    async def act(d):
        await d.press("end")
        for index in (7, 8):
            assert np.array_equal(d.images[0], data.images[index])
            assert np.array_equal(d.images[1], data.images[index])  # nothing is lost at t = 0
            assert f"toys image {index}, a {data.labels[index]}" in d.text()
            await d.press("n")
        assert "n next digit" in d.text()

    drive(act, load=lambda: data)


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40), (230, 60)])
def test_the_nearest_training_image_is_found_with_its_distance(drive, size):
    data = training()

    async def act(d):
        await d.press("3")
        expected = to_grey(-d.sampler.picture(7, 400))
        found = nearest_to(expected, data)
        line = f"no. {found.index}, {with_article(found.label)} (distance {found.distance:.2f}"
        await d.until(lambda: line in d.text())
        side = list(d.side_images)
        if len(d.images) == 2:
            assert np.array_equal(side.pop(0), data.images[7]), "x_0, which all begins with"
            assert "x_0" in d.text()
        assert np.array_equal(side[0], expected), "what it is nearest to"
        if len(side) == 2:
            assert np.array_equal(side[1], data.images[found.index])
            assert f"nearest {found.distance:.1f}" in d.text() or "nearest to x0_hat" in d.text()
        assert len(side) == 2 or size == (80, 24)

    drive(act, load=lambda: data, size=size)


def test_the_side_panel_appears_once_mnist_is_loaded(drive):
    go = threading.Event()

    def load():
        go.wait(10)
        return training()

    async def act(d):
        side = d.screen.query_one("#side", Mosaic)
        await d.until(lambda: d.screen.query_one("#pictures").region.area > 0)
        assert side.region.area == 0
        go.set()
        await d.until(lambda: d.screen.training is not None)
        await d.until(lambda: side.region.area > 0)
        assert side.region.width == side.tiles.width

    drive(act, load=load, wait=False)


def test_the_nearest_image_of_a_training_image_is_itself():
    data = training()
    found = nearest_to(data.images[4], data)
    assert (found.index, found.label, found.distance) == (4, data.labels[4], 0.0)
    assert to_grey(from_grey(data.images[4])).tolist() == data.images[4].tolist()


def test_a_run_in_progress_is_shown_up_to_its_newest_step(drive):
    async def act(d):
        await d.press("3")
        await d.until(lambda: "still at t 991" in d.text())
        assert "expected so far (x0_hat)" in d.text()
        assert np.array_equal(d.images[2], to_grey(d.sampler.picture(7, 991)))
        d.sampler.allow(3)
        await d.until(lambda: "still at t 988" in d.text())

    drive(act, permits=10)


def test_damaged_files_count_as_missing(drive):
    def load():
        raise OSError("no")

    async def act(d):
        assert "no MNIST on this machine" in d.text()

    drive(act, load=load)


def test_space_plays_to_the_noise_and_from_the_digit_again(drive):
    async def act(d):
        screen = d.app.screen
        await d.press("end", "space")
        assert "space pause" in d.lines()[-1]
        await d.until(lambda: screen.t > 50)
        await d.press("space")
        stopped = screen.t
        assert 0 < stopped < 1000
        assert "space play" in d.lines()[-1]
        screen.pull()
        assert screen.t == stopped
        await d.press("space")
        screen._played = 999.0
        await d.until(lambda: screen.t == 1000)
        assert "space play" in d.lines()[-1], "it stops at the noise"
        await d.press("space")
        assert screen.t < 1000, "from the digit again"
        await d.press("left")
        assert "space play" in d.lines()[-1], "a key of time pauses"

    drive(act)


@pytest.mark.parametrize("real", [True, False])
def test_x_0_is_shown_at_every_size(real):
    for width in range(40, 240, 3):
        for height in range(20, 62, 2):
            for small in (Mode.QUADRANT, Mode.BRAILLE):
                plan = plan_forward(width, height, real, small)
                assert plan.tiles is not None
                assert plan.tiles.columns == 3 or plan.side is not None, (width, height)


@pytest.mark.parametrize("size", [(140, 20), (230, 20), (230, 22)])
def test_low_wide_terminals_have_all_pictures_in_a_row(planned_well, size):
    width, height = size
    plan = plan_forward(width, height, True, Mode.QUADRANT)
    planned_well(plan.regions, width, height)
    assert plan.tiles is not None
    assert plan.side is not None
    assert plan.tiles.tile_width == plan.side.tile_width >= 20
    assert plan.regions["side"].y == plan.regions["pictures"].y
    assert plan.regions["timeline"].width >= width - 6


def test_the_pictures_at_the_right_begin_in_the_row_of_the_others():
    plan = plan_forward(120, 40, True, Mode.QUADRANT)
    assert plan.regions["side"].y == plan.regions["pictures"].y
    assert plan.side is not None
    assert plan.tiles is not None
    assert plan.side.tile_width == plan.tiles.tile_width


@pytest.mark.parametrize("real", [True, False])
def test_a_tall_terminal_has_both_processes_over_what_is_compared(planned_well, real):
    for width, height in ((40, 60), (60, 60), (80, 60), (100, 90)):
        plan = plan_forward(width, height, real, Mode.QUADRANT)
        planned_well(plan.regions, width, height)
        assert plan.tiles is not None
        assert plan.side is not None
        assert plan.strip is not None
        assert plan.tiles.columns == 2
        assert plan.side.capacity == (3 if real else 1)
        used = plan.tiles.height + plan.side.height + plan.strip.height
        assert used >= 0.5 * height


@pytest.mark.parametrize("width", [40, 60])
def test_in_ascii_the_whole_equation_is_shown(drive, width):
    async def act(d):
        assert "x_t=sqrt(abar)*x_0+sqrt(1-abar)*eps" in d.text().replace(" ", "")

    drive(act, size=(width, 20), terminal=Terminal(Colours.ASCII, Colours.ASCII, braille=False))


def test_the_mouse_moves_the_cursor(drive):
    async def act(d):
        timeline = d.screen.query_one("#timeline")
        await d.pilot.mouse_down("#timeline", offset=(timeline.size.width // 2, 1))
        await d.pilot.mouse_up("#timeline", offset=(timeline.size.width // 2, 1))
        await d.until(lambda: 480 < d.screen.t < 520)

    drive(act)


def test_a_large_terminal_shows_both_processes_over_time(drive):
    data = training()

    async def act(d):
        strip, times = d.app.screen.query_one("#strip"), d.app.screen.plan(230, 60).times
        assert times[0] == 1000
        assert times[-1] == 0
        await d.until(lambda: d.app.screen.training is not None)
        await d.until(lambda: np.array_equal(strip.images[len(times) - 1], data.images[7]))
        assert len(strip.images) == 2 * len(times)
        history = d.app.run_screen.session.history
        reverse = history.step(history.index_at(times[1])).x_t[0]
        assert np.array_equal(strip.images[len(times) + 1], to_grey(reverse))
        await d.pilot.click("#strip", offset=(strip.tiles.place(2)[0] + 1, 1))
        assert d.app.screen.t == times[2]
        assert strip._selected == 2

    drive(act, load=lambda: data, size=(230, 60))


@pytest.mark.slow
def test_help_and_resizing_work_on_the_forward_screen(drive):
    async def act(d):
        await d.press("question_mark")
        assert isinstance(d.app.screen, HelpScreen)
        await d.assert_help_shows(FORWARD_KEYS)
        await d.press("escape")
        for size in ((80, 24), (230, 60), (39, 20), (40, 20), (200, 60), (100, 30)):
            await d.resize(*size)
            assert {len(line) for line in d.text().split("\n")} == {size[0]}
            assert ("diffviz needs" in d.text()) == (size[0] < 40)
        await d.press("escape")
        assert d.app.screen is d.app.run_screen

    drive(act, load=training)


def test_mnist_is_read_from_its_folder_and_never_fetched(mnist_dir, tmp_path):
    assert load_training_images() is None, "the cache folder of tests is empty"
    assert load_training_images(tmp_path / "none") is None
    found = load_training_images(mnist_dir)
    assert found is not None
    assert found.images.shape == (32, 28, 28)
    assert found.labels.shape == (32,)
    assert found.name == "MNIST"


def test_damaged_mnist_is_one_line(mnist_dir):
    file = mnist_dir / "MNIST" / "raw" / "train-labels-idx1-ubyte"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(DiffvizError, match="damaged"):
        load_training_images(mnist_dir)


@pytest.mark.parametrize("real", [False, True])
def test_nothing_overlaps_or_leaves_the_screen_at_any_size(planned_well, real):
    for width in range(20, 260, 3):
        for height in (*range(8, 64), 80, 100):
            plan = plan_forward(width, height, real, Mode.QUADRANT)
            planned_well(plan.regions, width, height)
