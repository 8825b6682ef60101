"""The band of the guidance below the timeline."""

import pytest

from diffviz.tui.widgets.guidance_band import Band
from diffviz.tui.widgets.time_axis import column_of
from diffviz.tui.widgets.timeline import Timeline

WIDTH = 78


def drawn(band: Band, width: int = WIDTH) -> str:
    return "".join(segment.text for segment in band.row(width))


def test_the_band_reaches_from_one_end_to_the_other_with_its_dial_inside():
    row = drawn(Band(1.5, 900, 50))
    assert len(row) == WIDTH
    assert row.index("┣") == column_of(900, WIDTH)
    assert row.index("┫") == column_of(50, WIDTH)
    assert row.strip().startswith("900┣")
    assert row.strip().endswith("┫50")
    assert " - guidance 1.5 + " in row


@pytest.mark.parametrize(("start", "until"), [(1000, 0), (1000, 990), (100, 0), (520, 500)])
@pytest.mark.parametrize("width", [56, 78, 171])
def test_the_dial_is_beside_a_narrow_band_and_the_row_stays_whole(start, until, width):
    band = Band(0.25, start, until)
    row = drawn(band, width)
    assert len(row) == width
    assert row.count("┣") == row.count("┫") == 1
    assert "- guidance 0.25 +" in row
    minus, plus = row.index("- guidance"), row.index(" +") + 1
    assert band.turned_at(minus, width) == -1
    assert band.turned_at(plus, width) == 1
    assert band.turned_at(row.index("guid") + 3, width) == 0


def test_an_end_moves_to_tens_and_never_beyond_the_other():
    band = Band(1, 800, 200)
    assert band.moved("start", 903) == Band(1, 900, 200)
    assert band.moved("start", 100) == Band(1, 210, 200)
    assert band.moved("until", 1000) == Band(1, 800, 790)
    assert band.moved("until", 3) == Band(1, 800, 0)
    assert band.nearest_end(column_of(790, WIDTH), WIDTH) == "start"
    assert band.nearest_end(column_of(210, WIDTH), WIDTH) == "until"


def test_the_timeline_is_thin_outside_of_the_interval():
    timeline = Timeline()
    timeline.set_band(Band(1, 800, 200))
    rows = ["".join(segment.text for segment in row) for row in timeline.rows(WIDTH, 3)]
    thin = [i for i, glyph in enumerate(rows[1]) if glyph == "─"]
    first, last = column_of(800, WIDTH), column_of(200, WIDTH)
    assert thin == [*range(1, first), *range(last + 1, WIDTH)]
    assert rows[2] == drawn(Band(1, 800, 200))
    timeline.set_band(None)
    rows = ["".join(segment.text for segment in row) for row in timeline.rows(WIDTH, 3)]
    assert "─" not in rows[1]
    assert rows[2].split() == ["1000", "600", "400", "100", "0"]
