"""The run screen, driven by keys, with a sampler that waits for permits."""

import numpy as np
import pytest

from diffviz.core.errors import DiffvizError
from diffviz.core.noise import NoiseStream
from diffviz.core.pictures import to_grey
from diffviz.tui.app import RunApp
from diffviz.tui.keys import KEYS, State
from diffviz.tui.layout import plan
from diffviz.tui.messages import Frame
from diffviz.tui.screens.help import HelpScreen
from diffviz.tui.widgets.canvas import Canvas
from diffviz.tui.widgets.chart import Chart


def test_the_noise_is_shown_before_the_weights_are_loaded(drive, noise_picture, make_sampler):
    import threading

    loaded = threading.Event()
    sampler = make_sampler(permits=0)

    def slow(weights):
        loaded.wait(20)
        return sampler

    async def act(d):
        await d.until(lambda: "loading weights…" in d.text())
        assert np.array_equal(d.screen.query_one("#xt", Canvas).image, noise_picture)
        assert d.screen.query_one("#x0", Canvas).image is None
        assert d.screen.state is State.LOADING
        assert "seed 7" in d.lines()[0]
        loaded.set()
        await d.until(lambda: d.screen.state is State.PLAYING)
        assert "1,234 parameters" in d.lines()[0]
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
        assert "P(digit | x0_hat)" in d.at("belief")
        assert "0.82" in d.at("belief")
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


def test_a_whole_run_passes_the_phases_and_says_when_it_is_done(drive):
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
        assert "done: seed 7 in 0." in d.text()
        assert "space replays, n next seed" in d.text()
        assert "x_0  the finished digit" in d.text()
        assert d.value("t") == "0"
        assert d.value("SNR") == "∞ dB"
        await d.press("tab")
        assert d.value("step") == "10/10"
        assert d.value("eta") == "0.0 s"
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


def test_space_at_the_end_plays_what_was_seen_once_more(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        d.screen.set_speed(20.0)
        await d.press("space")
        assert d.screen.shown_state is State.REPLAY
        assert "looking back, t" in d.lines()[0]
        await d.until(lambda: d.screen.session.live)
        assert "done: seed 7" in d.text()
        assert d.sampler.started == [7], "nothing was sampled again"

    drive(act)


def test_speed_keys(drive):
    async def act(d):
        await d.until_t(1000)
        await d.press("tab")
        assert d.value("speed") == "100 /s"
        for key, shown in [("plus", "200 /s"), ("equals_sign", "500 /s"), ("plus", "1000 /s")]:
            await d.press(key)
            assert d.value("speed") == shown
        await d.press("plus")
        assert d.value("speed") == "max"
        assert d.screen.bridge._speed is None
        await d.press("plus", "minus")
        assert d.value("speed").endswith("/s")
        await d.press(*["minus"] * 12)
        assert d.value("speed") == "1 /s"
        assert d.screen.bridge._speed == 1

    drive(act, permits=1, speed=100.0)


def test_help_lists_every_key_and_closes(drive):
    async def act(d):
        await d.until_t(1000)
        for close in ("question_mark", "escape", "space"):
            await d.press("question_mark")
            assert isinstance(d.app.screen, HelpScreen)
            for key in (key for key in KEYS if key.help):
                assert any(key.shown in line and key.help in line for line in d.lines())
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
def test_leaving(drive, keys, code):
    async def act(d):
        await d.until_t(1000)
        await d.press(*keys)

    assert drive(act, permits=1).return_code == code


def test_every_key_of_the_table_has_an_action():
    from diffviz.tui.screens.run import RunScreen

    for key in KEYS:
        in_app = key.action == "interrupt" or key.action.startswith("app.")
        owner = RunApp if in_app else RunScreen
        name = key.action.removeprefix("app.").partition("(")[0]
        assert callable(getattr(owner, f"action_{name}"))
        bound = [*owner.BINDINGS, *RunScreen.BINDINGS]
        assert (key.names, key.action) in {(b.key, b.action) for b in bound}  # type: ignore


def test_footer_can_be_clicked(drive):
    async def act(d):
        await d.until_t(1000)
        await d.pilot.click(offset=(d.footer().index("pause"), 23))
        await d.until(lambda: d.screen.state is State.PAUSED)

    drive(act, permits=1)


def test_resizing_at_any_moment(drive):
    async def act(d):
        sizes = [(200, 60), (30, 8), (80, 24), (40, 20), (1, 1), (120, 40), (61, 22), (200, 60)]
        for size in sizes:
            d.sampler.allow(1)
            await d.pilot.resize_terminal(*size)
            await d.pilot.pause()
            made = plan(*size)
            assert len(d.lines()) == size[1]
            if made.scale:
                assert d.screen.query_one("#xt", Canvas).size == made.regions["xt"].size
                assert "x_t" in d.text()
        d.sampler.allow_all()
        await d.until(lambda: d.screen.state is State.DONE)
        assert d.sampler.started == [7], "sampling went on through all of it"

    drive(act, size=(200, 60), permits=0)


def test_too_small_a_terminal_says_so_and_recovers(drive):
    async def act(d):
        await d.pilot.resize_terminal(39, 12)
        await d.pilot.pause()
        words = d.text().split()
        assert " ".join(words) == "diffviz needs 40x20, this is 39x12"
        d.sampler.allow_all()
        await d.until(lambda: d.screen.state is State.DONE)
        await d.pilot.resize_terminal(80, 24)
        await d.pilot.pause()
        assert "needs" not in d.text()
        assert d.value("t") == "0"

    drive(act, permits=1)


@pytest.mark.parametrize("size", [(40, 20), (40, 24), (55, 20), (62, 20), (62, 22), (79, 24)])
def test_small_terminals_still_tell_t(drive, size):
    async def act(d):
        await d.until(
            lambda: (
                "1000   SNR" in d.text()
                or "t             1000" in d.text()
                or "t 1000  " in d.text()
            )
        )
        assert "x_t" in d.text()
        assert "quit" in d.footer()

    drive(act, size=size, permits=1)


def test_losses_reach_the_chart(drive, monkeypatch):
    monkeypatch.setattr("diffviz.tui.bridge.losses_of", lambda weights: [0.22, 0.1, 0.06])

    async def act(d):
        await d.until(lambda: d.screen.query_one("#loss", Chart).values == (0.22, 0.1, 0.06))
        await d.press("tab")
        await d.until(lambda: "0.220 → 0.060" in d.text())
        assert "epoch 3" in d.text()

    drive(act, permits=1)


def test_missing_weights_end_the_app_with_the_reason(drive):
    def refuse(weights):
        raise DiffvizError("no weights 'toy'")

    async def act(d):
        await d.until(lambda: d.app._exit)

    app = drive(act, sampler=refuse)
    assert app.return_code == 1
    assert app.return_value == "no weights 'toy'"


def test_a_failure_during_a_run_is_told_and_can_be_got_over(drive, make_sampler):
    sampler = make_sampler(fail_at=4)

    async def act(d):
        await d.until(lambda: d.screen.state is State.FAILED)
        assert "stopped: the pixels ran out" in d.text()
        assert "space try again" in d.footer()
        sampler.fail_at = None
        await d.press("space")
        await d.until(lambda: d.screen.state is State.DONE)

    drive(act, sampler=sampler)


def test_wide_names_and_control_characters_in_names_do_no_harm(drive, make_sampler):
    sampler = make_sampler(permits=1)
    sampler.weights.name = "漢字\x1b[31m" * 20

    async def act(d):
        await d.until_t(1000)
        assert {
            len(strip) and strip.cell_length for strip in d.app.screen._compositor.render_strips()
        } == {80}
        assert "\x1b" not in d.text()

    drive(act, sampler=sampler)


async def at_t(d, t: int) -> None:
    await d.until(lambda: d.value("t") == str(t))


def test_scrubbing_while_sampling_goes_on(drive):
    async def act(d):
        await d.until_t(556)
        asked = d.sampler.started.copy()
        await d.press("left")
        await at_t(d, 667)
        assert d.screen.shown_state is State.BACK
        assert "◀ looking back, t  667" in d.lines()[0]
        assert "End live" in d.footer()
        picture = d.screen.query_one("#xt", Canvas).image
        assert np.array_equal(picture, to_grey(d.sampler.picture(7, 667)))
        d.sampler.allow(2)  # sampling goes on
        await d.until(lambda: d.screen.session.history.last == 6)
        assert d.value("t") == "667", "what is looked at stays"
        await d.press("comma", "full_stop", "full_stop")
        await at_t(d, 556)
        await d.press("home")
        await at_t(d, 1000)
        await d.press("shift+right")
        assert d.screen.session.live, "ten further on is past the newest"
        await d.press("shift+left")
        await at_t(d, 1000)
        await d.press("end")
        await at_t(d, 334)
        assert "● live" in d.lines()[0]
        assert d.sampler.started == asked, "nothing was sampled again"
        d.sampler.allow_all()
        await d.until(lambda: d.screen.state is State.DONE)

    drive(act, permits=5)


def test_pictures_are_those_of_their_steps_at_every_place(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        seen = []
        for _ in range(10):
            await d.press("left")
            step = d.screen.session.step()
            seen.append(step.t)
            image = d.screen.query_one("#xt", Canvas).image
            assert np.array_equal(image, to_grey(d.sampler.picture(7, step.t)))
            eps = d.screen.query_one("#eps", Canvas).image
            assert np.array_equal(eps, to_grey(step.eps[0] * 0.5))
        assert seen == [1, 112, 223, 334, 445, 556, 667, 778, 889, 1000]

    drive(act)


def test_space_back_in_time_plays_to_the_live_edge(drive):
    async def act(d):
        await d.until_t(112)
        d.screen.set_speed(1.0)
        await d.press("home", "space")
        assert d.screen.shown_state is State.REPLAY
        assert "▶ looking back" in d.lines()[0]
        await d.press("space")
        assert d.screen.shown_state is State.BACK
        d.screen.set_speed(None)
        await d.press("space")
        await d.until(lambda: d.screen.session.live)
        assert d.screen.state is State.PLAYING, "sampling was never paused"

    drive(act, permits=9)


def test_replay_keeps_the_chosen_speed(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        session = d.screen.session
        session.look(0)
        session.replaying = True
        session.advance(30.0, 0.1)
        assert session.index == 3
        session.advance(10.0, 0.05)
        session.advance(10.0, 0.05)
        assert session.index == 4
        session.advance(None, 10.0)
        assert session.live

    drive(act)


def test_phase_keys_go_to_what_was_seen_or_to_the_newest(drive):
    async def act(d):
        await d.until_t(334)
        for key, t in [("1", 1000), ("2", 556), ("3", 334), ("4", 334)]:
            await d.press(key)
            await at_t(d, t)
        assert d.screen.session.live, "refinement is still to come"
        await d.press("2")
        assert not d.screen.session.live

    drive(act, permits=7)


def test_mouse_on_the_timeline(drive):
    async def act(d):
        await d.until_t(334)
        region = d.screen.plan(80, 24).regions["timeline"]
        await d.pilot.click("#timeline", offset=(0, 1))
        await at_t(d, 1000)
        await d.pilot.mouse_down("#timeline", offset=(round(region.width * 0.32), 1))
        await at_t(d, 667)
        await d.pilot.hover("#timeline", offset=(round(region.width * 0.45), 1))
        await at_t(d, 445)
        await d.pilot.mouse_up("#timeline", offset=(region.width - 1, 1))
        assert d.app.mouse_captured is None
        await d.pilot.click("#timeline", offset=(region.width - 1, 1))
        assert d.screen.session.live

    drive(act, permits=7)


def test_tab_goes_through_the_panels_and_around(drive):
    async def act(d):
        await d.until_t(1000)
        seen = []
        for _ in range(5):
            seen.append({w.id for w in d.screen.children if w.region.area})
            await d.press("tab")
        assert seen[0] == seen[4]
        assert "belief" in seen[0]
        assert "loss" in seen[1]
        assert "schedule" in seen[2]
        assert "eps" in seen[3]

    drive(act, permits=1)


def test_belief_is_asked_for_what_is_drawn_only(drive, judge):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        before = judge.asked
        await d.press("left", "right", "left")
        await d.pilot.pause()
        assert judge.asked <= before + 1, "answers are kept"
        assert "0.82" in d.at("belief")

    drive(act, steps=1000)


@pytest.mark.parametrize("keys", [[], ["left", "left"], ["home", "space"], ["tab"]])
def test_resize_storm_in_every_mode(drive, keys):
    async def act(d):
        await d.until_t(667)
        await d.press(*keys)
        for size in [(230, 60), (40, 12), (80, 24), (120, 40), (40, 20), (200, 60), (230, 60)]:
            await d.pilot.resize_terminal(*size)
            await d.pilot.pause()
            assert len(d.lines()) == size[1]
            for region in (w.region for w in d.screen.children if w.region.area):
                assert d.screen.region.contains_region(region)
        assert "x_t" in d.text()
        assert "diffviz" in d.lines()[0]

    drive(act, size=(230, 60), permits=4)


def test_the_noise_dial_is_live(drive):
    async def act(d):
        await d.until_t(778)
        await d.press(*["left_square_bracket"] * 3)
        assert d.value("noise") == "0.7"
        d.sampler.allow_all()
        await d.until(lambda: d.screen.state is State.DONE)
        assert d.sampler.asked[-1]["noise_scale"] == 0.7
        assert d.sampler.asked[-1]["start"][0] >= 2, "from where it was"
        await d.press(*["right_square_bracket"] * 9)
        assert d.value("noise") == "1.0"
        await d.press(*["left_square_bracket"] * 12)
        assert d.value("noise") == "0.0"
        await d.press("n")
        await d.until(lambda: d.screen.state is State.DONE)
        assert d.sampler.asked[-1]["noise_scale"] == 0.0, "and for later runs"

    drive(act, permits=3, size=(100, 30))


def test_m_goes_through_the_samplers_with_the_same_seed(drive):
    async def act(d):
        for sampler, steps in [
            ("ddim", 50),
            ("dpmpp-2m", 20),
            ("dpmpp-2m-sde", 20),
            ("ddpm", 10),
        ]:
            await d.until(lambda: d.screen.state is State.DONE)
            await d.press("m")
            await d.until(lambda: d.screen.state is State.DONE)
            assert d.sampler.asked[-1]["sampler"] == sampler
            assert f"{sampler} {steps} steps" in d.lines()[0]
        assert set(d.sampler.started) == {7}

    drive(act, size=(120, 40))


def test_w_goes_through_the_bundled_weights(drive, monkeypatch):
    monkeypatch.setattr(
        "diffviz.tui.screens.run_actions.bundled_names", lambda: ["default", "reference"]
    )

    async def act(d):
        loaded = []
        await d.until(lambda: d.screen.state is State.DONE)
        for _ in range(3):
            await d.press("w")
            await d.until(lambda: d.screen.state is State.DONE)
            loaded.append(d.screen.session.recipe.weights)
        assert loaded == ["default", "reference", "default"]

    drive(act)


@pytest.mark.parametrize("size", [(100, 30), (120, 40), (200, 60), (230, 60)])
def test_explanations_beside_the_run(drive, size):
    async def act(d):
        await d.until(lambda: d.screen.query_one("#x0", Canvas).image is not None)
        await d.press("e")
        await d.until(lambda: "explained: static" in d.text())
        assert d.app.screen is d.screen
        assert "x_t = √ᾱ · x_0 + √(1−ᾱ)" in d.text()
        d.sampler.allow_all()
        await d.until(lambda: "explained: refinement" in d.text())
        await d.press("e")
        await d.pilot.pause()
        assert "explained" not in d.text()

    drive(act, size=size, permits=3)


def test_explanations_over_the_run_where_there_is_no_room(drive):
    async def act(d):
        await d.until_t(778)
        await d.press("e")
        assert "explained: static" in d.text()
        assert d.app.screen is not d.screen
        for size in [(40, 20), (230, 60), (40, 12), (80, 24)]:
            await d.pilot.resize_terminal(*size)
            await d.pilot.pause()
        await d.press("e")
        assert d.app.screen is d.screen

    drive(act, permits=3)


def test_the_command_palette_has_every_action(drive):
    async def act(d):
        from diffviz.tui.commands import KeyCommands

        await d.until(lambda: d.screen.state is State.DONE)
        offered = {key.action for key, _, _ in KeyCommands(d.screen)._commands()}
        assert offered == {key.action for key in KEYS} - {"interrupt"}
        await d.press("ctrl+p")
        for letter in "to the noise":
            await d.press("space" if letter == " " else letter)
        await d.until(lambda: "to the noise" in d.text())
        await d.press("enter")
        await d.until(lambda: d.app.screen is d.screen and not d.screen.session.live)
        assert d.screen.session.index == 0

    drive(act)


def test_weights_that_fail_later_are_told_in_the_app(drive, make_sampler, monkeypatch):
    monkeypatch.setattr("diffviz.tui.screens.run_actions.bundled_names", lambda: ["damaged"])
    sampler = make_sampler()

    def load(weights):
        if weights == "damaged":
            raise DiffvizError("damaged.safetensors is cut short")
        return sampler

    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        await d.press("w")
        await d.until(lambda: d.screen.state is State.FAILED)
        assert "stopped: damaged.safetensors is cut short" in d.text()
        assert "space try again" in d.footer()
        assert not d.app._exit

    drive(act, sampler=load)
