"""The grid with a row for each class."""

import numpy as np
import pytest

from diffviz.core.noise import BatchNoise
from diffviz.core.pictures import to_grey
from diffviz.tui.keys import State
from diffviz.tui.screens.jobs.label_grid_layout import plan_label_grid
from diffviz.tui.screens.jobs.label_grid_screen import LabelGridScreen
from diffviz.tui.widgets.canvas import Canvas
from diffviz.tui.widgets.mosaic import Mosaic

from ...fakes import FakeLabelledPipeline


@pytest.fixture
def grid(drive):
    """Run ``act(tester)`` on the grid of three classes."""

    def run(act, size=(170, 50), permits=None):
        async def opened(d):
            await d.until(lambda: d.screen.loaded.source is not None)
            await d.press("L")
            await d.until(lambda: isinstance(d.app.screen, LabelGridScreen))
            await act(d, d.app.screen)

        return drive(opened, sampler=FakeLabelledPipeline(permits), size=size)

    return run


async def done(d, top) -> None:
    await d.until(lambda: top.state is State.DONE)
    await d.pilot.pause()


def test_each_row_is_a_class_and_each_column_a_noise(grid):
    async def act(d, top):
        await done(d, top)
        assert [lane.spec.label for lane in top.job().lanes] == list(FakeLabelledPipeline.CLASSES)
        assert top.seeds == list(range(7, 15))
        await d.press("home")
        noise = to_grey(BatchNoise.from_seeds(top.seeds).draw(0))
        images = top.query_one(Mosaic).images
        assert images.shape == (24, 28, 28)
        for row in range(3):
            np.testing.assert_array_equal(images[8 * row : 8 * row + 8], noise)
        await d.press("end")
        images = top.query_one(Mosaic).images
        assert not np.array_equal(images[:8], images[8:16])
        assert "a row for each class, a seed for each column" in d.lines()[0]
        for name in FakeLabelledPipeline.CLASSES:
            assert f" {name}"[:7] in d.text()

    grid(act)


def test_a_caption_tells_what_was_asked_for_from_what_is_seen(grid):
    async def act(d, top):
        await done(d, top)
        for row, asked in enumerate(FakeLabelledPipeline.CLASSES):
            caption = "".join(segment.text for segment in top.label(8 * row))
            before, seen = caption.split(": ")
            assert before == asked[:6] or before.endswith("…")
            assert seen.endswith("%")
            assert seen.split()[0] in top.belief_names

    grid(act)


def test_a_digit_opens_as_it_is_alone(grid):
    async def act(d, top):
        await done(d, top)
        assert not any(lane.trajectory._steps[3].x_t.size for lane in top.kept), "on the disk"
        await d.press("down", "right", "right", "enter")
        await d.until(lambda: d.app.screen is d.screen)
        session = d.screen.session
        assert (session.seed, session.spec.label) == (9, "square")
        opened = session.history.step(10).x_t
        told = session.history.step(5).conditioning
        assert told.labels == (1,)
        assert told.x0_null.shape == (1, 28, 28)
        session.begin()  # the same alone
        await d.until(lambda: session.history.last == 10)
        np.testing.assert_allclose(session.history.step(10).x_t, opened, atol=2e-3)

    grid(act)


@pytest.mark.parametrize("size", [(80, 24), (40, 20), (120, 40), (230, 60)])
def test_it_fits_every_terminal_and_keeps_its_rows(grid, size, planned_well):
    plan = plan_label_grid(size[0], size[1], 10)
    assert plan.tiles is not None
    planned_well(plan.regions, *size)
    assert plan.tiles.columns == plan.columns
    assert plan.count == 10 * plan.columns

    async def act(d, top):
        await done(d, top)
        await d.resize(60, 20)
        await d.press("n")
        await done(d, top)
        assert len(top.seeds) == top.plan(60, 20).columns

    grid(act, size=size)


@pytest.mark.parametrize(("size", "together"), [((230, 20), 5), ((230, 30), 4), ((80, 24), 1)])
def test_a_low_wide_terminal_has_several_classes_in_a_row(planned_well, size, together):
    plan = plan_label_grid(size[0], size[1], 10)
    planned_well(plan.regions, *size)
    assert plan.tiles is not None
    assert plan.tiles.columns == together * plan.columns
    assert plan.columns >= 3
    assert (plan.pages == 1) == (together > 1)


def test_classes_in_a_row_are_told_and_selected(grid):
    async def act(d, top):
        await done(d, top)
        assert len(top.seeds) == 5
        assert "5 seeds of each class, several classes in a row" in d.lines()[0]
        mosaic = top.query_one(Mosaic)
        assert len(mosaic.images) == 15
        await d.press(*["right"] * 6)
        assert "square of seed 8" in d.text()

    grid(act, size=(230, 20))


def test_weights_without_labels_have_no_such_grid(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        await d.press("L")
        assert d.app.screen is d.screen
        assert "these weights have no labels" in d.text()

    drive(act)


@pytest.mark.parametrize(("first", "second"), [((44, 20), (170, 50)), ((170, 50), (44, 20))])
def test_another_size_keeps_what_was_sampled(grid, first, second):
    async def act(d, top):
        await done(d, top)
        seeds, kept = top.seeds, top.kept
        await d.press("down", "right")
        await d.resize(*second)
        assert top.kept is kept
        assert top.seeds == seeds
        assert top.state is State.DONE
        columns = top.plan(*second).columns
        assert columns == min(len(seeds), plan_label_grid(second[0], second[1], 3).columns)
        assert top.selected == columns + 1
        mosaic = top.query_one(Mosaic)
        assert len(mosaic.images) == min(3 * columns, mosaic.tiles.capacity)
        await d.press("n")  # as many as there is room for now
        await done(d, top)
        assert len(top.seeds) == plan_label_grid(second[0], second[1], 3).columns
        assert top.first_seed == seeds[-1] + 1

    grid(act, size=first)


def test_a_wide_terminal_shows_the_selected_digit_large(grid):
    regions = plan_label_grid(230, 60, 10).regions
    assert regions["picked"].width >= 2.5 * 28
    assert regions["picked"].x > regions["mosaic"].right

    async def act(d, top):
        await done(d, top)
        await d.press("down", "right")
        picked = top.query_one("#picked", Canvas).image
        np.testing.assert_array_equal(picked, to_grey(top.steps[1].x0_hat[1]))

    grid(act, size=(230, 60))
