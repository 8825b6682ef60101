"""From the run screen to the others and back, through the app itself."""

import pytest

from diffviz.tui.keys import State
from diffviz.tui.screens.jobs.grid_screen import GridScreen
from diffviz.tui.screens.jobs.race_screen import RaceScreen


@pytest.mark.parametrize(("key", "kind"), [("g", GridScreen), ("c", RaceScreen)])
def test_a_key_opens_a_screen_and_escape_returns(drive, key, kind):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        await d.pilot.press(key)
        await d.until(lambda: isinstance(d.app.screen, kind))
        await d.until(lambda: d.app.screen.state is State.DONE)
        await d.pilot.press("escape")
        await d.until(lambda: d.app.screen is d.screen)
        assert d.screen.session.seed == 7
        await d.pilot.press("n")  # the run screen has the thread again
        await d.until(lambda: d.screen.state is State.DONE)
        assert d.screen.session.seed == 8

    drive(act, size=(120, 40))


def test_a_digit_of_the_grid_opens_on_the_run_screen(drive):
    async def act(d):
        await d.pilot.press("g")
        await d.until(lambda: isinstance(d.app.screen, GridScreen))
        await d.pilot.press("right", "right", "enter")
        await d.until(lambda: d.app.screen is d.screen)
        await d.until(lambda: d.screen.state is State.DONE)
        assert d.screen.session.seed == 9
        assert d.screen.session.step().x_t[0, 0, 9] == 1.0  # the column of seed 9

    drive(act, size=(120, 40))


def test_a_timer_that_fires_while_the_app_ends_does_nothing(drive, monkeypatch):
    async def act(d):
        await d.pilot.press("g")
        await d.until(lambda: isinstance(d.app.screen, GridScreen))
        grid = d.app.screen
        with monkeypatch.context() as patch:
            patch.setattr(type(d.app), "_screen_stack", property(lambda app: []))
            grid.pull()
            d.screen.pull()
        assert d.app.screen is grid

    drive(act, size=(120, 40))


def test_the_screens_are_sampled_as_the_run_screen_is(drive):
    async def act(d):
        d.screen.session.change(sampler="ddim")
        await d.pilot.press("g")
        await d.until(lambda: isinstance(d.app.screen, GridScreen))
        lane = d.app.screen.job().lanes[0]
        assert (lane.spec.sampler, lane.spec.steps, lane.weights) == ("ddim", None, "toy")
        assert d.app.screen.speed == d.screen.session.options.speed

    drive(act, size=(120, 40))


def test_weights_are_compared_from_the_run_screen(drive):
    async def act(d):
        await d.until(lambda: d.screen.session.index >= 0)
        await d.pilot.press("C")
        await d.until(lambda: isinstance(d.app.screen, RaceScreen))
        lanes = d.app.screen.job().lanes
        assert {lane.weights for lane in lanes} == {"reference", "default"}
        assert {lane.streams[0].seed for lane in lanes} == {7}
        assert d.app.screen.aligned

    drive(act, size=(120, 40), weights="reference")
