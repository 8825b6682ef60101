"""The canvas, cell by cell: against the picture, the compositor and a terminal emulator."""

import asyncio
from typing import Any

import numpy as np
import pyte
import pytest
from rich.style import Style
from rich.terminal_theme import DEFAULT_TERMINAL_THEME
from textual.containers import Container
from textual.screen import ModalScreen
from textual.widgets import Static

from diffviz.tui.pixels.colours import Colours
from diffviz.tui.pixels.greys import greys_for
from diffviz.tui.terminal import Terminal
from diffviz.tui.terminal_app import TerminalApp
from diffviz.tui.widgets.canvas import Canvas
from diffviz.tui.widgets.pixel_strip import PixelStrip

from ..app_tester import full_frame, screen_strips

X, Y = 3, 2  # where the canvas is on the screen


class Host(TerminalApp):
    def __init__(self, scale: int, colours: Colours) -> None:
        super().__init__(Terminal().showing(colours))
        self.canvas = Canvas()
        self.scale = scale

    def compose(self):
        with Container() as box:
            box.styles.padding = (Y, 0, 0, X)
            self.canvas.styles.width = 28 * self.scale
            self.canvas.styles.height = 14 * self.scale
            yield self.canvas


class Cover(ModalScreen[None]):
    CSS = "Cover { align: left top; } Static { width: 20; height: 6; background: #102030; }"

    def compose(self):
        yield Static("over it")


def drive(scale: int, act, colours: Colours = Colours.TRUECOLOR) -> None:
    async def main():
        app = Host(scale, colours)
        async with app.run_test(size=(100, 50)) as pilot:
            await act(app, pilot)

    asyncio.run(main())


def grey_of(colour) -> int:
    red, green, blue = colour.get_truecolor(DEFAULT_TERMINAL_THEME)
    assert red == green == blue
    return red


def pixels_of(glyph: str, style: Style | None) -> tuple[int, int]:
    assert style is not None
    front, back = style.color, style.bgcolor
    upper, lower = {
        "▀": (front, back),
        "▄": (back, front),
        "█": (front, front),
        " ": (back, back),
    }[glyph]
    return grey_of(upper), grey_of(lower)


def compositor_pixels(app: Host) -> np.ndarray:
    """Return the picture as Textual's compositor has it, one value a half cell."""
    strips = screen_strips(app)
    height, width = 14 * app.scale, 28 * app.scale
    seen = np.zeros((2 * height, width), int)
    for y in range(height):
        cells = [(glyph, style) for text, style, _ in strips[Y + y] for glyph in text]
        for x in range(width):
            seen[2 * y : 2 * y + 2, x] = pixels_of(*cells[X + x])
    return seen


def terminal_pixels(app: Host) -> np.ndarray:
    """Return the picture as a terminal shows it after the bytes that Textual would send."""
    screen = pyte.Screen(*app.size)
    pyte.Stream(screen).feed(full_frame(app).replace("\n", ""))
    height, width = 14 * app.scale, 28 * app.scale
    seen = np.zeros((2 * height, width), int)
    for y in range(height):
        for x in range(width):
            cell = screen.buffer[Y + y][X + x]
            front, back = int(cell.fg[:2], 16) if cell.fg != "default" else -1, int(cell.bg[:2], 16)
            seen[2 * y : 2 * y + 2, x] = {
                "▀": (front, back),
                "▄": (back, front),
                "█": (front, front),
                " ": (back, back),
            }[cell.data]
    return seen


def wanted(image: np.ndarray, scale: int, colours: Colours) -> np.ndarray:
    greys = greys_for(colours)
    shown = np.array(greys.levels)[greys.quantise(image)]
    return shown.repeat(scale, axis=0).repeat(scale, axis=1)


@pytest.mark.parametrize("scale", [1, 2, 3])
@pytest.mark.parametrize("colours", [Colours.TRUECOLOR, Colours.PALETTE])
def test_every_cell_shows_its_pixels(scale, colours, noise_picture, digit_picture):
    async def act(app, pilot):
        for image in (noise_picture, digit_picture):
            app.canvas.show(image)
            await pilot.pause()
            expected = wanted(image, scale, colours)
            assert np.array_equal(compositor_pixels(app), expected)
            assert np.array_equal(terminal_pixels(app), expected)

    drive(scale, act, colours)


def test_the_compositor_sends_our_sequences(noise_picture):
    """Guards the parts of Textual that the canvas relies on."""

    async def act(app, pilot):
        app.canvas.show(noise_picture)
        await pilot.pause()
        sent = full_frame(app)
        for y in range(14):
            strip = app.canvas.render_lines(app.canvas.size.region)[y]
            assert isinstance(strip, PixelStrip)
            assert strip.render(app.console) in sent

    drive(1, act)


def test_a_new_picture_repaints_the_canvas_only(noise_picture, digit_picture):
    async def act(app, pilot):
        app.canvas.show(noise_picture)
        await pilot.pause()
        app.canvas.show(digit_picture)
        app.screen._compositor.update_widgets({app.canvas})
        update: Any = app.screen._compositor.render_update()
        assert {(y, x1, x2) for y, x1, x2 in update.spans} == {
            (y, X, X + 28) for y in range(Y, Y + 14)
        }

    drive(1, act)


def test_a_modal_above_covers_and_dims_it(digit_picture):
    async def act(app, pilot):
        app.canvas.show(digit_picture)
        await pilot.pause()
        before = compositor_pixels(app)
        app.push_screen(Cover())
        await pilot.pause()
        strips = screen_strips(app)
        assert "".join(text for text, *_ in strips[0])[:7] == "over it"
        under = [(glyph, style) for text, style, _ in strips[Y + 10] for glyph in text]
        dimmed = [style.bgcolor.triplet for _, style in under[X : X + 28]]
        assert {style.bgcolor.triplet for _, style in under[:X]} != set(dimmed)
        covered = [(glyph, style) for text, style, _ in strips[3] for glyph in text]
        assert {s.bgcolor.triplet for _, s in covered[:20]} == {(0x10, 0x20, 0x30)}
        assert len(covered) == 100
        app.pop_screen()
        await pilot.pause()
        assert np.array_equal(compositor_pixels(app), before)

    drive(1, act)


def test_without_a_picture_there_is_a_note():
    async def act(app, pilot):
        app.canvas.show(None, "loading weights…")
        await pilot.pause()
        lines = [strip.text for strip in app.canvas.render_lines(app.canvas.size.region)]
        assert lines[7].strip() == "loading weights…"
        assert {len(line) for line in lines} == {28}

    drive(1, act)


def test_a_screenshot_contains_the_picture(digit_picture):
    async def act(app, pilot):
        app.canvas.show(digit_picture)
        await pilot.pause()
        assert app.export_screenshot().count("▀") > 20

    drive(1, act)


@pytest.mark.parametrize("size", [(27, 14), (10, 3), (60, 29), (1, 1)])
def test_a_size_that_does_not_fit_is_filled_or_cut(size, digit_picture):
    async def act(app, pilot):
        app.canvas.styles.width, app.canvas.styles.height = size
        app.canvas.show(digit_picture)
        await pilot.pause()
        strips = app.canvas.render_lines(app.canvas.size.region)
        assert [strip.cell_length for strip in strips] == [app.canvas.size.width] * size[1]

    drive(1, act)
