import math

import numpy as np
import pytest
from rich.color import Color, ColorSystem

from diffviz.core.phases import Phase
from diffviz.core.records import Batch, Started
from diffviz.tui.screens.training.curves import ChartSettings, loss_series, view_of
from diffviz.tui.screens.training.log_history import LogHistory
from diffviz.tui.screens.training.number_columns import Columns, smoothed
from diffviz.tui.theme import style
from diffviz.tui.widgets.axes import Scale, fit_scale, tick_text, ticks
from diffviz.tui.widgets.plot import Plot, View
from diffviz.tui.widgets.series import Series


def line(x, y, **values) -> Series:
    return Series("a", np.array(x, float), np.array(y, float), "#ffffff", **values)


def drawn(plot: Plot, width: int, height: int) -> list[str]:
    return ["".join(segment.text for segment in row) for row in plot.rows(width, height)]


@pytest.mark.parametrize(
    ("low", "high", "count", "expected"),
    [
        (0, 10, 5, [0, 2, 4, 6, 8, 10]),
        (0, 1, 4, [0, 0.25, 0.5, 0.75, 1]),
        (0.013, 0.031, 4, [0.015, 0.02, 0.025, 0.03]),
        (3, 3, 4, [3]),
    ],
)
def test_ticks_are_round(low, high, count, expected):
    assert ticks(low, high, count) == pytest.approx(expected)


def test_tick_texts_have_the_decimals_they_need():
    assert [tick_text(v, 0.25) for v in (0, 0.25, 0.5)] == ["0", "0.25", "0.50"]
    assert tick_text(400, 200) == "400"
    assert tick_text(1e-7, 1e-7) == "1e-07"


def test_log_scale_places_decades_evenly():
    scale = Scale(0.01, 1.0, log=True)
    assert scale.place(np.array([0.01, 0.1, 1.0])) == pytest.approx([0.0, 0.5, 1.0])
    assert scale.ticks(3) == pytest.approx([0.01, 0.1, 1.0])


def test_a_log_scale_ignores_what_it_cannot_show():
    scale = fit_scale(np.array([0.0, -1.0, np.nan, 0.1, 1.0]), log=True)
    assert scale is not None
    assert 0.05 < scale.low <= 0.1
    assert fit_scale(np.array([0.0, np.nan]), log=True) is None


def test_columns_hold_means_or_the_whole_range():
    x, y = np.arange(8), [0, 8, 1, 1, 2, 2, 5, 7]
    lows, highs = line(x, y).columns(0, 7, 3)
    assert (lows == highs).all()
    lows, highs = line(x, y, spread=True).columns(0, 7, 3)
    assert lows.tolist() == [0, 1, 5]
    assert highs.tolist() == [8, 2, 7]


def test_columns_without_points_are_interpolated_between_points_and_empty_beyond():
    lows, _ = line([1, 3], [10, 30]).columns(0, 4, 5)
    assert np.isnan(lows[[0, 4]]).all()
    assert lows[1:4].tolist() == [10, 20, 30]


def test_smoothing_is_a_running_mean_over_finite_values():
    x, y = np.arange(5.0), np.array([2.0, 4.0, np.nan, 6.0, 8.0])
    places, means = smoothed(x, y, 2)
    assert places.tolist() == [0, 1, 3, 4]
    assert means.tolist() == [2, 3, 5, 7]
    assert smoothed(x, y, 1)[1].tolist() == [2, 4, 6, 8]


def test_smoothing_of_thinned_batches_is_over_as_many_batches():
    steps = np.array([0.0, 8, 16, 24, 25, 26, 27])
    losses = np.array([1.0, 3, 5, np.nan, 7, 9, 11])
    places, means = smoothed(steps / 10, losses, 9, steps)
    assert places.tolist() == [0, 0.8, 1.6, 2.5, 2.6, 2.7]
    assert means.tolist() == [1, 2, 4, 7, 8, 9], "of batches after 16, 17 and 18"


def test_a_smooth_line_has_no_more_points_than_a_chart_shows():
    steps = np.arange(5000.0)
    places, means = smoothed(steps, steps, 3, steps)
    assert len(places) <= 1025
    assert places[-1] == 4999
    assert means[-1] == 4998


def test_columns_of_numbers_grow_and_are_cut():
    columns = Columns(["a", "b"])
    for n in range(3000):
        columns.append([n, -n])
    assert columns["b"][-1] == -2999
    columns.cut(10)
    columns.append([1, 2])
    assert columns["a"].tolist() == [*range(10), 1]


def test_columns_keep_the_newest_rows_and_fewer_of_the_older_ones():
    columns = Columns(["step", "loss"], 64)
    for step in range(10_000):
        columns.append([step, 1 / (step + 1)])
        assert len(columns) <= 64
    steps = columns["step"]
    gaps = np.diff(steps)
    assert steps[0] == 0
    assert steps[-1] == 9999
    assert (gaps[-16:] == 1).all(), "the newest quarter is whole"
    assert (np.diff(gaps) <= 0).all(), "the older, the fewer"
    assert gaps[0] == columns.every == 512
    assert columns["loss"].tolist() == [1 / (step + 1) for step in steps]


def history(batches: int, per_epoch: int = 100) -> LogHistory:
    made = LogHistory()
    made.add(Started("run", "tiny", 1234, "mnist", per_epoch, "cpu", 9, per_epoch, 1, 0))
    for step in range(1, batches + 1):
        made.add(Batch(step, 1, 1, 1.0, 1 / step, 1e-3, math.nan))
    return made


def test_zooming_halves_the_view_and_keeps_the_newest_batch():
    run = history(400)
    whole, half = view_of(ChartSettings(), run), view_of(ChartSettings(zoom=1), run)
    assert whole.first == 0
    assert 4 <= whole.last < 4.2
    assert half.last - half.first == pytest.approx(whole.last / 2)
    assert 4 <= half.last < 4.2
    back = view_of(ChartSettings(zoom=1, back=1.5), run)
    assert back.last == pytest.approx(half.last - 1.5, abs=0.11)
    assert view_of(ChartSettings(zoom=1, back=99), run).first == 0
    assert ChartSettings().zoomed(99, run).zoom == 4
    assert ChartSettings().zoomed(99, history(3)).zoom == 0


def test_the_axis_stands_still_for_most_batches():
    ends = {view_of(ChartSettings(), history(batches)).last for batches in range(400, 440)}
    assert len(ends) <= 4


def test_other_runs_and_published_losses_share_one_axis():
    run, other = history(100), history(300, per_epoch=50)
    names = [s.name for s in loss_series(run, ChartSettings(), [("old", other)], published=True)]
    assert names == ["raw", "reference, published", "old", "mean of 50"]
    assert [s.name for s in loss_series(run, ChartSettings(span=1), [], published=False)] == ["raw"]
    assert 6 <= view_of(ChartSettings(), run, [other]).last < 6.3


def test_plot_draws_axes_legend_and_note():
    plot = Plot("loss", empty="nothing")
    assert drawn(plot, 40, 10)[2].strip() == "nothing"
    plot.show([line(range(9), range(9))], View(0, 8, False, "epoch"), "8.0")
    rows = drawn(plot, 40, 10)
    assert rows[0].startswith("loss  ━ a")
    assert rows[0].endswith("8.0")
    assert rows[-1].split() == ["epoch", "0", "2", "4", "6", "8"]
    assert rows[-2].count("┴") == 5
    assert sum("┤" in row for row in rows) == 2
    assert any(ord(char) > 0x2800 for char in rows[1])


def test_a_narrow_legend_has_whole_names():
    plot = Plot("loss by timestep", empty="")
    names = [phase.label for phase in Phase]
    lines = [Series(n, np.arange(3.0), np.arange(3.0), "#ffffff") for n in reversed(names)]
    plot.show(lines, View(0, 2))
    for width in range(8, 60):
        rows = drawn(plot, width, 12)
        said = [n.strip() for n in (rows[0] + rows[1]).split("━")[1:]]
        assert said == names[: len(said)], width
        assert len(said) == len(names) or width < 35
    assert "━ static  ━ blob  ━ lock-in  ━ refinement" in drawn(plot, 45, 12)[1]


def test_the_upper_line_colours_the_cells_it_crosses():
    plot = Plot("", empty="")
    below = line([0, 1], [1, 1])
    above = Series("b", np.array([0.0, 1.0]), np.array([1.0, 1.0]), "#ff0000")
    plot.show([below, above], View(0, 1))
    dots = [s for row in plot.rows(30, 6) for s in row if max(s.text, default=" ") > "\u2800"]
    assert {str(s.style) for s in dots} == {str(style("#ff0000"))}


@pytest.mark.parametrize("size", [(10, 2), (20, 5), (60, 12), (200, 40)])
def test_no_row_is_wider_than_the_plot(size):
    width, height = size
    plot = Plot("loss by timestep", empty="")
    plot.show([line(range(500), np.linspace(1, 0.01, 500))], View(0, 499, True, "epoch"), "n  m")
    rows = drawn(plot, width, height)
    assert len(rows) <= max(height, 3)
    assert all(len(row) <= max(width, len("loss by timestep")) for row in rows)


def named_at_ends(heights: dict[str, float], rows: int, width: int = 60) -> dict[str, int]:
    """Return the row in which each of several level lines is named."""
    plot = Plot("loss", empty="")
    lines = [Series(name, np.arange(3.0), np.full(3, y), "#ffffff") for name, y in heights.items()]
    plot.show(lines, View(0, 2, at_ends=True))
    drawn_rows = drawn(plot, width, rows)
    assert "━" not in drawn_rows[0], "no legend"
    return {n: next(y for y, row in enumerate(drawn_rows) if row.endswith(n)) for n in heights}


def test_lines_are_named_at_their_ends_from_the_highest_down():
    rows = named_at_ends({"low": 0.0, "nearly": 0.99, "high": 1.0, "middle": 0.5}, 14)
    assert sorted(rows, key=rows.__getitem__) == ["high", "nearly", "middle", "low"]
    assert rows["high"] == 1
    assert rows["low"] == 11
    assert rows["nearly"] == 2, "moved as little as it takes"


def test_names_of_lines_that_end_together_stay_in_the_plot():
    rows = named_at_ends({"a": 0.0, "b": 0.01, "c": 0.02, "top": 1.0}, 8)
    assert [rows[name] for name in ("top", "c", "b", "a")] == [1, 3, 4, 5]


def test_a_plot_without_room_for_names_has_a_legend():
    plot = Plot("loss", empty="")
    plot.show([line(range(9), range(9))], View(0, 8, at_ends=True))
    assert "━ a" in drawn(plot, 20, 10)[0]
    assert drawn(plot, 40, 10)[1].rstrip().endswith(" a")


def test_the_raw_losses_differ_from_their_mean_in_16_colours():
    lines = loss_series(history(100), ChartSettings(), [], published=False)
    system = ColorSystem.STANDARD
    colours = {s.name: Color.parse(s.colour).downgrade(system).number for s in lines}
    assert colours["raw"] != colours["mean of 50"]
