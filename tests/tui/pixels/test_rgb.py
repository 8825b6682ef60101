"""Pictures in colour: the nearest colours, every cell, and what terminals without colours show."""

import asyncio
from typing import Any

import numpy as np
import pyte
import pytest

from diffviz.core.pictures import resized, to_pictures
from diffviz.tui.pixels.cells import cell_rows, encode_cells, runs
from diffviz.tui.pixels.colours import Colours
from diffviz.tui.pixels.greys import greys_for
from diffviz.tui.pixels.resizing import coarser, fitting
from diffviz.tui.pixels.rgb import luminance, rgb_for
from diffviz.tui.pixels.tiles import Mode, Tiles, picture_cells
from diffviz.tui.terminal import Terminal
from diffviz.tui.terminal_app import TerminalApp
from diffviz.tui.widgets.canvas import Canvas
from diffviz.tui.widgets.picture_palette import palette_for

from ..app_tester import full_frame, screen_lines

IN_COLOUR = (Colours.TRUECOLOR, Colours.PALETTE, Colours.BASIC)


def picture(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)


@pytest.mark.parametrize("colours", IN_COLOUR)
def test_a_pixel_gets_the_nearest_colour(colours):
    inks = rgb_for(colours)
    pixels = picture(20, 20)
    found = inks.quantise(pixels)
    chosen = np.array([inks.rgb(p) for p in found.ravel().tolist()]).reshape(pixels.shape)
    error = ((chosen - pixels.astype(int)) ** 2).sum(axis=-1)
    if colours is Colours.TRUECOLOR:
        assert error.max() <= 3 * 3**2
        return
    every = np.array([inks.rgb(p) for p in inks.levels])
    best = ((pixels[:, :, None].astype(int) - every) ** 2).sum(axis=-1).min(axis=-1)
    assert np.array_equal(error, best)
    assert inks.rgb(0) == (0, 0, 0)


@pytest.mark.parametrize("colours", IN_COLOUR)
def test_sequences_and_segments_show_every_pixel(colours):
    palette = palette_for(colours, rgb=True)
    shown = picture(10, 12)
    tiles = Tiles(Mode.HALF, 1, 1, scale=2, wide=12, high=10)
    rows = cell_rows(picture_cells(shown[None], tiles, palette.greys)[0])
    assert len(rows) == 10
    wanted = palette.greys.quantise(shown)
    screen = pyte.Screen(24, 10)
    pyte.ByteStream(screen).feed(
        "\r\n".join(encode_cells(row, palette.codes) for row in rows).encode()
    )
    names = {p: palette.colours[p].get_truecolor().hex for p in np.unique(wanted).tolist()}
    for y, row in enumerate(rows):
        cells = [(glyph, run.front, run.back) for run in runs(row) for glyph in run.text]
        for x, (glyph, front, back) in enumerate(cells):
            upper = front if glyph == "▀" else back
            assert upper == wanted[y, x // 2]
            if colours is Colours.TRUECOLOR:
                seen = screen.buffer[y][x]
                above = seen.bg if seen.data in " ▄" else seen.fg
                assert f"#{above}" == names[upper]


def test_terminals_without_colours_show_the_luminance():
    image = picture(28, 28)
    for colours in (Colours.MONO, Colours.ASCII):
        greys = greys_for(colours)
        mine = picture_cells(image[None], Tiles(Mode.HALF, 1, 1), greys)
        grey = picture_cells(luminance(image)[None], Tiles(Mode.HALF, 1, 1), greys)
        assert np.array_equal(mine.glyphs, grey.glyphs)


@pytest.mark.parametrize("mode", list(Mode))
def test_grey_pictures_in_colour_are_the_grey_pictures(mode):
    """The grey levels of truecolor are the same in both palettes."""
    grey = luminance(picture(28, 28))
    inks, greys = rgb_for(Colours.TRUECOLOR), greys_for(Colours.TRUECOLOR)
    tiles = Tiles(mode, 1, 1)
    mine = picture_cells(np.stack([grey] * 3, -1)[None], tiles, inks)
    theirs = picture_cells(grey[None], tiles, greys)
    assert np.array_equal(mine.glyphs, theirs.glyphs)
    if mode is not Mode.BRAILLE:
        levels = [inks.rgb(p) for p in mine.front.ravel().tolist()]
        assert levels == [(greys.levels[p],) * 3 for p in theirs.front.ravel().tolist()]


def test_a_picture_has_the_largest_whole_scale_that_fits():
    assert fitting(32, 32, rows=40, columns=100) == (32, 32, 2)
    assert fitting(32, 32, rows=16, columns=100) == (32, 32, 1)
    assert fitting(256, 256, rows=28, columns=100) == (56, 56, 1)
    assert fitting(8, 64, rows=20, columns=40) == (5, 40, 1)


def test_a_box_filter_averages_what_a_pixel_covers():
    halves = picture(16, 12)
    means = halves.reshape(8, 2, 6, 2, 3).mean(axis=(1, 3))
    assert np.abs(resized(halves[None], 8, 6)[0] - means).max() <= 0.51
    third = resized(np.array([[[0, 90, 30]]], np.uint8), 1, 2)
    assert third.tolist() == [[[30, 50]]]


def test_images_with_channels_become_pictures():
    x = np.random.default_rng(0).uniform(-1, 1, (2, 3, 4, 5)).astype(np.float32)
    assert to_pictures(x).shape == (2, 4, 5, 3)
    assert np.array_equal(to_pictures(x[:, :1]), to_pictures(x[:, 0]))


@pytest.mark.parametrize("colours", list(Colours))
def test_the_canvas_shows_colours_and_too_large_pictures(colours):
    class Host(TerminalApp):
        def compose(self):
            canvas = Canvas()
            canvas.styles.width, canvas.styles.height = 30, 12
            yield canvas

    async def main():
        app = Host(Terminal().showing(colours))
        async with app.run_test(size=(40, 14)) as pilot:
            canvas = app.query_one(Canvas)
            for image in (picture(16, 16), picture(100, 50), luminance(picture(64, 64))):
                canvas.show(image)
                await pilot.pause()
                lines = screen_lines(app)
                _, wide, scale = fitting(image.shape[0], image.shape[1], 12, 30)
                assert len(lines[0]) == 40
                assert any(
                    line[: wide * scale].strip() or colours not in (Colours.MONO,) for line in lines
                )
                assert full_frame(app)

    asyncio.run(main())


@pytest.mark.parametrize("size", [(56, 56, 1), (88, 87, 1), (32, 32, 2), (32, 32, 1)])
@pytest.mark.parametrize("colours", IN_COLOUR[:2])
def test_a_picture_takes_few_bytes_on_a_slow_link(size, colours):
    """Noise, the worst that there is, through 10 kB for each picture."""
    high, wide, scale = coarser(size[0], size[1], size[2], 10_000)
    palette, noise = palette_for(colours, rgb=True), picture(128, 128)
    tiles = Tiles(Mode.HALF, 1, 1, scale=scale, wide=wide, high=high)
    rows = cell_rows(picture_cells(noise[None], tiles, palette.greys)[0])
    assert sum(len(encode_cells(row, palette.codes).encode()) for row in rows) <= 12_000
    assert tiles.tile_width <= size[1] * size[2]
    assert tiles.tile_height <= -(-size[0] * size[2] // 2)
    assert coarser(size[0], size[1], size[2], None) == size


def test_a_large_picture_is_coarse_while_it_moves_and_finer_when_it_stands_still(monkeypatch):
    monkeypatch.setattr("diffviz.tui.widgets.canvas._STILL_S", 0.05)

    class SlowLink:
        expected_speed = 100_000.0

        def ready(self):
            return True

        def wrap(self, text):
            return text

    class Host(TerminalApp):
        def compose(self):
            canvas = Canvas()
            canvas.styles.width, canvas.styles.height = 90, 45
            yield canvas

    def pixels(app) -> int:
        """Return how many different columns of colours the picture has."""
        return len({strip.text + repr(strip._segments) for strip in app.query_one(Canvas)._strips})

    async def main():
        app: Any = Host(Terminal().showing(Colours.TRUECOLOR))
        async with app.run_test(size=(100, 50)) as pilot:
            canvas = app.query_one(Canvas)
            canvas.show(picture(256, 256))
            await pilot.pause()
            whole = pixels(app)
            app.link = SlowLink()
            canvas.show(picture(256, 256, 1))
            await pilot.pause()
            moving = pixels(app)
            for _ in range(300):
                if canvas._still and pixels(app) > moving:
                    break
                await pilot.pause(0.01)
            assert moving < pixels(app) <= whole

    asyncio.run(main())
