"""The run screen's dials: noise, sampler, weights, explanations, commands."""

import pytest

from diffviz.core.errors import DiffvizError
from diffviz.tui.keys import State
from diffviz.tui.widgets.canvas import Canvas


@pytest.mark.slow
@pytest.mark.parametrize("keys", [[], ["left", "left"], ["home", "space"], ["tab"]])
def test_every_mode_survives_resizing(drive, keys):
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


def test_the_noise_dial_applies_to_the_current_run(drive):
    async def act(d):
        await d.until_t(778)
        await d.press(*["left_square_bracket"] * 3)
        assert d.value("noise") == "0.7"
        d.sampler.allow_all()
        await d.until(lambda: d.screen.state is State.DONE)
        assert d.sampler.asked[-1]["noise_scale"] == 0.7
        assert d.sampler.asked[-1]["start"][0] >= 2, "from where it was"
        await d.press(*["right_square_bracket"] * 9)
        assert d.screen.session.spec.noise == 1.0
        await d.press(*["left_square_bracket"] * 12)
        await d.press("n")
        await d.until(lambda: d.screen.state is State.DONE)
        assert d.value("noise") == "0.0"
        assert d.sampler.asked[-1]["noise_scale"] == 0.0, "and for later runs"

    drive(act, permits=3, size=(100, 30))


def test_the_message_of_a_dial_stays_for_a_while_although_frames_arrive(drive):
    async def act(d):
        await d.until_t(778)
        await d.press("left_square_bracket")
        d.sampler.allow(1)
        await d.until_t(667)
        assert "injected noise: 90% from the next step on" in d.text()
        assert "ddpm 10 steps, noise 0.9" in d.lines()[0], "that stays"
        await d.press("minus")
        assert "steps/s" in d.at("phase")
        for _ in range(60):
            d.screen.pull()
        await d.until(lambda: "● static  t 1000-600" in d.text())
        await d.press("plus")
        assert "speed: " in d.text()
        await d.press("left")
        assert "● static  t 1000-600" in d.text(), "what is looked at goes before"

    drive(act, permits=3)


def test_the_footer_offers_other_panels_only_where_there_are_some(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        assert "Tab panels" not in d.lines()[-1]
        await d.pilot.resize_terminal(160, 40)
        await d.until(lambda: "Tab panels" in d.lines()[-1])

    drive(act, size=(210, 60))


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40), (200, 60), (230, 60)])
def test_e_shows_explanations_in_a_panel(drive, size):
    async def act(d):
        await d.until(lambda: d.screen.query_one("#x0", Canvas).image is not None)
        await d.press("e")
        await d.until(lambda: "explained: static" in d.text())
        assert d.app.screen is d.screen
        assert "x_t = √ᾱ·x_0 +" in d.text()
        assert "/√α" in d.text(), "what one step does"
        assert "at t=" in d.text(), "and the numbers of this one"
        d.sampler.allow_all()
        await d.until(lambda: "explained: refinement" in d.text())
        await d.press("e")
        await d.pilot.pause()
        assert "explained" not in d.text()

    drive(act, size=size, permits=3)


def test_e_shows_explanations_on_a_screen_where_there_is_no_room(drive):
    async def act(d):
        await d.until_t(778)
        await d.press("e")
        assert "explained: static" in d.text()
        assert d.app.screen is not d.screen
        for size in [(40, 20), (230, 60), (40, 12), (70, 24)]:
            await d.pilot.resize_terminal(*size)
            await d.pilot.pause()
        d.sampler.allow_all()
        await d.until(lambda: "explained: refinement" in d.text())  # it follows the run
        await d.press("e")
        assert d.app.screen is d.screen

    drive(act, permits=3, size=(70, 24))


def test_weights_that_fail_later_show_an_error_in_the_app(drive, make_sampler, monkeypatch):
    monkeypatch.setattr("diffviz.tui.session.session.bundled_names", lambda: ["damaged", "toy"])
    sampler = make_sampler()

    def load(weights):
        if weights == "damaged":
            raise DiffvizError("damaged.safetensors is cut short")
        return sampler

    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        await d.press("w", "1")
        await d.until(lambda: d.screen.state is State.FAILED)
        assert "stopped: damaged.safetensors is cut short" in d.text()
        assert "space try again" in d.footer()
        assert not d.app._exit

    drive(act, sampler=load)
