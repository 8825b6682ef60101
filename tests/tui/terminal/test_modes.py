"""Every way to draw, in a terminal emulator: the pixels, the words, nothing it lacks."""

import asyncio
import re
from collections.abc import Callable

import numpy as np
import pyte
import pytest

from diffviz.tui import theme
from diffviz.tui.app import RunApp
from diffviz.tui.pixels.colours import Colours
from diffviz.tui.pixels.greys import greys_for
from diffviz.tui.pixels.printed import printed
from diffviz.tui.terminal import Terminal
from diffviz.tui.widgets.canvas import Canvas

from ..app_tester import full_frame, until

COLOUR = re.compile(r"\x1b\[[\d;]*(?<![\d])(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[\d;]*m")
NAMED = {"black": 0, "brightblack": 128, "white": 192, "brightwhite": 255}
BAYER = np.array([[0]])
for _ in range(2):  # by its definition, each level from the one before
    BAYER = np.block([[4 * BAYER, 4 * BAYER + 2], [4 * BAYER + 3, 4 * BAYER + 1]])
DOTS = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]
MODES = list(Colours)


def draw(app: RunApp) -> tuple[str, pyte.Screen]:
    """Return all that is sent for one full frame, and the terminal after it."""
    sent = full_frame(app)
    screen = pyte.Screen(*app.size)
    pyte.Stream(screen).feed(sent.replace("\n", ""))
    return sent, screen


def run(colours: Colours, act: Callable, make_sampler, make_options, classifier, size=(80, 24)):
    async def main():
        sampler = make_sampler()
        theme.style.cache_clear()  # Rich's styles remember the codes of the first colours
        terminal = Terminal().showing(colours)
        app = RunApp(make_options(steps=10), sampler, classifier, terminal=terminal)
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: "done: a 9" in "\n".join(draw(app)[1].display))
            await act(app, pilot)
            app.bridge.driver.close()
        assert app.bridge.driver.join(20)

    asyncio.run(main())


@pytest.fixture
def in_mode(make_sampler, make_options, classifier):
    return lambda colours, act: run(colours, act, make_sampler, make_options, classifier)


class Cells:
    """A part of a terminal."""

    def __init__(self, screen: pyte.Screen, x: int, y: int) -> None:
        self.screen, self.x, self.y = screen, x, y

    def __call__(self, row: int, column: int):
        return self.screen.buffer[self.y + row][self.x + column]


def grey(name: str) -> int:
    return NAMED[name] if name in NAMED else int(name[:2], 16)


def pixels(cells, colours: Colours, height: int, width: int) -> np.ndarray:
    """Read half-blocks, dots or characters back; one value a pixel, dot or cell."""
    if colours is Colours.ASCII:
        return np.array(
            [[" .:-=+*#%@".index(cells(y, x).data) for x in range(width)] for y in range(height)]
        )
    if colours is Colours.MONO:
        seen = np.zeros((4 * height, 2 * width), bool)
        for y in range(height):
            for x in range(width):
                glyph = cells(y, x).data
                code = 0 if glyph == " " else ord(glyph) - 0x2800
                lit = np.array([bool(code & bit) for bit in DOTS]).reshape(4, 2)
                seen[4 * y : 4 * y + 4, 2 * x : 2 * x + 2] = lit
        return seen
    seen = np.zeros((2 * height, width), int)
    for y in range(height):
        for x in range(width):
            cell = cells(y, x)
            f, b = (0 if cell.data == " " else grey(cell.fg)), grey(cell.bg)
            pair = {"▀": (f, b), "▄": (b, f), "█": (f, f), " ": (b, b)}[cell.data]
            seen[2 * y : 2 * y + 2, x] = pair
    return seen


def wanted(image: np.ndarray, colours: Colours) -> np.ndarray:
    if colours is Colours.ASCII:
        means = np.rint(image.reshape(14, 2, 28).mean(axis=1)).astype(int)
        return means * 10 // 256
    if colours is Colours.MONO:
        dots = image.repeat(2, axis=0).repeat(2, axis=1)
        return dots > np.tile((BAYER + 0.5) / 16 * 255, (14, 14))
    greys = greys_for(colours)
    return np.array(greys.levels)[greys.quantise(image)]


@pytest.mark.parametrize("colours", MODES)
def test_pictures_and_text_are_right_in_every_colour_mode(
    colours, in_mode, noise_picture, digit_picture
):
    async def act(app, pilot):
        canvas = app.screen.query_one("#x0", Canvas)
        x, y, width, height = canvas.region
        assert (width, height) == (28, 14)
        for picture in (noise_picture, digit_picture):
            canvas.show(picture)
            await pilot.pause()
            sent, screen = draw(app)
            shown = pixels(Cells(screen, x, y), colours, height, width)
            assert np.array_equal(shown, wanted(picture, colours))
        text = "\n".join(screen.display)
        for words in ("seed 7", "lock-in", "alpha_bar", "done: a 9", "quit"):
            assert words in text
        assert bool(COLOUR.search(sent)) == (not colours.plain)
        assert sent.isascii() == (colours is Colours.ASCII)
        if colours is Colours.BASIC:
            assert not re.search(r"\x1b\[[\d;]*[34]8;", sent), "none of the other colours"

    in_mode(colours, act)


@pytest.mark.parametrize(
    "colours",
    [
        *(pytest.param(c, marks=pytest.mark.slow) for c in (Colours.BASIC, Colours.MONO)),
        Colours.ASCII,
    ],
)
def test_overlays_and_other_screens_keep_to_the_colour_mode(colours, in_mode):
    async def act(app, pilot):
        await pilot.press("left", "left")  # neither the digit nor the last step can be branched
        for key in ("question_mark", "b", "ctrl+p", "g", "c", "f"):
            await pilot.press(key)
            await pilot.pause()
            sent, screen = draw(app)
            assert app.screen is not app.run_screen, key
            assert any(line.strip() for line in screen.display)
            assert sent.isascii() == (colours is Colours.ASCII) or colours is Colours.BASIC
            assert bool(COLOUR.search(sent)) == (not colours.plain)
            assert not re.search(r"\x1b\[[\d;]*[34]8;", sent), key
            while app.screen is not app.run_screen:
                await pilot.press("escape")
                await pilot.pause()

    in_mode(colours, act)


def test_the_timeline_shows_progress_without_colours(in_mode):
    async def act(app, pilot):
        await pilot.press("left", "left", "left", "left")
        await pilot.pause()
        bar = next(line for line in draw(app)[1].display if "●" in line and "━" in line)
        assert re.search(r"━+●━+◆?", bar)

    in_mode(Colours.MONO, act)


@pytest.mark.parametrize("colours", MODES)
def test_printed_pictures_are_right_in_every_colour_mode(colours, noise_picture, digit_picture):
    lines = printed(np.stack([noise_picture, digit_picture]), colours)
    screen = pyte.Screen(58, 14)
    pyte.Stream(screen).feed("\r\n".join(lines))
    for picture, x in ((noise_picture, 0), (digit_picture, 30)):
        shown = pixels(Cells(screen, x, 0), colours, 14, 28)
        assert np.array_equal(shown, wanted(picture, colours))
    assert ("\x1b" in "".join(lines)) == (not colours.plain)
