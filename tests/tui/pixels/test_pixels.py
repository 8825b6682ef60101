import re

import numpy as np
import pytest

from diffviz.tui.pixels.ascii import ascii_rows
from diffviz.tui.pixels.cells import CellRow, Codes, cell_rows, encode_cells, runs
from diffviz.tui.pixels.colours import Colours
from diffviz.tui.pixels.greys import ansi_greys, greys_for, palette_greys, truecolor_greys
from diffviz.tui.pixels.halfblock import pixel_rows
from diffviz.tui.pixels.tiles import Mode, Tiles, picture_cells

PALETTES = [truecolor_greys(), palette_greys(), ansi_greys()]


def rows_of(image, greys, scale=1) -> list[CellRow]:
    """Return the rows of cells that show a 28x28 picture in half-blocks."""
    return cell_rows(picture_cells(image[None], Tiles(Mode.HALF, 1, 1, scale=scale), greys)[0])


def encoded(row: CellRow, greys) -> str:
    return encode_cells(row, Codes(greys.front, greys.back))


def decode(sequences: str, greys) -> list[tuple[int, int]]:
    """Read escape sequences as a terminal would; return upper and lower grey of each cell."""
    fronts = dict(zip(greys.front, range(99), strict=False))
    backs = dict(zip(greys.back, range(99), strict=False))
    cells, front, back = [], None, None
    for code, glyph in re.findall(r"\x1b\[([\d;]*)m|(.)", sequences):
        if glyph:
            seen = {"▀": (front, back), "▄": (back, front), "█": (front,) * 2, " ": (back,) * 2}
            cells.append(seen[glyph])
        elif code == "0":
            front = back = None
        else:
            for part in re.findall(r"[34]8;5;\d+|[34]8;2;\d+;\d+;\d+|\d+", code):
                front, back = fronts.get(part, front), backs.get(part, back)
    return cells


@pytest.mark.parametrize("greys", PALETTES)
@pytest.mark.parametrize("scale", [1, 2, 3, 5])
def test_sequences_and_runs_show_every_pixel(greys, scale):
    rng = np.random.default_rng(scale)
    image = rng.choice(len(greys.levels), p=None, size=(28, 28))
    image[5:20, 5:20] = rng.integers(0, 3, size=(15, 15))  # where colours repeat
    picture = np.array(greys.levels, np.uint8)[image]
    rows = rows_of(picture, greys, scale)
    for (upper, lower), row in zip(pixel_rows(28, scale), rows, strict=True):
        pairs = zip(image[upper].tolist(), image[lower].tolist(), strict=True)
        wanted = [pair for pair in pairs for _ in range(scale)]
        sequences = encoded(row, greys)
        assert decode(sequences, greys) == wanted
        assert sequences.endswith("\x1b[0m")
        shown = []
        for text, f, k in runs(row):
            shown += [{"▀": (f, k), "▄": (k, f), "█": (f, f), " ": (k, k)}[g] for g in text]
        assert shown == wanted


def test_pixel_rows_are_square_pixels():
    assert pixel_rows(28, 1)[:2] == [(0, 1), (2, 3)]
    assert pixel_rows(28, 2)[:2] == [(0, 0), (1, 1)]
    assert pixel_rows(28, 3)[:3] == [(0, 0), (0, 1), (1, 1)]
    for scale in range(1, 9):
        assert len(pixel_rows(28, scale)) == 14 * scale
    assert pixel_rows(3, 1) == [(0, 1), (2, 2)]


def half_blocks(*pairs: tuple[int, int]) -> str:
    """Return the sequences of cells with these upper and lower colours."""
    fronts, backs = map(list, zip(*pairs, strict=True))
    text = "".join(" " if a == b else "▀" for a, b in pairs)
    return encoded(CellRow(text, fronts, backs), palette_greys())


def test_unchanged_colours_send_no_codes():
    assert half_blocks(*[(3, 3)] * 28) == "\x1b[48;5;235m" + " " * 28 + "\x1b[0m"
    # upper and lower swap: the other half-block needs no new colours
    swapped = half_blocks((0, 24), (24, 0), (0, 24))
    assert swapped == "\x1b[38;5;16;48;5;231m▀▄▀\x1b[0m"
    # one colour stays: the other one is all that is sent
    for pair, sent in [((0, 1), "48;5;233m▀"), ((1, 24), "38;5;233m▀"), ((24, 1), "38;5;233m▄")]:
        assert half_blocks((0, 24), pair) == f"\x1b[38;5;16;48;5;231m▀\x1b[{sent}\x1b[0m"
    # a cell in the front colour is a full block
    assert half_blocks((0, 24), (0, 0)) == "\x1b[38;5;16;48;5;231m▀█\x1b[0m"


@pytest.mark.parametrize(("picture", "limit"), [("noise_picture", 9000), ("digit_picture", 3000)])
def test_a_frame_in_256_colours_stays_within_its_byte_limit(picture, limit, request):
    greys = palette_greys()
    rows = rows_of(request.getfixturevalue(picture), greys)
    assert sum(len(encoded(row, greys).encode()) for row in rows) <= limit


@pytest.mark.parametrize("greys", PALETTES)
def test_greys_are_the_nearest_ones(greys):
    values = np.arange(256, dtype=np.uint8)
    positions = greys.quantise(values)
    error = np.abs(values.astype(int) - np.array(greys.levels)[positions])
    gaps = np.diff(greys.levels)
    dark = (values < 12) & (greys is palette_greys())
    assert (error[~dark] <= gaps.max() / 2).all()
    assert (positions[dark] == 0).all()
    assert positions[0] == 0
    assert positions[255] == len(greys.levels) - 1
    assert list(greys.levels) == sorted(set(greys.levels))
    assert len(greys.front) == len(greys.back) == len(greys.levels)


def test_palette_numbers_have_the_greys_they_claim():
    greys = palette_greys()
    ramp = {16: 0, 231: 255} | {n: 8 + 10 * (n - 232) for n in range(232, 256)}
    assert greys.numbers is not None
    assert [ramp[n] for n in greys.numbers] == list(greys.levels)


def test_every_colour_mode_has_its_colour_system():
    assert greys_for(Colours.TRUECOLOR) is truecolor_greys()
    assert greys_for(Colours.PALETTE) is palette_greys()
    assert greys_for(Colours.BASIC) is ansi_greys()
    assert all(greys_for(colours).colours is colours for colours in Colours)


def test_ascii_rows_are_means_of_two_pixels():
    image = np.zeros((2, 3), np.uint8)
    image[0] = [0, 255, 128]
    assert ascii_rows(image) == ["  @@++", ""]
