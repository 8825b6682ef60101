import asyncio

import pytest
from textual.app import App

from diffviz.tui.pixels.braille import plot
from diffviz.tui.pixels.colours import Colours
from diffviz.tui.terminal import Terminal
from diffviz.tui.widgets.plot import Plot


def dots(lines: list[str]) -> set[tuple[int, int]]:
    """Return the dots as (x, y) from the top left."""
    bits = {(0, 0): 1, (0, 1): 2, (0, 2): 4, (1, 0): 8, (1, 1): 16, (1, 2): 32}
    bits |= {(0, 3): 64, (1, 3): 128}
    return {
        (2 * column + x, 4 * row + y)
        for row, line in enumerate(lines)
        for column, char in enumerate(line)
        if char != " "
        for (x, y), bit in bits.items()
        if (ord(char) - 0x2800) & bit
    }


def test_plot_runs_from_the_first_value_to_the_last():
    lines = plot([0.0, 1.0], 10, 5, 0.0, 1.0)
    assert [len(line) for line in lines] == [10] * 5
    seen = dots(lines)
    assert (0, 19) in seen
    assert (19, 0) in seen
    assert {x for x, _ in seen} == set(range(20))


def test_plot_is_one_joined_line():
    seen = dots(plot([0, 9, 0, 9, 1], 6, 4, 0, 9))
    for x in range(11):
        here = [y for column, y in seen if column == x]
        there = [y for column, y in seen if column == x + 1]
        assert min(abs(a - b) for a in here for b in there) <= 1


def test_plot_draws_no_values_one_value_and_equal_values():
    assert plot([], 4, 2, 0, 1) == ["    ", "    "]
    assert len(dots(plot([0.5], 4, 2, 0, 1))) == 1
    assert len({y for _, y in dots(plot([3, 3, 3], 4, 2, 3, 3))}) == 1


def test_plot_of_many_values_keeps_a_spike():
    values = [0.0] * 5000
    values[2345] = 1.0
    assert min(y for _, y in dots(plot(values, 20, 6, 0, 1))) == 0


def test_plot_leaves_gaps_and_clips():
    nan, inf = float("nan"), float("inf")
    seen = dots(plot([0, 0, nan, inf, 0, 0], 3, 2, 0, 1))
    assert {x for x, _ in seen} == {0, 1, 4, 5}
    assert {y for _, y in dots(plot([-5, 7], 1, 1, 0, 1))} == {0, 1, 2, 3}


def render(values: list[float], width: int, height: int) -> list[str]:
    chart = Plot("training loss", "loss", empty="not known")
    chart.show_values(values, "epoch")
    return ["".join(s.text for s in row).rstrip() for row in chart.rows(width, height)]


def test_chart_without_values_shows_a_note():
    assert render([], 18, 6) == ["training loss", "", "not known"]
    assert render([float("nan")], 18, 6)[2] == "not known"


def test_chart_of_one_value_shows_it():
    rows = render([0.21], 18, 6)
    assert rows[0] == "loss         0.210"
    assert rows[-1] == "       1 epoch"
    assert sum("┤" in row for row in rows) == 1
    labelled = next(row for row in rows if "┤" in row)
    assert labelled.startswith("0.210")
    assert len(dots([row[7:] for row in rows[1:4]])) == 1
    assert len(dots([labelled[7:]])) == 1, "the label belongs to the row of the point"


def test_chart_of_many_values_shows_its_range():
    rows = render([0.22 - 0.01 * i for i in range(15)], 30, 9)
    assert rows[0] == "training loss    0.220 → 0.080"
    assert rows[1].startswith("0.220 ┤")
    assert rows[6].startswith("0.080 ┤")
    assert rows[7] == "      └" + "─" * 23
    assert rows[8] == "       1              epoch 15"
    assert (0, 0) in dots([row[7:] for row in rows[1:7]])
    assert len(rows) == 9


@pytest.mark.parametrize("width", range(1, 30, 4))
@pytest.mark.parametrize("height", [1, 2, 3, 7])
def test_chart_fits_any_size(width, height):
    assert render([1.0, 2.0, 3.0], width, height)


def test_chart_takes_live_values():
    chart = Plot("training loss", "loss", empty="not known")

    class Host(App[None]):
        def compose(self):
            yield chart

    async def drive():
        async with Host().run_test(size=(40, 12)) as pilot:
            seen = []
            for i in range(3):
                chart.show_values([3.0 - k for k in range(i + 1)], "batch")
                await pilot.pause()
                seen.append(chart.render_line(0).text.split())
            summaries = [["3.000"], ["3.000", "→", "2.000"], ["3.000", "→", "1.000"]]
            assert seen == [["training", "loss", *summary] for summary in summaries]
            chart.show_values([], "batch")
            await pilot.pause()
            assert chart.render_line(2).text.strip() == "not known"

    asyncio.run(drive())


def test_a_low_chart_drops_its_axis():
    chart = Plot("loss", empty="none", id="loss")
    chart.show_values([0.3, 0.1], "epoch")
    high = ["".join(segment.text for segment in row) for row in chart.rows(20, 6)]
    low = ["".join(segment.text for segment in row) for row in chart.rows(20, 4)]
    assert len(high) == 6
    assert "└" in high[-2]
    assert len(low) == 4
    assert "└" not in "".join(low)
    assert "0.300 ┤" in low[1]
    assert "0.100 ┤" in low[-1]


def test_a_marker_leaves_the_line_visible():
    chart = Plot("alpha_bar", empty="")
    chart.show_values([0.5, 0.5], "t", first=1000, last=0, limits=(0.0, 1.0))
    chart.mark(0.5, "note")
    rows = ["".join(segment.text for segment in row) for row in chart.rows(30, 8)]
    x = 3 + round(0.5 * 26)
    column = [row[x] for row in rows[1:6]]
    assert column.count("│") == 4
    assert sum(char > "\u2800" for char in column) == 1
    assert rows[0].split() == ["alpha_bar", "note"]
    assert rows[-1].split() == ["1000", "t", "0"]


@pytest.mark.parametrize(
    ("colours", "note"), [("mono", "0.500 → 0.200"), ("ascii", "0.500 to 0.200")]
)
def test_the_first_and_the_last_value_are_no_inequality(colours, note):
    class PlotApp(App[None]):
        terminal = Terminal().showing(Colours(colours))

        def compose(self):
            yield Plot("loss", empty="none")

    async def main():
        app = PlotApp()
        async with app.run_test(size=(60, 8)):
            plot = app.query_one(Plot)
            plot.show_values([0.5, 0.2], "epochs")
            assert "".join(s.text for s in next(iter(plot.rows(60, 8)))).endswith(note)

    asyncio.run(main())
