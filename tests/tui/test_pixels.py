import re

import numpy as np
import pytest

from diffviz.tui.pixels.ascii import ascii_rows
from diffviz.tui.pixels.greys import ansi_greys, greys_for, palette_greys, truecolor_greys
from diffviz.tui.pixels.halfblock import encode_row, pixel_rows

PALETTES = [truecolor_greys(), palette_greys(), ansi_greys()]


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
    for upper, lower in pixel_rows(28, scale):
        a, b = image[upper].tolist(), image[lower].tolist()
        wanted = [pair for pair in zip(a, b, strict=True) for _ in range(scale)]
        sequences, runs = encode_row(a, b, scale, greys)
        assert decode(sequences, greys) == wanted
        assert sequences.endswith("\x1b[0m")
        shown = []
        for run in runs:
            f, k = run.front, run.back
            shown += [{"▀": (f, k), "▄": (k, f), "█": (f, f), " ": (k, k)}[g] for g in run.text]
        assert shown == wanted


def test_pixel_rows_are_square_pixels():
    assert pixel_rows(28, 1)[:2] == [(0, 1), (2, 3)]
    assert pixel_rows(28, 2)[:2] == [(0, 0), (1, 1)]
    assert pixel_rows(28, 3)[:3] == [(0, 0), (0, 1), (1, 1)]
    for scale in range(1, 9):
        assert len(pixel_rows(28, scale)) == 14 * scale
    assert pixel_rows(3, 1) == [(0, 1), (2, 2)]


def test_unchanged_colours_cost_nothing():
    sequences, _ = encode_row([3] * 28, [3] * 28, 1, palette_greys())
    assert sequences == "\x1b[48;5;234m" + " " * 28 + "\x1b[0m"
    # upper and lower swap: the other half-block needs no new colours
    sequences, _ = encode_row([0, 25, 0], [25, 0, 25], 1, palette_greys())
    assert sequences == "\x1b[38;5;16;48;5;231m▀▄▀\x1b[0m"
    # one colour stays: the other one is all that is sent
    for upper, lower, sent in [(0, 1, "48;5;232m▀"), (1, 25, "38;5;232m▀"), (25, 1, "38;5;232m▄")]:
        sequences, _ = encode_row([0, upper], [25, lower], 1, palette_greys())
        assert sequences == f"\x1b[38;5;16;48;5;231m▀\x1b[{sent}\x1b[0m"


@pytest.mark.parametrize(("picture", "limit"), [("noise_picture", 9000), ("digit_picture", 4000)])
def test_bytes_of_a_frame_in_256_colours(picture, limit, request):
    greys = palette_greys()
    rows = greys.quantise(request.getfixturevalue(picture)).tolist()
    frame = "".join(encode_row(rows[a], rows[b], 1, greys)[0] for a, b in pixel_rows(28, 1))
    assert len(frame.encode()) <= limit


@pytest.mark.parametrize("greys", PALETTES)
def test_greys_are_the_nearest_ones(greys):
    values = np.arange(256, dtype=np.uint8)
    positions = greys.quantise(values)
    error = np.abs(values.astype(int) - np.array(greys.levels)[positions])
    gaps = np.diff(greys.levels)
    assert (error <= gaps.max() / 2).all()
    assert positions[0] == 0
    assert positions[255] == len(greys.levels) - 1
    assert list(greys.levels) == sorted(set(greys.levels))
    assert len(greys.front) == len(greys.back) == len(greys.levels)


def test_palette_numbers_have_the_greys_they_claim():
    greys = palette_greys()
    ramp = {16: 0, 231: 255} | {n: 8 + 10 * (n - 232) for n in range(232, 256)}
    assert greys.numbers is not None
    assert [ramp[n] for n in greys.numbers] == list(greys.levels)


def test_colour_systems():
    assert greys_for("truecolor") is truecolor_greys()
    assert greys_for("256") is palette_greys()
    assert greys_for("standard") is greys_for(None) is ansi_greys()


def test_ascii_rows():
    image = np.zeros((2, 3), np.uint8)
    image[0] = [0, 255, 128]
    assert ascii_rows(image) == ["  @@++", ""]
