"""eps in a diverging colour map: zero is white, its sign is a colour, or a brightness without."""

import numpy as np
import pytest

from diffviz.tui.keys import State
from diffviz.tui.pixels.colours import Colours
from diffviz.tui.pixels.diverging import diverging
from diffviz.tui.pixels.rgb import rgb_for
from diffviz.tui.screens.run.eps_picture import eps_meanings, eps_picture
from diffviz.tui.terminal import Terminal
from diffviz.tui.widgets.canvas import Canvas

EPS = np.linspace(-3, 3, 28 * 28, dtype=np.float32).reshape(28, 28)


def test_zero_is_white_negative_blue_and_positive_red():
    red, green, blue = diverging(np.array([0.0])).astype(int)[0]
    assert min(red, green, blue) > 240
    for value in (0.3, 1.0, 7.0):
        red, _, blue = diverging(np.array([value])).astype(int)[0]
        assert red > blue
        red, _, blue = diverging(np.array([-value])).astype(int)[0]
        assert blue > red


def test_the_lightness_falls_on_both_sides_of_zero():
    colours = diverging(np.linspace(-1, 1, 101)).astype(float) @ [0.299, 0.587, 0.114]
    assert np.flatnonzero(colours == colours.max()).mean() == 50
    assert (np.diff(colours[:51]) >= 0).all()
    assert (np.diff(colours[50:]) <= 0).all()


def test_in_16_colours_it_is_blue_white_and_red_too():
    picture = eps_picture(EPS, Colours.BASIC)
    numbers = rgb_for(Colours.BASIC).quantise(picture).ravel().tolist()
    assert list(dict.fromkeys(numbers)) == [4, 12, 15, 9, 1]


@pytest.mark.parametrize("colours", Colours)
def test_without_colours_the_brightness_tells_the_sign_and_the_legend_says_so(colours):
    picture, meanings = eps_picture(EPS, colours), eps_meanings(EPS, colours)
    if colours.plain:
        assert picture.shape == (28, 28)
        assert (np.diff(picture.ravel().astype(int)) >= 0).all(), "dark to bright"
        assert all("dark −, bright +" in words for words in meanings)
    else:
        assert picture.shape == (28, 28, 3)
        assert all("blue −, red +" in words for words in meanings)
    assert len("eps  " + meanings[-1]) <= 28, "the legend fits above the smallest picture"


def test_pictures_in_colour_keep_their_own_colours():
    eps = np.stack([EPS, EPS, EPS])
    assert eps_picture(eps, Colours.TRUECOLOR).shape == (28, 28, 3)
    assert "blue" not in eps_meanings(eps, Colours.TRUECOLOR)[0]


def test_the_screen_shows_it_and_at_the_end_says_that_nothing_is_left(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        canvas = d.screen.query_one("#eps", Canvas)
        assert canvas.image is None
        assert canvas.note == "nothing left to remove"
        await d.press("left")
        assert canvas.image is not None
        assert canvas.image.shape == (28, 28, 3)
        await d.press("z", "z", "z")
        await d.pilot.pause()
        assert "blue −, red +" in d.text()

    drive(act)


@pytest.mark.parametrize("mode", [Colours.MONO, Colours.ASCII])
def test_the_legend_of_the_screen_fits_the_terminal(drive, mode):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        d.app.terminal = Terminal(mode, mode)
        await d.press("left", "z", "z", "z")
        await d.pilot.pause()
        assert "dark −, bright +" in d.text()
        assert d.screen.query_one("#eps", Canvas).image.ndim == 2

    drive(act)
