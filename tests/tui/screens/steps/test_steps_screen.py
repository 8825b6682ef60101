"""The screen of a sampling loop: live from a file that grows, and scrubbed afterwards."""

import asyncio
from itertools import product

import numpy as np
import pytest

from diffviz.core.pictures import resized
from diffviz.core.writers import StepWriter
from diffviz.tui.screens.steps.step_source import FileSource, IteratorSource
from diffviz.tui.screens.steps.steps_layout import plan_steps
from diffviz.tui.screens.steps.steps_screen import StepsScreen
from diffviz.tui.training_app import TrainingApp
from diffviz.tui.widgets.canvas import Canvas
from diffviz.tui.widgets.mosaic import Mosaic
from diffviz.tui.widgets.plot import Plot

from ...app_tester import AppTester


def images(seed: int = 0, shape=(1, 3, 16, 16)) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def drive(source, act, size=(80, 24)) -> None:
    async def main():
        app = TrainingApp(lambda: StepsScreen(source))
        async with app.run_test(size=size) as pilot:
            await act(AppTester(app, pilot))

    asyncio.run(main())


def test_steps_are_shown_live_and_scrubbed(tmp_path):
    path = tmp_path / "loop.steps"
    writer = StepWriter(path)

    async def act(tester: AppTester) -> None:
        await tester.until(lambda: "waiting for steps" in tester.text())
        for t in (1000, 750, 500):
            writer.step(t, images(t), images(t + 1))
        await tester.until(lambda: "t 500   step 3 of 3" in tester.text())
        assert "newest step" in tester.text()
        await tester.press("left")
        assert "t 750   step 2 of 3" in tester.text()
        assert "an earlier step" in tester.text()
        writer.step(250, images(), images())
        await tester.until(lambda: "step 2 of 4" in tester.text())  # the cursor stays
        await tester.press("home")
        assert "t 1000   step 1 of 4" in tester.text()
        await tester.press("end")
        assert "t 250   step 4 of 4" in tester.text()
        x_t = tester.screen.query_one("#xt", Canvas).image
        x0_hat = tester.screen.query_one("#x0", Canvas).image
        assert x_t.shape == x0_hat.shape == (16, 16, 3)
        assert np.array_equal(x_t, x0_hat)
        await tester.press("home", "space")
        await tester.until(lambda: "newest step" in tester.text())  # a replay reaches the end

    drive(FileSource(path), act)
    writer.close()


def test_on_a_small_terminal_nothing_is_cut_off_without_a_sign(tmp_path):
    path = tmp_path / "loop.steps"
    with StepWriter(path) as writer:
        for t in (1000, 500, 0):
            writer.step(t, images(t), images(t + 1))

    async def act(tester: AppTester) -> None:
        await tester.until(lambda: "step 3 of 3" in tester.text())
        row = next(line for line in tester.lines() if "step 3 of 3" in line)
        assert "moved" in row
        assert not row.split("   ")[-1].strip().startswith("x0_hat m")
        assert "x_t  noisy" in tester.text()
        assert "x0_hat  expected" in tester.text()

    drive(FileSource(path), act, size=(40, 20))


def test_samplings_are_chosen_by_their_keys(tmp_path):
    path = tmp_path / "loop.steps"
    with StepWriter(path) as writer:
        for t in (3, 2, 1, 3, 2):
            writer.step(t, images(t))

    async def act(tester: AppTester) -> None:
        await tester.until(lambda: "sampling 2 of 2" in tester.text())
        assert "t 2   step 2 of 2" in tester.text()
        await tester.press("N")
        assert "sampling 1 of 2" in tester.text()
        assert "t 1   step 3 of 3" in tester.text()
        await tester.press("n")
        assert "sampling 2 of 2" in tester.text()

    drive(FileSource(path), act)


def test_pixels_that_are_no_numbers_are_said(tmp_path):
    path = tmp_path / "loop.steps"
    with StepWriter(path) as writer:
        writer.step(3, np.full((1, 8, 8), np.nan))

    async def act(tester: AppTester) -> None:
        await tester.until(lambda: "NaN or infinite" in tester.text())

    drive(FileSource(path), act)


def test_an_iterator_is_shown_and_its_error_too():
    def steps():
        yield 2, images(1)
        yield 1, images(2), images(3)
        raise RuntimeError("out of luck")

    async def act(tester: AppTester) -> None:
        await tester.until(lambda: "RuntimeError: out of luck" in tester.text())
        await tester.until(lambda: "t 1   step 2 of 2" in tester.text())

    drive(IteratorSource(steps()), act)


@pytest.mark.parametrize("shape", [(8, 8), (28, 28), (32, 32), (256, 256), (64, 200)])
def test_the_layout_has_no_overlaps(planned_well, shape):
    for width, height in product((40, 60, 80, 100, 120, 132, 200), (20, 24, 30, 40, 60)):
        plan = plan_steps(width, height, shape)
        planned_well(plan.regions, width, height)
        small, large = plan.regions["xt"].size, plan.regions["x0"].size
        assert small == large or (small.width < large.width and "moved" in plan.regions)
        assert plan.regions["xt"].height >= 3
        assert (plan.film is None) == ("film" not in plan.regions)
        if plan.film is not None:
            assert plan.regions["film"].size == (plan.film.width, plan.film.height)


@pytest.mark.parametrize("size", [(118, 40), (120, 40), (132, 38)])
def test_a_chart_and_small_pictures_stand_beside_one_large_picture(size, tmp_path):
    path = tmp_path / "loop.steps"
    with StepWriter(path) as writer:
        for t in range(100, 0, -5):
            writer.step(t, images(t, (1, 28, 28)), images(t + 1, (1, 28, 28)))

    async def act(tester: AppTester) -> None:
        film = tester.screen.query_one("#film", Mosaic)
        await tester.until(lambda: len(film.images) > 3)
        assert len(film.images) == film.tiles.columns * film.tiles.rows
        x_t, x0 = (tester.screen.query_one(name, Canvas) for name in ("#xt", "#x0"))
        assert x_t.size == (28, 14)
        assert x0.size == (56, 28)
        assert tester.screen.query_one("#moved").size.height >= 7
        x, y = film.tiles.place(len(film.images) - 1)
        await tester.press("home")
        await tester.pilot.click(film, offset=(x + 1, y + 1))
        assert "step 20 of 20" in tester.text()

    drive(FileSource(path), act, size=size)


@pytest.mark.parametrize(
    ("size", "wanted"), [((80, 24), {"moved"}), ((100, 30), {"moved", "film"})]
)
def test_smaller_terminals_have_a_chart_and_small_pictures_too(planned_well, size, wanted):
    plan = plan_steps(*size)
    planned_well(plan.regions, *size)
    assert wanted <= plan.regions.keys()
    assert plan.regions["xt"].size == plan.regions["x0"].size == (28, 14)
    assert plan.regions["moved"].x > plan.regions["x0"].right
    moved = Plot("how far x0_hat moves", "x0_hat moves", empty="")
    moved.show_values((1, 2, 3), "")
    title = "".join(s.text for s in next(iter(moved.rows(plan.regions["moved"].width, 7))))
    assert "x0_hat moves" in title


def test_steps_are_small_pictures_too_where_there_is_room(tmp_path):
    path = tmp_path / "loop.steps"
    writer = StepWriter(path)
    for t in range(100, 0, -5):
        writer.step(t, images(t, (1, 28, 28)), images(t + 1, (1, 28, 28)))

    async def act(tester: AppTester) -> None:
        film = tester.screen.query_one("#film", Mosaic)
        await tester.until(lambda: len(film.images) > 3)
        number = len(film.images)
        assert f"t {100 - 5 * round(19 / (number - 1))}" in tester.text()
        await tester.pilot.click(film, offset=(film.tiles.place(1)[0] + 1, 1))
        assert f"step {1 + round(19 / (number - 1))} of 20" in tester.text()
        await tester.press("end")
        newest = tester.screen.query_one("#x0", Canvas).image
        expected = resized(newest[np.newaxis], film.tiles.high, film.tiles.wide)[0]
        assert np.array_equal(film.images[-1], expected)
        writer.step(0, images(7, (1, 28, 28)), np.ones((1, 28, 28), np.float32))
        await tester.until(lambda: film.images[-1].min() == 255)  # the newest step follows

    drive(FileSource(path), act, size=(230, 60))
    writer.close()


def test_a_damaged_step_is_black_among_the_small_pictures(tmp_path):
    path = tmp_path / "loop.steps"
    white = np.ones((1, 28, 28), np.float32)
    with StepWriter(path) as writer:
        for t in (3, 2, 1):
            writer.step(t, white, white)
    content = bytearray(path.read_bytes())
    content[-28 * 28] ^= 1
    path.write_bytes(content)

    async def act(tester: AppTester) -> None:
        film = tester.screen.query_one("#film", Mosaic)
        await tester.until(lambda: len(film.images) == 3)
        assert [int(picture.max()) for picture in film.images] == [255, 255, 0]

    drive(FileSource(path), act, size=(230, 60))
