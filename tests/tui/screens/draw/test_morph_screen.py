"""The way between two digits on the screen: the slider, the keys, what is sampled."""

from itertools import product

import numpy as np

from diffviz.core.pictures import to_grey, to_pictures
from diffviz.core.samples.morph import arc, noise_of_seeds
from diffviz.tui.keys import State
from diffviz.tui.screens.draw.morph_layout import plan_morph
from diffviz.tui.screens.draw.morph_screen import PLACES, Ends, MorphScreen
from diffviz.tui.widgets.canvas import Canvas
from diffviz.tui.widgets.mosaic import Mosaic

ENDS = Ends(noise_of_seeds((7, 12)), ("seed 7", "seed 12"), ("--seed", "7", "12"))


async def opened(d) -> MorphScreen:
    """Open the way over the finished run screen, and wait for its digits."""
    await d.until(lambda: d.screen.state is State.DONE)
    d.app.open_morph(ENDS)
    await d.until(lambda: isinstance(d.app.screen, MorphScreen))
    screen = d.app.screen
    await d.until(lambda: screen.state is State.DONE)
    return screen


def test_all_places_start_from_the_arc_and_the_keys_go_along_it(drive):
    async def act(d):
        screen = await opened(d)
        index, noise = d.sampler.asked[-1]["start"]
        assert index == 0
        np.testing.assert_array_equal(noise, arc(ENDS.noise, PLACES))
        assert d.sampler.asked[-1]["sampler"] == "ddim"
        assert "50% of the way" in d.text()
        await d.press("end")
        assert screen.place == PLACES - 1
        await d.press("right", "left", "left")
        assert screen.place == PLACES - 3
        await d.press("home")
        picture = screen.query_one("#digit", Canvas).image
        step = screen.steps[0]
        assert step is not None
        np.testing.assert_array_equal(picture, to_grey(step.x0_hat[0]))
        assert screen.command_line().startswith("diffviz morph --seed 7 12 --weights toy")
        assert d.app.exit_command() == screen.command_line()
        await d.press("escape")
        assert d.app.exit_command().startswith("diffviz run")

    drive(act, size=(100, 30))


def test_the_mouse_moves_the_slider(drive):
    async def act(d):
        screen = await opened(d)
        slider = screen.query_one("#slider")
        await d.pilot.click(slider, offset=(slider.size.width - 1, 0))
        assert screen.place == PLACES - 1
        await d.pilot.click(slider, offset=(0, 0))
        assert screen.place == 0
        assert "seed 7 ●" in d.text()

    drive(act)


def test_the_whole_way_and_the_noise_are_shown_where_there_is_room(drive):
    async def act(d):
        screen = await opened(d)
        strip, second = screen.query_one("#strip", Mosaic), screen.query_one("#second", Canvas)
        step = screen.steps[0]
        assert step is not None
        assert strip.tiles is not None
        np.testing.assert_array_equal(strip.images[0], to_pictures(step.x0_hat)[0])
        np.testing.assert_array_equal(strip.images[-1], to_pictures(step.x0_hat)[-1])
        await d.pilot.click(strip, offset=(strip.tiles.place(len(strip.images) - 1)[0] + 1, 1))
        assert screen.place == PLACES - 1
        assert "at 100% of the way" in d.text()
        np.testing.assert_array_equal(second.image, to_grey(arc(ENDS.noise, PLACES)[-1]))

    drive(act, size=(230, 60))


def test_the_layout_fits_at_every_size(planned_well):
    for width, height in product((40, 58, 60, 80, 100, 120, 160, 230), (20, 24, 30, 40, 60)):
        plan = plan_morph(width, height)
        planned_well(plan.regions, width, height)
        assert plan.regions["digit"].width % 28 == 0
        assert (plan.strip is None) == ("strip" not in plan.regions)
