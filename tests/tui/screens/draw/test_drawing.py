"""The drawing itself: strokes, the mask, and undoing them."""

from itertools import product

import numpy as np
import pytest

from diffviz.tui.pixels.colours import Colours
from diffviz.tui.screens.draw.draw_layout import plan_draw
from diffviz.tui.screens.draw.drawing import Drawing, Tool
from diffviz.tui.screens.draw.paper import Paper
from diffviz.tui.widgets.picture_palette import palette_for

from .strokes import SEVEN, drawn


def test_a_dot_is_soft_and_where_it_was_put():
    drawing = Drawing()
    drawing.stroke((10, 5), (10, 5), Tool.BRUSH)
    assert drawing.image[5, 10] == 255
    assert 0 < drawing.image[5, 11] < 255
    assert drawing.image[5, 13] == 0
    assert drawing.image.sum() < 255 * 9


def test_a_line_has_no_gaps_however_fast_the_mouse_was():
    drawing = Drawing()
    drawing.stroke((2, 3), (25, 20), Tool.BRUSH)
    along = np.linspace(0, 1, 60)
    columns, rows = np.rint(2 + 23 * along).astype(int), np.rint(3 + 17 * along).astype(int)
    assert drawing.image[rows, columns].min() > 150


def test_the_eraser_takes_ink_away_and_leaves_the_mask():
    drawing = drawn(SEVEN)
    drawing.stroke((0, 26), (27, 26), Tool.HIDE)
    drawing.stroke((5, 7), (22, 7), Tool.ERASER)
    assert drawing.image[7, 6:20].max() == 0
    assert drawing.hidden[26].all()
    drawing.stroke((0, 26), (27, 26), Tool.SHOW)
    assert not drawing.masked


def test_undo_takes_back_whole_strokes_and_clearing():
    drawing = drawn(SEVEN)
    whole = drawing.image
    drawing.clear(mask=False)
    assert drawing.blank
    assert drawing.undo()
    np.testing.assert_array_equal(drawing.image, whole)
    assert drawing.undo()
    assert drawing.undo()
    assert drawing.blank
    assert not drawing.undo()


def test_hidden_pixels_are_seen_as_such_and_stay_in_the_picture():
    drawing = drawn(SEVEN)
    before = drawing.image
    drawing.stroke((14, 7), (14, 7), Tool.HIDE)
    assert drawing.hidden[7, 14]
    np.testing.assert_array_equal(drawing.image, before)
    seen = drawing.seen()
    assert set(seen[drawing.hidden].tolist()) == {50, 110}
    np.testing.assert_array_equal(seen[~drawing.hidden], before[~drawing.hidden])


def test_the_layout_fits_at_every_size(planned_well):
    for width, height in product((40, 60, 80, 100, 120, 160, 200, 230), (20, 24, 30, 40, 60)):
        regions = plan_draw(width, height).regions
        planned_well(regions, width, height)
        paper = regions["paper"]
        assert paper.width == 2 * paper.height
        assert paper.width % 28 == 0
        assert ("tools" in regions) == (width >= 60)


@pytest.mark.parametrize("size", [(60, 60), (80, 24), (120, 40), (230, 20), (230, 60)])
def test_x_t_of_the_drawing_is_beside_it_or_below(size):
    assert "second" in plan_draw(*size).regions


@pytest.mark.parametrize("colours", Colours)
def test_the_canvas_has_an_edge_where_no_colour_shows_it(colours):
    paper = Paper()
    image = np.zeros((28, 28), np.uint8)
    image[10:14, 0] = 255  # ink at the left edge
    paper.show(image, None)
    rows = [strip.text for strip in paper.draw(28, 14, palette_for(colours))]
    if colours in (Colours.TRUECOLOR, Colours.PALETTE):
        assert rows[0].isspace()
        return
    corner, line, side = ("+", "-", "|") if colours is Colours.ASCII else ("┌", "─", "│")
    assert rows[0].startswith(corner + line * 26)
    assert rows[1][0] == rows[1][-1] == side
    assert rows[6][0] != side, "ink is in front of the edge"


def test_a_small_terminal_says_so():
    assert set(plan_draw(39, 24).regions) == {"too-small"}
