"""The grid, driven by keys and mouse, with a sampler that waits for permits."""

import re

import numpy as np
import pytest

from diffviz.core.noise import NoiseStream
from diffviz.core.pictures import to_grey
from diffviz.tui.keys import State
from diffviz.tui.pixels.tiles import Tiles
from diffviz.tui.screens.help_screen import HelpScreen
from diffviz.tui.screens.jobs.grid_screen import GridScreen
from diffviz.tui.screens.jobs.job_keys import GRID_KEYS
from diffviz.tui.widgets.bars import Footer
from diffviz.tui.widgets.digit_bars import DigitBars
from diffviz.tui.widgets.mosaic import Mosaic
from diffviz.tui.worker.thread_driver import ThreadDriver


@pytest.fixture
def drive(drive_screen, make_options):
    """Run ``act(driver)`` on the grid of seed 7."""

    def run(act, **how):
        options = make_options()
        return drive_screen(act, lambda b, belief: GridScreen(options, b, belief, 7), **how)

    return run


def mosaic(d) -> Mosaic:
    return d.top.query_one("#mosaic", Mosaic)


def tiles(d) -> Tiles:
    tiles = mosaic(d).tiles
    assert tiles is not None
    return tiles


def pictures(d, seeds, t: int) -> np.ndarray:
    return to_grey(np.stack([d.sampler.picture(seed, t) for seed in seeds]))


async def done(d) -> None:
    await d.until(lambda: d.top.state is State.DONE)
    await d.pilot.pause()


def test_the_noise_of_all_seeds_is_shown_at_once(drive):
    async def act(d):
        noise = np.stack([NoiseStream(seed).draw(0) for seed in range(7, 39)])
        assert np.array_equal(mosaic(d).images, to_grey(noise))
        assert "32 digits   seeds 7-38" in d.lines()[0]
        assert "pure noise" in d.text()

    drive(act, permits=0)


def test_a_frame_shows_every_digit_and_its_classification(drive):
    async def act(d):
        d.sampler.allow(3)
        await d.until(lambda: d.ts == [778])
        assert np.array_equal(mosaic(d).images, pictures(d, range(7, 39), 778))
        assert "x_t  the noisy images" in d.lines()[0]
        assert "toy raw  ·  ddpm 10 steps  ·  cpu" in d.lines()[0]
        assert "static" in d.text()
        assert "t  778" in d.text()
        await d.until(lambda: "82%" in d.text())  # what the fake classifier believes
        d.sampler.allow_all()
        await done(d)
        assert np.array_equal(mosaic(d).images, pictures(d, range(7, 39), 0))
        assert "done: 32 digits in" in d.text()
        assert "x_0  the finished digits" in d.lines()[0]

    drive(act, permits=0)


def test_the_grid_is_one_lane_of_32_streams(drive):
    async def act(d):
        await done(d)
        lanes = d.top.job().lanes
        assert len(lanes) == 1
        assert [stream.seed for stream in lanes[0].streams] == list(range(7, 39))
        assert all(stream.branch == () for stream in lanes[0].streams)
        assert (lanes[0].spec.sampler, lanes[0].spec.steps, lanes[0].weights) == ("ddpm", 10, "toy")

    drive(act)


def test_the_histogram_counts_every_digit_once(drive):
    async def act(d):
        await done(d)
        row = next(line for line in d.lines() if "digits of this grid" in line)
        cells = row.replace("digits of this grid", "").split()
        counts = [int(cell) for cell in cells if cell.isdigit()][1::2]
        assert len(counts) == 10
        assert sum(counts) == 32
        await d.resize(80, 24)
        rows = [line[62:].split() for line in d.lines()[3:13]]
        assert [row[0] for row in rows] == list("0123456789")
        assert sum(int(row[-1]) for row in rows) == 32

    drive(act)


def test_the_highlighted_bar_is_the_longest_and_not_that_of_the_selected_digit(drive):
    async def act(d):
        await done(d)
        d.top._beliefs = np.eye(10, dtype=np.float32)[[5] + [2] * 31]
        d.top.redraw()
        assert (d.top.selected, d.top.query_one("#histogram", DigitBars)._marked) == (0, 2)

    drive(act)


def test_keys_select_and_enter_returns_that_seed(drive):
    async def act(d):
        await done(d)
        await d.press("right", "right", "down")
        assert d.top.selected == 10
        assert "seed 17:" in d.text()
        await d.press("up", "up", "left")  # the second up would leave the grid
        assert d.top.selected == 1
        await d.press("enter")
        assert [opened.seed for opened in d.app.results] == [8]

    drive(act)


def test_a_click_selects_and_a_double_click_opens(drive):
    async def act(d):
        x, y = tiles(d).place(11)
        assert await d.pilot.click("#mosaic", offset=(x + 3, y + 2))
        await d.until(lambda: d.top.selected == 11)
        assert await d.pilot.click("#mosaic", offset=(x + 3, y + 2), times=2)
        await d.until(lambda: [opened.seed for opened in d.app.results] == [18])

    drive(act)


def test_the_selected_tile_is_framed(drive):
    async def act(d):
        await done(d)
        region = mosaic(d).region
        for presses in ([], ["down", "right"], ["down", "down", *["right"] * 6]):
            await d.press(*presses)
            x, y = tiles(d).place(d.top.selected)
            lines = d.lines()
            assert lines[region.y + y][region.x + x] == "┏"
            assert lines[region.y + y + 6][region.x + x + 13] == "┛"
            assert d.text().count("┏") == 1
        assert d.top.selected == 31

    drive(act)


def test_pause_step_play_and_speed(drive):
    async def act(d):
        await d.until(lambda: d.top.sources != {})
        await d.press("space")
        assert d.top.state is State.PAUSED
        d.sampler.allow(1)  # the step that was under way when the key was pressed
        await d.until(lambda: d.ts == [1000])
        assert "paused: space plays" in d.text()
        d.sampler.allow(1)
        await d.press("full_stop")
        await d.until(lambda: d.ts == [889])
        await d.press("space")
        d.sampler.allow_all()
        await done(d)
        await d.press("minus")
        assert d.top.speed is not None
        await d.press(*["plus"] * 10)
        assert d.top.speed is None

    drive(act, permits=0)


def test_the_next_seeds_follow_on(drive):
    async def act(d):
        await done(d)
        await d.press("n")
        assert d.top.seeds == list(range(39, 71))
        await done(d)
        assert "seeds 39-70" in d.lines()[0]
        await d.press("space")  # replays
        assert d.top.seeds == list(range(39, 71))
        await done(d)

    drive(act)


def test_seeds_begin_again_after_the_last(drive_screen, make_options):
    options = make_options()

    async def act(d):
        assert d.top.seeds[:3] == [2**64 - 2, 2**64 - 1, 0]
        await done(d)

    drive_screen(act, lambda b, belief: GridScreen(options, b, belief, 2**64 - 2))


def test_the_other_view_is_what_the_model_expects(drive):
    async def act(d):
        d.sampler.allow(3)
        await d.until(lambda: d.ts == [778])
        await d.press("x")
        assert "x0_hat  the expected digits" in d.lines()[0]
        expected = -np.stack([d.sampler.picture(seed, 778) for seed in range(7, 39)])
        assert np.array_equal(mosaic(d).images, to_grey(expected))

    drive(act, permits=0)


def test_pages_follow_the_selection_and_the_size(drive):
    async def act(d):
        await done(d)
        assert "page 1/4, PgDn" in d.lines()[0], "or who would look for the others?"
        assert np.array_equal(mosaic(d).images, pictures(d, range(7, 15), 0))
        await d.press("pagedown", "right")
        assert d.top.selected == 9
        assert "page 2/4" in d.lines()[0]
        assert np.array_equal(mosaic(d).images, pictures(d, range(15, 23), 0))
        await d.press("pageup", "pageup")
        assert d.top.selected == 25
        await d.resize(120, 40)
        assert "page" not in d.lines()[0]
        assert len(mosaic(d).images) == 32
        assert d.top.selected == 25

    drive(act, size=(80, 24))


def test_a_caption_ends_before_the_next_tile_s_seed(drive):
    async def act(d):
        d.sampler.allow_all()
        await done(d)
        await d.until(lambda: "82%" in d.text())
        assert re.search(r"\b7  9  82% {3,}8  9  82% {3,}9  9  82%", d.text())

    drive(act, size=(120, 40))


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40), (200, 60), (230, 60), (40, 20)])
def test_every_line_is_as_wide_as_the_terminal(drive, size):
    async def act(d):
        await done(d)
        assert {len(line) for line in d.lines()} == {size[0]}
        assert "Esc back" in d.lines()[-1]

    drive(act, size=size)


@pytest.mark.slow
def test_the_grid_survives_resizing(drive):
    drive(lambda d: d.storm(1), permits=0)


def test_help_lists_the_keys_and_escape_goes_back(drive):
    async def act(d):
        await d.press("question_mark")
        assert isinstance(d.screen, HelpScreen)
        await d.assert_help_shows(GRID_KEYS)
        await d.press("escape")
        assert d.screen is d.top
        await d.press("escape")
        assert d.app.results == [None]

    drive(act)


def test_q_quits(drive):
    async def act(d):
        await d.press("q")

    assert drive(act).return_code == 0


def test_an_error_in_the_thread_is_shown_on_the_screen(drive):
    async def act(d):
        await done(d)
        d.sampler.fail_at = 3
        await d.press("n")
        await d.until(lambda: d.top.state is State.FAILED)
        assert "stopped: the pixels ran out" in d.text()
        d.sampler.fail_at = None
        await d.press("space")
        await done(d)

    drive(act)


def test_without_a_classifier_the_grid_is_shown(drive_screen, make_options):
    options = make_options()

    def make(bridge, belief):
        belief.probabilities = lambda *_: None
        return GridScreen(options, bridge, belief, 7)

    async def act(d):
        await done(d)
        assert "%" not in d.text()
        assert "seed 7: Enter opens it" in d.text()

    drive_screen(act, make)


def test_messages_about_a_recording_stand_in_the_footer_and_cover_nothing(drive):
    async def act(d):
        await d.until(lambda: d.top.state is State.DONE)
        above = d.lines()[:-1]
        d.app.live_recording._tell("recorded 3 s: diffviz play diffviz-7.cast")
        await d.pilot.pause()
        assert "recorded 3 s: diffviz play diffviz-7.cast" in d.lines()[-1]
        assert d.lines()[:-1] == above
        d.top.query_one("#footer", Footer).clear_notice()
        await d.pilot.pause()
        assert "? help" in d.lines()[-1]

    drive(act)


def test_a_phase_that_is_not_reached_is_told(drive):
    async def act(d):
        await d.until(lambda: d.ts == [1000])
        await d.press("3")
        assert "lock-in begins at t = 400: not reached yet" in d.lines()[-1]
        assert d.top.cursor.live
        d.sampler.allow_all()
        await d.until(lambda: d.top.state is State.DONE)
        await d.press("3")
        assert d.top.shown.t <= 400
        assert not d.top.cursor.live

    drive(act, permits=1)


@pytest.mark.parametrize(("steps", "rate"), [(4, 1 / 0.8), (5, 100.0)])
def test_few_steps_are_sampled_slowly_enough_to_be_seen(
    drive_screen, make_options, monkeypatch, steps, rate
):
    rates = []
    monkeypatch.setattr(ThreadDriver, "set_speed", lambda _, speed: rates.append(speed))
    options = make_options(steps=steps, speed=100.0)

    async def act(d):
        await d.until(lambda: d.top.state is State.DONE)
        assert set(rates) == {rate}

    drive_screen(act, lambda b, belief: GridScreen(options, b, belief, 7))
