"""Pictures as half-blocks, quadrants and braille: against known patterns, and as sequences."""

import numpy as np
import pyte
import pytest

from diffviz.tui.pixels.cells import Codes, cell_rows, encode_cells, runs
from diffviz.tui.pixels.colours import Colours
from diffviz.tui.pixels.dither import braille_cells
from diffviz.tui.pixels.greys import greys_for, palette_greys, truecolor_greys
from diffviz.tui.pixels.quadrant import GLYPHS, quadrant_cells
from diffviz.tui.pixels.tiles import Mode, Tiles, picture_cells

# Lit quadrants of each glyph: upper left, upper right, lower left, lower right.
QUADRANTS = {
    " ": (0, 0, 0, 0),
    "▀": (1, 1, 0, 0),
    "▄": (0, 0, 1, 1),
    "█": (1, 1, 1, 1),
    "▌": (1, 0, 1, 0),
    "▘": (1, 0, 0, 0),
    "▝": (0, 1, 0, 0),
    "▖": (0, 0, 1, 0),
    "▗": (0, 0, 0, 1),
    "▚": (1, 0, 0, 1),
}


def quadrant_picture(cells, greys) -> np.ndarray:
    """Return the greys that cells ``[h, w]`` show, one a quadrant: ``[2h, 2w]``."""
    height, width = cells.glyphs.shape
    seen = np.zeros((2 * height, 2 * width))
    for y in range(height):
        for x in range(width):
            lit = QUADRANTS[chr(cells.glyphs[y, x])]
            pair = greys.levels[cells.back[y, x]], greys.levels[cells.front[y, x]]
            seen[2 * y : 2 * y + 2, 2 * x : 2 * x + 2] = np.array([pair[i] for i in lit]).reshape(
                2, 2
            )
    return seen


@pytest.mark.parametrize("lit", sorted(set(QUADRANTS.values())))
def test_a_cell_of_two_greys_is_shown_exactly(lit):
    cell = np.array(lit, np.uint8).reshape(2, 2) * 255
    image = np.kron(cell, np.ones((2, 1), np.uint8))  # a quadrant is two pixels high
    greys = truecolor_greys()
    cells = quadrant_cells(image, greys)
    assert cells.glyphs.shape == (1, 1)
    assert chr(cells.glyphs[0, 0]) in GLYPHS
    assert np.array_equal(quadrant_picture(cells, greys), cell)


def test_no_split_of_a_cell_would_show_it_better():
    rng = np.random.default_rng(3)
    image = rng.integers(0, 256, (40, 40)).astype(np.uint8)
    greys = truecolor_greys()
    shown = quadrant_picture(quadrant_cells(image, greys), greys)
    means = image.reshape(20, 2, 40).mean(axis=1)
    errors = ((shown - means) ** 2).reshape(10, 2, 20, 2).sum(axis=(1, 3))
    blocks = means.reshape(10, 2, 20, 2).transpose(0, 2, 1, 3).reshape(10, 20, 4)
    best = np.full((10, 20), np.inf)
    for bits in range(16):
        mask = np.array([bits >> i & 1 for i in range(4)], bool)
        error = np.zeros((10, 20))
        for part in (mask, ~mask):
            if part.any():
                group = blocks[..., part]
                error += ((group - group.mean(axis=-1, keepdims=True)) ** 2).sum(axis=-1)
        best = np.minimum(best, error)
    # what is left over is the ladder's rounding: half a step of 4 greys in 4 quadrants
    assert (errors <= best + 4 * 3**2 + 1e-6).all()


def test_braille_lights_as_many_dots_as_the_picture_is_bright():
    for level in (0, 16, 64, 128, 192, 255):
        image = np.full((28, 28), level, np.uint8)
        cells = braille_cells(image, 0, 5)
        dots = sum((code - 0x2800).bit_count() for code in cells.glyphs.flatten() if code != 32)
        assert dots == 784 * round(level * 16 / 255) / 16
        assert cells.glyphs.shape == (7, 14)
        assert set(cells.front.flatten()) == {5}


@pytest.mark.parametrize(
    ("dot", "glyph"),
    [((0, 0), "⠁"), ((1, 0), "⠂"), ((2, 0), "⠄"), ((3, 0), "⡀"), ((0, 1), "⠈"), ((3, 1), "⢀")],
)
def test_a_braille_dot_is_where_the_pixel_is(dot, glyph):
    image = np.zeros((4, 2), np.uint8)
    image[dot] = 255
    for cells in (1, 2, 13):
        drawn = braille_cells(np.tile(image, (1, cells)), 0, 1)
        assert "".join(map(chr, drawn.glyphs[0])) == glyph * cells


@pytest.mark.parametrize("colours", Colours)
@pytest.mark.parametrize("size", [(13, 13), (20, 21), (42, 41)])
def test_tiles_of_any_size_are_drawn_with_any_colours(colours, size, digit_picture):
    tiles = Tiles(Mode.HALF, 1, 1, wide=size[0], high=size[1])
    cells = picture_cells(digit_picture[None], tiles, greys_for(colours))
    assert cells.glyphs.shape == (1, tiles.tile_height, tiles.tile_width)


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("greys", [truecolor_greys(), palette_greys()])
def test_sequences_and_runs_show_the_cells(mode, greys, noise_picture, digit_picture):
    tiles = Tiles(mode, 2, 1)
    cells = picture_cells(np.stack([noise_picture, digit_picture]), tiles, greys)
    assert cells.glyphs.shape == (2, tiles.tile_height, tiles.tile_width)
    codes = Codes(greys.front, greys.back)
    for index in range(2):
        for row in cell_rows(cells[index]):
            sequences = encode_cells(row, codes)
            assert sequences.endswith("\x1b[0m")
            wanted = [look(*cell) for cell in zip(*row, strict=True)]
            assert [look(g, f, b) for text, f, b in runs(row) for g in text] == wanted
            assert terminal_row(sequences, tiles.tile_width, greys) == wanted


def look(glyph: str, front: int, back: int):
    """Return what a cell shows: a full cell of a colour, or a glyph in two."""
    if glyph in " █":
        return back if glyph == " " else front
    return ("▀", back, front) if glyph == "▄" else (glyph, front, back)


def terminal_row(sequences: str, width: int, greys) -> list:
    screen = pyte.Screen(width, 1)
    pyte.Stream(screen).feed(sequences)
    position = {f"{v:02x}" * 3: i for i, v in enumerate(greys.levels)}
    cells = [screen.buffer[0][x] for x in range(width)]
    return [look(c.data, position.get(c.fg, -1), position.get(c.bg, -1)) for c in cells]


def test_tiles_have_the_right_places():
    tiles = Tiles(Mode.QUADRANT, 8, 4, gap_x=1, gap_y=1)
    assert (tiles.tile_width, tiles.tile_height) == (14, 7)
    assert (tiles.width, tiles.height, tiles.capacity) == (119, 32, 32)
    assert tiles.place(0) == (0, 0)
    assert tiles.place(9) == (15, 8)
    assert all(tiles.at(*tiles.place(index)) == index for index in range(32))
    assert tiles.at(14, 7) == 0
    assert tiles.at(-1, 0) is tiles.at(119, 0) is tiles.at(0, 32) is None
    assert (Tiles(Mode.HALF, 8, 4).width, Tiles(Mode.HALF, 8, 4).height) == (224, 56)
    assert Tiles(Mode.HALF, 1, 1, scale=3).tile_width == 84
