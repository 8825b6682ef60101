"""The race, driven by keys, with a sampler that waits for permits."""

import re

import numpy as np
import pytest

from diffviz.core.noise import NoiseStream
from diffviz.core.pictures import to_grey
from diffviz.tui.keys import State
from diffviz.tui.screens.help_screen import HelpScreen
from diffviz.tui.screens.jobs.job_keys import RACE_KEYS
from diffviz.tui.screens.jobs.race_lanes import Race
from diffviz.tui.screens.jobs.race_layout import plan_race
from diffviz.tui.screens.jobs.race_screen import RaceScreen
from diffviz.tui.widgets.lane_table import LaneNumbers, LaneTable
from diffviz.tui.widgets.mosaic import Mosaic


@pytest.fixture
def drive(drive_screen, make_options):
    """Run ``act(driver)`` on the race of seed 7."""

    def run(act, *, race=Race.SAMPLERS, options=None, **how):
        options = make_options(**(options or {}))
        return drive_screen(
            act, lambda b, belief: RaceScreen(options, b, belief, 7, race=race), **how
        )

    return run


def images(d, name: str) -> np.ndarray:
    return d.top.query_one(name, Mosaic).images


async def done(d) -> None:
    await d.until(lambda: d.top.state is State.DONE)
    await d.pilot.pause()


def row(d, label: str) -> list[str]:
    """Return the values beside ``label``, one a lane."""
    line = next(line for line in d.lines() if line.split()[: len(label.split())] == label.split())
    return [" ".join(part.split()) for part in line.split(label)[1:]]


def test_all_lanes_begin_with_the_same_noise(drive):
    async def act(d):
        noise = to_grey(NoiseStream(7).draw(0))
        assert images(d, "#xt").shape == (4, 28, 28)
        assert all(np.array_equal(image, noise) for image in images(d, "#xt"))
        assert not images(d, "#x0").any()
        for name in ("DDPM 1000", "DDIM 50", "DPM-Solver++ 20", "SA-Solver 20"):
            assert name in d.text()
        assert "x_T of seed 7, each at its own pace" in d.text()

    drive(act, permits=0)


def test_the_lanes_are_what_their_names_say(drive):
    async def act(d):
        lanes = d.top.job().lanes
        assert [(lane.spec.sampler, lane.spec.steps) for lane in lanes] == [
            ("ddpm", 1000),
            ("ddim", 50),
            ("dpmpp-2m", 20),
            ("sa-solver", 20),
        ]
        assert [[stream.seed for stream in lane.streams] for lane in lanes] == [[7]] * 4

    drive(act, permits=0)


def test_the_end_shows_evaluations_digits_and_agreement(drive):
    async def act(d):
        await done(d)
        assert row(d, "evaluations")[:2] == ["1000/1000", "50/50"]
        assert row(d, "t") == ["0"] * 4
        assert row(d, "belief: P(digit)")[0].endswith("82%")
        assert "done: all 4 lanes end on a" in d.text()
        assert np.array_equal(images(d, "#xt")[2], to_grey(d.sampler.picture(7, 0)))

    drive(act)


@pytest.mark.parametrize("column", range(15, 40))
def test_labels_of_numbers_stay_while_they_count(column):
    table = LaneTable()
    table.arrange_columns(column, 2)
    seen = set()
    for done in (0, 9, 99, 588, 1000):
        table.show([LaneNumbers("DDPM", 1000, done, done / 100, 1000 - done)])
        rows = ["".join(segment.text for segment in row) for row in table.rows(column + 2, 5)]
        seen.add(tuple(re.split("  +| [0-9–]", row.strip())[0] for row in rows[1:]))
    assert len(seen) == 1, seen


def test_different_digits_are_named(drive):
    async def act(d):
        await done(d)
        lanes = d.top._lanes
        own = np.zeros(10, np.float32)
        own[3] = 1.0
        lanes[1] = type(lanes[1])(**{**vars(lanes[1]), "belief": own})
        d.top.show_status()
        await d.pilot.pause()
        assert "2 different digits from the same noise" in d.text()

    drive(act)


def test_aligned_lanes_show_about_the_same_timestep(drive):
    async def act(d):
        await d.press("A")
        assert d.top.aligned
        assert "aligned by timestep" in d.text()
        d.sampler.allow(60)
        await d.until(lambda: d.ts and None not in d.ts and max(d.ts) < 960)
        assert max(d.ts) - min(d.ts) <= 1000 // 19 + 60
        await d.press("A")
        assert not d.top.aligned

    drive(act, permits=0)


def test_weights_are_compared_on_the_same_seed(drive, monkeypatch):
    async def act(d):
        assert "c weights" in d.lines()[-1]
        await d.press("c")
        await d.until(lambda: len(d.ts) == 2)
        assert "c samplers" in d.lines()[-1], "what c goes on to"
        lanes = d.top.job().lanes
        assert [lane.weights for lane in lanes] == ["toy", "reference"]
        assert {(lane.spec.sampler, lane.spec.steps) for lane in lanes} == {("ddpm", 10)}
        await done(d)
        assert "both lanes end on a" in d.text()
        assert "weights compared" in d.lines()[0]
        for lane, name in zip(d.top._lanes, ("toy", "reference"), strict=True):
            assert lane.label == d.top.sources[name].label
            assert lane.label.endswith(f" {d.top.sources[name].set}")
            assert lane.label in d.text()
        assert images(d, "#xt").shape == (4, 28, 28), "x_t and x0_hat of both, side by side"
        await d.press("c")
        assert len(d.top.job().lanes) == 4
        await done(d)

    monkeypatch.setattr("diffviz.tui.screens.jobs.race_lanes.few_step_weights", lambda: None)
    drive(act)


def test_bundled_weights_are_compared_with_each_other(drive):
    async def act(d):
        assert [lane.weights for lane in d.top.job().lanes] == ["reference", "default"]

    drive(act, race=Race.WEIGHTS, options={"weights": "default"}, permits=0)


def test_pause_next_seed_help_and_escape(drive):
    async def act(d):
        await d.until(lambda: d.top.sources != {})
        await d.press("space")
        assert d.top.state is State.PAUSED
        assert "paused: space plays" in d.text()
        await d.press("n")
        assert d.top.seed == 8
        assert d.top.state is State.PLAYING
        await d.press("question_mark")
        assert isinstance(d.screen, HelpScreen)
        await d.assert_help_shows(RACE_KEYS)
        await d.press("escape")
        await d.press("escape")
        assert d.app.results == [None]

    drive(act, permits=0)


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40), (200, 60), (230, 60), (40, 20)])
def test_every_line_is_as_wide_as_the_terminal(drive, size):
    async def act(d):
        await done(d)
        assert {len(line) for line in d.lines()} == {size[0]}
        assert "Esc back" in d.lines()[-1]
        assert ("page 1/2, PgDn" in d.lines()[0]) == (size[0] == 40)
        assert "done" in d.text() or "end on" in d.text()

    drive(act, size=size)


def test_a_race_survives_resizing(drive):
    drive(lambda d: d.storm(5), permits=0)


def test_an_error_in_a_lane_is_shown_on_the_screen(drive):
    async def act(d):
        await done(d)
        d.sampler.fail_at = 3
        await d.press("n")
        await d.until(lambda: d.top.state is State.FAILED)
        assert "stopped: the pixels ran out" in d.text()

    drive(act)


@pytest.mark.parametrize(("width", "beside"), [(230, True), (80, False)])
def test_low_lanes_have_both_pictures_where_they_are_wide(width, beside):
    plan = plan_race(width, 20, 4)
    assert plan.xt is not None
    assert plan.beside is beside
    assert plan.xt.columns == (8 if beside else 4)
    assert plan.xt.tile_width == (22 if beside else 14)


@pytest.mark.parametrize("lanes", [2, 4])
def test_nothing_overlaps_or_leaves_the_screen_at_any_size(planned_well, lanes):
    for width in range(20, 260, 3):
        for height in (*range(8, 64), 80, 100):
            plan = plan_race(width, height, lanes)
            planned_well(plan.regions, width, height)
            if plan.xt is not None:
                assert plan.xt.width <= plan.regions["xt"].width
                first = [plan.xt.place(lane * (1 + plan.beside))[0] for lane in range(plan.lanes)]
                assert first == [lane * (plan.column + plan.gap) for lane in range(plan.lanes)]
