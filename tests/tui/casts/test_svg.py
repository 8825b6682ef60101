"""Screenshots: every viewer finds each cell at its place."""

import re
from io import StringIO
from xml.etree import ElementTree

from rich.console import Console
from rich.text import Text

from diffviz.tui.casts.svg import aligned

CELL = 12.2
SVG = "{http://www.w3.org/2000/svg}"


def shot(text: str) -> ElementTree.Element:
    console = Console(record=True, width=40, file=StringIO(), color_system="truecolor")
    console.print(Text(text, style="#ff0000"))
    return ElementTree.fromstring(aligned(console.export_svg(title="")))


def words(picture: ElementTree.Element) -> dict[str, float]:
    """Return the columns of the words."""
    texts = picture.iter(f"{SVG}text")
    return {
        text.text: float(text.attrib["x"]) / CELL
        for text in texts
        if text.text and "y" in text.attrib
    }


def corners(picture: ElementTree.Element) -> list[tuple[float, float, float]]:
    """Return the left edges, in columns, widths and heights in pixels of all shapes."""
    return [
        (round(float(x) / CELL, 2), float(w), float(h))
        for path in picture.iter(f"{SVG}path")
        for x, w, h in re.findall(r"M([\d.]+) [\d.]+h([\d.]+)v([\d.]+)h", path.attrib["d"])
    ]


def test_words_keep_their_columns():
    found = words(shot("   seed  30 ◀ a&b c"))
    assert {word: round(column, 3) for word, column in found.items() if word.strip()} == {
        "seed": 3,
        "30": 9,
        "◀": 12,
        "a&b\xa0c": 14,
    }


def test_blocks_are_shapes_of_their_size():
    assert corners(shot(" ▀▀▀ █ ▌")) == [
        (1, round(3 * CELL, 2), CELL),
        (5, CELL, 2 * CELL),
        (7, CELL / 2, 2 * CELL),
    ]
    (whole,), (quadrants) = corners(shot("▀")), corners(shot("▚"))
    assert [corner[0] for corner in quadrants] == [0, 0.5]
    assert {corner[1:] for corner in quadrants} == {(whole[1] / 2, whole[2])}


def test_a_curve_stays_in_its_columns():
    dots = corners(shot("⠀⠀⠁⠀⣿"))
    assert sum(2 <= x < 3 for x, _, _ in dots) == 1
    assert sum(4 <= x < 5 for x, _, _ in dots) == 8
    assert len(dots) == 9
