"""The run screen from the noise to the finished digit, and its basic keys."""

import numpy as np
import pytest

from diffviz.core.noise import NoiseStream
from diffviz.core.pictures import to_grey
from diffviz.tui.keys import Pace, State
from diffviz.tui.screens.help_screen import HelpScreen
from diffviz.tui.screens.run.run_keys import RUN_KEYS
from diffviz.tui.widgets.canvas import Canvas
from diffviz.tui.worker.messages import Frame


def test_the_noise_is_shown_before_the_weights_are_loaded(drive, noise_picture, make_sampler):
    import threading

    loaded = threading.Event()
    sampler = make_sampler(permits=0)

    def slow(weights):
        loaded.wait(20)
        return sampler

    async def act(d):
        canvas = d.screen.query_one("#xt", Canvas)
        await d.until(lambda: "loading weights ..." in d.text() and canvas.image is not None)
        assert np.array_equal(canvas.image, noise_picture)
        assert d.screen.query_one("#x0", Canvas).image is None
        assert d.screen.state is State.LOADING
        assert "seed 7" in d.lines()[0]
        loaded.set()
        await d.until(lambda: d.screen.state is State.PLAYING)
        assert "cpu" in d.lines()[0]
        sampler.allow(1)
        await d.until_t(1000)
        assert "loading" not in d.text()
        sampler.allow_all()

    drive(act, sampler=slow)


def test_a_frame_shows_its_pictures_and_numbers(drive):
    async def act(d):
        await d.until_t(778)
        xt, x0 = d.screen.query_one("#xt", Canvas), d.screen.query_one("#x0", Canvas)
        x_t = d.sampler.picture(7, 778)
        assert np.array_equal(xt.image, to_grey(x_t))
        assert np.array_equal(x0.image, to_grey(-x_t))
        assert d.at("belief").startswith("belief")
        assert "82%" in d.at("belief")
        await d.press("tab")
        assert d.value("alpha_bar") == "0.0022"
        assert d.value("SNR") == "-26.6 dB"
        assert d.value("step") == "2/10"
        assert d.value("speed") == "max"
        assert d.value("noise") == "1.0"
        assert "seed 7   ● live" in d.lines()[0]
        assert "toy raw" in d.lines()[0]
        assert "ddpm 10 steps" in d.lines()[0]
        assert "static  t 1000-600" in d.text()

    drive(act, permits=3)


def test_a_whole_run_shows_every_phase_and_its_end(drive):
    async def act(d):
        await d.until_t(1000)
        for t, label in [(1000, "static"), (445, "blob"), (334, "lock-in"), (1, "refinement")]:
            while d.value("t") != str(t):
                before = d.value("t")
                d.sampler.allow(1)
                await d.until(lambda before=before: d.value("t") != before)
            assert f"● {label}  t " in d.text()
        d.sampler.allow(1)
        await d.until(lambda: d.screen.state is State.DONE)
        assert "done: a 9 (82%)" in d.text()
        assert "space: replay, n: next seed, b: branch" in d.text()
        assert "x_0  the finished digit" in d.text()
        assert d.value("t") == "0"
        assert d.value("SNR") == "inf dB"
        await d.press("tab")
        assert d.value("step") == "10/10"
        assert d.value("left") == "0.0 s"
        assert "space replay" in d.footer()

    drive(act, permits=1)


def test_space_pauses_and_arrow_steps(drive):
    async def act(d):
        await d.until_t(778)
        await d.press("space")
        d.sampler.allow(1)  # this one was asked for before the pause
        await d.until_t(667)
        assert d.screen.state is State.PAUSED
        assert "paused at t 667" in d.text()
        assert "space play " in d.footer()
        assert "← → scrub" in d.footer()
        d.sampler.allow(100)
        await d.press("right")
        await d.until_t(556)
        await d.press("right", "right")
        await d.until_t(334)
        assert d.screen.state is State.PAUSED
        await d.press("space")
        await d.until(lambda: d.screen.state is State.DONE)

    drive(act, permits=3)


def test_arrow_pauses_while_playing(drive):
    async def act(d):
        await d.until_t(1000)
        await d.press("right")
        assert d.screen.state is State.PAUSED
        assert d.value("t") == "1000"

    drive(act, permits=1)


def test_n_plays_the_next_seed_from_its_noise(drive):
    async def act(d):
        await d.until_t(778)
        await d.press("space", "n")
        assert "seed 8" in d.lines()[0]
        assert d.value("t") == "1000"
        assert d.value("steps/s") == "–"
        assert d.screen.query_one("#x0", Canvas).image is None
        noise = to_grey(NoiseStream(8).draw(0))
        assert np.array_equal(d.screen.query_one("#xt", Canvas).image, noise)
        assert "seed 8" in d.lines()[0]
        d.sampler.allow(2)
        await d.until_t(1000)
        picture = d.screen.query_one("#xt", Canvas).image
        assert np.array_equal(picture, to_grey(d.sampler.picture(8, 1000)))
        assert d.screen.state is State.PLAYING
        assert d.sampler.started == [7, 8]

    drive(act, permits=3)


def test_a_late_frame_of_the_seed_before_is_not_shown(drive):
    async def act(d):
        await d.until_t(778)
        await d.press("space", "tab")
        step = next(type(d.sampler)().sample([6], 10))
        rate = d.value("steps/s")
        d.screen.bridge.mailbox.put(
            Frame(d.screen.session.run - 1, (step,), (1,), (0.0,), 999.0, 0.0)
        )
        d.screen.pull(measured=True)
        await d.pilot.pause()
        assert d.value("t") == "778"
        assert d.value("steps/s") == rate

    drive(act, permits=3)


def test_the_seed_after_the_last_is_0(drive):
    async def act(d):
        await d.press("n")
        await d.until(lambda: d.screen.state is State.DONE)
        assert "seed 0 " in d.lines()[0]

    drive(act, seed=2**64 - 1)


def test_space_at_the_end_replays_the_run(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        d.screen.dials.set_pace(Pace(20.0))
        await d.press("space")
        assert d.screen.status.shown is State.REPLAY
        assert "replay, t" in d.lines()[0]
        await d.until(lambda: d.screen.session.live)
        assert "done: a 9 (82%)" in d.text()
        assert d.sampler.started == [7], "nothing was sampled again"

    drive(act)


def test_speed_keys_change_the_speed(drive):
    async def act(d):
        await d.until_t(1000)
        await d.press("tab")
        assert d.value("speed") == "100 /s"
        for key, shown in [("plus", "200 /s"), ("equals_sign", "500 /s"), ("plus", "1000 /s")]:
            await d.press(key)
            assert d.value("speed") == shown
        await d.press("plus")
        assert d.value("speed") == "max"
        assert d.screen.bridge.driver._speed is None
        await d.press("plus", "minus")
        assert d.value("speed").endswith("/s")
        await d.press(*["minus"] * 12)
        assert d.value("speed") == "1 /s"
        assert d.screen.bridge.driver._speed == 1

    drive(act, permits=1, speed=100.0)


def test_a_few_steps_take_as_long_as_a_thousand(drive):
    async def act(d):
        await d.until_t(1000)
        driver, session = d.screen.bridge.driver, d.screen.session
        assert driver._speed == 1
        await d.press("tab")
        assert d.value("speed") == "10 s"
        await d.press("plus")
        assert d.value("speed") == "5 s"
        assert driver._speed == 2
        assert "speed: 5 s for the whole way" in d.text()
        await d.press("p")
        assert "slow from t = 700 to 150" in d.text()
        assert d.value("speed") == "5 s, uneven"
        await d.press("p")
        session.change(sampler="sa-solver")
        d.screen.begin()
        assert driver._speed == session.spec.total / 5

    drive(act, permits=1, speed=100.0, length=10.0)


def test_an_uneven_run_slows_down_where_the_digit_gets_decided(drive):
    async def act(d):
        await d.until_t(1000)
        driver = d.screen.bridge.driver
        fast = driver._speed
        d.sampler.allow(4)
        await d.until_t(556)
        assert driver._speed < 10 / 0.01 < fast
        d.sampler.allow(4)
        await d.until_t(112)
        assert driver._speed > 10 / 0.01

    drive(act, permits=1, length=0.01, uneven=True)


def test_other_screens_keep_their_steps_a_second(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        driver = d.screen.bridge.driver
        await d.press("g")
        assert driver._speed == 1000 / 0.02, "of each lane"
        await d.press("escape", "n")
        assert driver._speed == 10 / 0.02

    drive(act, length=0.02)


def test_help_lists_every_key_and_closes(drive):
    async def act(d):
        await d.until_t(1000)
        for close in ("question_mark", "escape", "space"):
            await d.press("question_mark")
            assert isinstance(d.app.screen, HelpScreen)
            await d.assert_help_shows(RUN_KEYS)
            await d.press(close)
            assert d.app.screen is d.screen
        assert d.screen.state is State.PLAYING, "space closed the help and did nothing else"

    drive(act, permits=1)


def test_the_run_goes_on_behind_the_help(drive):
    async def act(d):
        await d.until_t(1000)
        await d.press("question_mark")
        d.sampler.allow_all()
        await d.until(lambda: d.screen.state is State.DONE)
        assert isinstance(d.app.screen, HelpScreen)
        await d.press("escape")
        assert d.value("t") == "0"

    drive(act, permits=1)


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        (["q"], 0),
        (["ctrl+c"], 130),
        (["question_mark", "q"], 0),
        (["question_mark", "ctrl+c"], 130),
    ],
)
def test_keys_leave_with_their_exit_status(drive, keys, code):
    async def act(d):
        await d.until_t(1000)
        await d.press(*keys)

    assert drive(act, permits=1).return_code == code
