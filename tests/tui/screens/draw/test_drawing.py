"""The drawing itself: strokes, the mask, and undoing them."""

import numpy as np
import pytest

from diffviz.tui.screens.draw.draw_layout import plan_draw
from diffviz.tui.screens.draw.drawing import Drawing, Tool

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


@pytest.mark.parametrize("size", [(40, 20), (60, 20), (80, 24), (120, 40), (200, 60)])
def test_the_layout_fits_at_every_size(planned_well, size):
    regions = plan_draw(*size).regions
    planned_well(regions, *size)
    paper = regions["paper"]
    assert paper.width == 2 * paper.height
    assert paper.width % 28 == 0
    assert ("tools" in regions) == (size[0] >= 60)


def test_a_small_terminal_says_so():
    assert set(plan_draw(39, 24).regions) == {"too-small"}
