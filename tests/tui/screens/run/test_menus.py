"""Menus of samplers and weights: a number, Enter or a click chooses; Esc leaves all as it was."""

import pytest

from diffviz.core.names import SAMPLER_INFO
from diffviz.tui.keys import State
from diffviz.tui.screens.menu import MenuScreen


async def done(d) -> None:
    await d.until(lambda: d.app.screen is d.screen and d.screen.state is State.DONE)
    await d.pilot.pause()


def test_a_number_chooses_a_sampler_for_the_same_seed(drive):
    async def act(d):
        await done(d)
        for number, info in reversed(list(enumerate(SAMPLER_INFO.values(), 1))):
            await d.press("m", str(number))
            await done(d)
            steps = 10 if info.name == "ddpm" else info.default_steps
            assert d.sampler.asked[-1]["sampler"] == info.name
            assert f"{info.name} {steps} steps" in d.lines()[0], "flags count for their sampler"
        assert set(d.sampler.started) == {7}

    drive(act, size=(120, 40))


@pytest.mark.parametrize("size", [(40, 20), (60, 20), (80, 24), (120, 40), (230, 60)])
def test_the_menu_says_what_each_sampler_is(drive, size):
    async def act(d):
        await done(d)
        await d.press("m")
        seen = ""
        for _ in SAMPLER_INFO:
            seen += " " + " ".join(d.text().replace("│", " ").split())
            await d.press("down")
        for info in SAMPLER_INFO.values():
            assert info.name in seen
            assert set(info.about.split()) <= set(seen.split()), info
        assert "ddim 10 steps" not in seen, "those steps were meant for ddpm"

    drive(act, size=size)


@pytest.mark.parametrize("key", ["escape", "q"])
def test_leaving_the_menu_changes_nothing(drive, key):
    async def act(d):
        await done(d)
        await d.press("m", "down", "down", key)
        assert d.app.screen is d.screen
        await d.pilot.pause()
        assert d.screen.session.spec.sampler == "ddpm"
        assert d.sampler.started == [7]

    drive(act)


def test_the_one_in_use_is_selected_and_choosing_it_samples_nothing(drive):
    async def act(d):
        await done(d)
        await d.press("m")
        assert "1 ● ddpm" in d.text()
        await d.press("enter")
        await done(d)
        assert d.sampler.started == [7]
        await d.press("m", "m", "enter")
        await done(d)
        assert d.screen.session.spec.sampler == "ddim", "the key again selects the next"
        await d.press("m")
        assert "2 ● ddim" in d.text()

    drive(act)


def test_a_click_and_the_wheel_choose_too(drive):
    async def act(d):
        await done(d)
        await d.press("m")
        menu = d.app.screen
        menu.on_mouse_scroll_down()
        assert menu.box.selected == 1
        menu.on_mouse_scroll_up()
        menu.on_mouse_scroll_up()
        assert menu.box.selected == 0, "the wheel doesn't go around"
        lines = d.lines()
        y = next(y for y, line in enumerate(lines) if "sa-solver" in line)
        assert await d.pilot.click(offset=(lines[y].index("sa-solver"), y))
        await done(d)
        assert d.screen.session.spec.sampler == "sa-solver"
        await d.press("m")
        assert await d.pilot.click(offset=(0, 0))
        await d.until(lambda: d.app.screen is d.screen)

    drive(act)


def test_weights_are_chosen_with_what_their_cards_say(drive):
    async def act(d):
        await done(d)
        await d.press("w")
        assert isinstance(d.app.screen, MenuScreen)
        text = d.text()
        assert "1 ● toy" in text, "the ones that the command named"
        assert "learnt from film-59" in text
        assert "earlier default, after 15 epochs; film-unet" in text
        assert "reference-unet, 15 epochs, loss 0.0704" in text
        await d.press("2")
        await done(d)
        assert d.screen.session.weights == "default"
        await d.press("w", "1")
        await done(d)
        assert d.screen.session.weights == "toy"

    drive(act, size=(120, 40))


def test_without_other_weights_a_notice_says_so(drive, monkeypatch):
    monkeypatch.setattr("diffviz.tui.session.session.bundled_names", lambda: [])

    async def act(d):
        await done(d)
        await d.press("w")
        assert "no other weights" in d.text()

    drive(act)
