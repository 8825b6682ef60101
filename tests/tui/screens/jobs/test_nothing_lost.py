"""Grid and race keep their steps: they are scrubbed, and shown again as they were left."""

import numpy as np
import pytest

from diffviz.core.pictures import to_grey
from diffviz.tui.keys import State
from diffviz.tui.screens.jobs.grid_screen import GridScreen
from diffviz.tui.screens.jobs.race_screen import RaceScreen
from diffviz.tui.widgets.mosaic import Mosaic
from diffviz.tui.widgets.timeline import Timeline


async def opened(d, key: str, kind: type):
    """Open a screen from the run screen, and wait for its end."""
    await d.until(lambda: d.screen.state is State.DONE)
    await d.pilot.press(key)
    await d.until(lambda: isinstance(d.app.screen, kind))
    screen = d.app.screen
    await d.until(lambda: screen.state is State.DONE)
    await d.pilot.pause()
    return screen


def mosaic(screen, name: str = "#mosaic") -> np.ndarray:
    return screen.query_one(name, Mosaic).images


def grid_at(d, t: int) -> np.ndarray:
    return to_grey(np.stack([d.sampler.picture(seed, t) for seed in range(7, 39)]))


def test_the_grid_is_scrubbed_by_keys_and_timeline(drive):
    async def act(d):
        grid = await opened(d, "g", GridScreen)
        sampled = len(d.sampler.asked)
        await d.press("comma")
        assert np.abs(mosaic(grid).astype(int) - grid_at(d, 1).astype(int)).max() <= 1
        assert "◀ refinement" in d.text()
        assert "t    1   (newest: 0)" in d.text()
        await d.press("home")
        assert np.abs(mosaic(grid).astype(int) - grid_at(d, 1000).astype(int)).max() <= 1
        await d.press("full_stop", "3")
        assert grid.shown.t <= 400
        await d.press("end")
        assert np.array_equal(mosaic(grid), grid_at(d, 0)), "the newest step is exact"
        grid.query_one("#timeline", Timeline).post_message(Timeline.Scrubbed(600))
        await d.until(lambda: grid.shown.t == 556)
        await d.press("shift+right")
        assert grid.cursor.live
        assert len(d.sampler.asked) == sampled, "nothing is sampled again"

    drive(act, size=(120, 40))


def test_space_replays_what_was_seen(drive):
    async def act(d):
        grid = await opened(d, "g", GridScreen)
        grid.speed = 20.0
        sampled = len(d.sampler.asked)
        await d.press("space")
        assert grid.cursor.replaying
        assert "▶" in d.text()
        await d.until(lambda: grid.cursor.live)
        await d.pilot.pause()
        assert np.array_equal(mosaic(grid), grid_at(d, 0))
        assert len(d.sampler.asked) == sampled

    drive(act, size=(120, 40))


def test_a_tile_opens_with_its_steps_and_escape_leads_back(drive):
    async def act(d):
        grid = await opened(d, "g", GridScreen)
        await d.press("right", "down", "x", "2")
        t, sampled = grid.shown.t, len(d.sampler.asked)
        await d.press("enter")
        await d.until(lambda: d.app.screen is d.screen)
        session = d.screen.session
        assert (session.seed, session.history.last) == (16, 10), "finished at once"
        assert d.screen.state is State.DONE
        assert "Esc back" in d.footer()
        await d.press("2")
        assert session.step().t == 556
        await d.press("escape")
        assert d.app.screen is grid
        assert (grid.selected, grid._view, grid.shown.t) == (9, "x0_hat", t)
        assert len(mosaic(grid)) == 32
        assert len(d.sampler.asked) == sampled, "nothing is sampled again"
        await d.press("right", "enter")
        await d.until(lambda: d.app.screen is d.screen)
        assert session.seed == 17
        await d.press("g")
        assert d.app.screen is grid, "the same grid, since this seed is in it"
        await d.press("escape")
        assert d.app.screen is d.screen
        assert "Esc back" not in d.footer()
        await d.press("escape")
        assert d.app.screen is d.screen, "there is nothing to go back to any more"

    drive(act, size=(120, 40))


def test_an_unfinished_grid_goes_on_where_it_was(drive):
    async def act(d):
        d.sampler.allow(11)
        await d.until(lambda: d.screen.state is State.DONE)
        await d.press("g")
        grid = d.app.screen
        d.sampler.allow(4)
        await d.until(lambda: grid.shown is not None and grid.shown.index == 3)
        await d.press("enter")
        await d.until(lambda: d.app.screen is d.screen)
        assert d.screen.session.history.last == 3
        await d.press("escape")
        await d.until(lambda: d.app.screen is grid)
        d.sampler.allow_all()
        await d.until(lambda: grid.state is State.DONE)
        assert d.sampler.asked[-1]["start"][0] == 3, "not from the noise"
        assert [grid.kept[0].trajectory.step(i).index for i in range(11)] == list(range(11))
        assert np.array_equal(mosaic(grid), grid_at(d, 0))
        assert grid.cursor.counters() == [(10, grid.cursor.counters()[0][1])]

    drive(act, size=(120, 40), permits=0)


def test_the_race_is_scrubbed_and_a_lane_opens_on_the_run_screen(drive):
    async def act(d):
        race = await opened(d, "c", RaceScreen)
        sampled = len(d.sampler.asked)
        await d.press("2")
        assert race.cursor.t == 600
        ts = [step.t for step in race.steps]
        assert all(545 <= t <= 600 for t in ts), ts
        evaluations = [done for done, _ in race.cursor.counters()]
        assert evaluations[0] == 401
        assert all(0 < n < lane.total for n, lane in zip(evaluations, race.kept, strict=True))
        await d.press("left")
        assert race.cursor.t == 601
        await d.press("down", "enter")
        await d.until(lambda: d.app.screen is d.screen)
        assert d.screen.session.spec.sampler == "ddim"
        assert d.screen.session.history.last == 50
        assert len(d.sampler.asked) == sampled
        await d.press("escape")
        assert d.app.screen is race
        assert (race.selected, race.cursor.t) == (1, 601)

    drive(act, size=(120, 40))


@pytest.mark.parametrize(("size", "pages"), [((40, 20), 2), ((60, 20), 2), ((80, 24), 1)])
def test_every_lane_of_the_race_can_be_reached(drive, size, pages):
    async def act(d):
        race = await opened(d, "c", RaceScreen)
        assert race._plan.pages == pages
        names = set()
        for _ in range(pages):
            names |= {name for name in ("DDPM", "DDIM", "DPM", "SA") if f"{name}" in d.text()}
            await d.press("pagedown")
        assert names == {"DDPM", "DDIM", "DPM", "SA"}
        assert ("PgDn" in d.lines()[0]) == (pages > 1)
        await d.press("tab", "down", "down")
        assert race.selected <= 3

    drive(act, size=size)


def test_the_steps_of_a_grid_are_on_the_disk_and_those_of_a_race_exact(drive):
    async def act(d):
        grid = await opened(d, "g", GridScreen)
        *earlier, newest = grid.kept[0].trajectory._steps
        assert len(earlier) == 10
        assert sum(step.x_t.nbytes + step.x0_hat.nbytes for step in earlier) == 0
        assert newest.x_t.dtype == newest.x0_hat.dtype == np.float16
        await d.press("escape")
        race = await opened(d, "c", RaceScreen)
        assert {s.x_t.dtype for lane in race.kept for s in lane.trajectory._steps} == {
            np.dtype("f4")
        }
        assert all(step.x_t.size for lane in race.kept for step in lane.trajectory._steps)

    drive(act, size=(120, 40))
