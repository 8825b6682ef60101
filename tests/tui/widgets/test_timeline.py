"""The timeline, row by row."""

import pytest

from diffviz.core.phases import Phase
from diffviz.tui.theme import PHASE_COLOURS, faded
from diffviz.tui.widgets.timeline import Timeline, column_of, timestep_at

WIDTH = 78


def rows(timeline: Timeline) -> list[str]:
    return ["".join(segment.text for segment in row) for row in timeline.rows(WIDTH, 4)]


def test_measured_boundaries_are_ticks_with_their_timesteps():
    timeline = Timeline()
    assert len(rows(timeline)) == 3
    timeline.set_measured((640.4, 395.0, 120.0))
    names, bar, numbers, measured = rows(timeline)
    assert [i for i, c in enumerate(bar) if c == "╋"] == [
        column_of(t, WIDTH) for t in (640, 395, 120)
    ]
    assert measured.split() == ["measured", "╹640", "╹395", "╹120"]
    assert measured.index("╹395") == column_of(395, WIDTH)
    assert "lock-in" in names
    assert numbers.split() == ["1000", "600", "400", "100", "0"]


@pytest.mark.parametrize(("first", "note"), [(640, "measured with ddpm 1000"), (800, "ddpm 1000")])
def test_boundaries_of_another_process_say_which(first, note):
    timeline = Timeline()
    notes = ("measured with ddpm 1000", "ddpm 1000")
    timeline.set_measured((first, 395.0), notes)
    row = rows(timeline)[-1]
    assert row[: row.index("╹")].strip() == note


def test_the_bar_is_bright_as_far_as_the_run_has_got():
    timeline = Timeline()
    timeline.show(800, 300)
    bar = next(row for i, row in enumerate(timeline.rows(WIDTH, 3)) if i == 1)
    assert sum(len(segment.text) for segment in bar) == WIDTH
    shown = "".join(segment.text for segment in bar)
    assert shown.index("●") == column_of(800, WIDTH)
    assert shown.index("◆") == column_of(300, WIDTH)
    colours = [s.style.color.name for s in bar for _ in s.text if s.style and s.style.color]
    assert colours[column_of(500, WIDTH)] == PHASE_COLOURS[Phase.BLOB]
    assert colours[column_of(50, WIDTH)] == faded(PHASE_COLOURS[Phase.REFINEMENT])


@pytest.mark.parametrize("width", [40, 56, 78, 171])
def test_columns_and_timesteps_convert_both_ways(width):
    for column in range(width):
        assert column_of(timestep_at(column, width), width) == column
