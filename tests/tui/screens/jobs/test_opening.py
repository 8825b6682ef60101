"""From the run screen to the others and back, through the app itself."""

import asyncio

import pytest

from diffviz.tui.app import RunApp
from diffviz.tui.keys import State
from diffviz.tui.screens.jobs.grid_screen import GridScreen
from diffviz.tui.screens.jobs.race_screen import RaceScreen


@pytest.fixture
def drive(make_sampler, make_options, until, judge):
    """Run ``act(app, pilot, until)`` in the app, with a sampler that never waits."""

    def run(act):
        async def main():
            app = RunApp(make_options(), make_sampler(), judge)
            async with app.run_test(size=(120, 40)) as pilot:
                try:
                    await act(app, pilot, lambda condition: until(pilot, condition))
                finally:
                    app.bridge.close()
            assert app.bridge.join(20)

        asyncio.run(main())

    return run


@pytest.mark.parametrize(("key", "kind"), [("g", GridScreen), ("c", RaceScreen)])
def test_a_key_opens_a_screen_and_escape_returns(drive, key, kind):
    async def act(app, pilot, until):
        await until(lambda: app.run_screen.state is State.DONE)
        await pilot.press(key)
        await until(lambda: isinstance(app.screen, kind))
        await until(lambda: app.screen.state is State.DONE)
        await pilot.press("escape")
        await until(lambda: app.screen is app.run_screen)
        assert app.run_screen.session.seed == 7
        await pilot.press("n")  # the run screen has the thread again
        await until(lambda: app.run_screen.state is State.DONE)
        assert app.run_screen.session.seed == 8

    drive(act)


def test_a_digit_of_the_grid_opens_on_the_run_screen(drive):
    async def act(app, pilot, until):
        await pilot.press("g")
        await until(lambda: isinstance(app.screen, GridScreen))
        await pilot.press("right", "right", "enter")
        await until(lambda: app.screen is app.run_screen)
        await until(lambda: app.run_screen.state is State.DONE)
        assert app.run_screen.session.seed == 9
        assert app.run_screen.session.step().x_t[0, 0, 9] == 1.0  # the column of seed 9

    drive(act)


def test_the_screens_are_sampled_as_the_run_screen_is(drive):
    async def act(app, pilot, until):
        app.run_screen.session.change(sampler="ddim")
        await pilot.press("g")
        await until(lambda: isinstance(app.screen, GridScreen))
        lane = app.screen.job().lanes[0]
        assert (lane.sampler, lane.steps, lane.weights) == ("ddim", None, "toy")
        assert app.screen.speed == app.run_screen.speed

    drive(act)


def test_weights_are_compared_from_the_run_screen(make_options, make_sampler, judge, until):
    async def main():
        app = RunApp(make_options(weights="reference"), make_sampler(), judge)
        async with app.run_test(size=(120, 40)) as pilot:
            await until(pilot, lambda: app.run_screen.session.index >= 0)
            await pilot.press("C")
            await until(pilot, lambda: isinstance(app.screen, RaceScreen))
            assert isinstance(app.screen, RaceScreen)
            lanes = app.screen.job().lanes
            assert {lane.weights for lane in lanes} == {"reference", "default"}
            assert {lane.streams[0].seed for lane in lanes} == {7}
            assert app.screen.aligned
        assert app.bridge.join(20)

    asyncio.run(main())
