"""The mosaic's cells: what the compositor has is what the sequences show in a terminal."""

import asyncio

import numpy as np
import pyte
import pytest
from rich.segment import Segment
from rich.terminal_theme import DEFAULT_TERMINAL_THEME

from diffviz.tui.pixels.tiles import Mode, Tiles
from diffviz.tui.terminal_app import TerminalApp
from diffviz.tui.theme import BACKGROUND
from diffviz.tui.widgets.mosaic import Mosaic

from ...app_tester import full_frame, screen_strips


class Host(TerminalApp):
    def compose(self):
        yield Mosaic(id="mosaic")


def shown(glyph: str, front: str, back: str):
    """Return what a cell looks like: one colour, or a glyph in two."""
    if glyph in (" ", "█"):
        return back if glyph == " " else front
    return ("▀", back, front) if glyph == "▄" else (glyph, front, back)


def arranged(app: TerminalApp, tiles: Tiles) -> Mosaic:
    """Return the app's mosaic with room for ``tiles``."""
    mosaic = app.query_one(Mosaic)
    mosaic.styles.width, mosaic.styles.height = tiles.width, tiles.height
    mosaic.arrange_tiles(tiles)
    return mosaic


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("selected", [None, 0, 3])
def test_the_terminal_shows_the_compositors_cells(mode, selected, noise_picture, digit_picture):
    tiles = Tiles(mode, 2, 2, 1, 1)
    pictures = np.stack([noise_picture, digit_picture, digit_picture[::-1], noise_picture])

    async def main():
        app = Host()
        async with app.run_test(size=(70, 34)) as pilot:
            mosaic = arranged(app, tiles)
            mosaic.show(pictures, [[Segment(f"tile {i}")] for i in range(4)])
            mosaic.select(selected)
            await pilot.pause()
            strips = screen_strips(app)
            screen = pyte.Screen(*app.size)
            pyte.Stream(screen).feed(full_frame(app).replace("\n", ""))
            assert "tile 1" in strips[tiles.tile_height].text
            labels = tiles.tile_height + 1
            for y in (y for y in range(tiles.height) if (y + 1) % labels):
                cells = [(glyph, style) for text, style, _ in strips[y] for glyph in text]
                for x in range(tiles.width):
                    glyph, style = cells[x]
                    assert style is not None
                    colours = [
                        "".join(f"{c:02x}" for c in colour.get_truecolor(DEFAULT_TERMINAL_THEME))
                        if colour
                        else "default"
                        for colour in (style.color, style.bgcolor)
                    ]
                    cell = screen.buffer[y][x]
                    assert shown(cell.data, cell.fg, cell.bg) == shown(glyph, *colours), (x, y)

    asyncio.run(main())


def test_a_tile_without_a_picture_shows_the_page(noise_picture):
    tiles = Tiles(Mode.HALF, 2, 1)

    async def main():
        app = Host()
        async with app.run_test(size=(70, 20)) as pilot:
            mosaic = arranged(app, tiles)
            mosaic.show(np.stack([noise_picture, np.zeros_like(noise_picture)]), absent=[1])
            await pilot.pause()
            for strip in screen_strips(app)[: tiles.tile_height]:
                last = strip.crop(tiles.tile_width, tiles.width)
                assert {s.style.bgcolor.name for s in last if s.style} == {BACKGROUND}

    asyncio.run(main())
