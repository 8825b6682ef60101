"""The command palette: verbs and keys, found by other words too, and a line where nothing fits."""

import re

import pytest

from diffviz.tui.command_palette import Palette, matching
from diffviz.tui.keys import State
from diffviz.tui.screens.run.run_keys import RUN_KEYS

SIZES = [(40, 20), (80, 24), (230, 60)]


def first(words: str) -> str:
    """Return the action that Enter executes after ``words``."""
    found = matching(RUN_KEYS, words)
    return found[0].action if found else ""


@pytest.mark.parametrize(
    ("words", "action"),
    [
        ("save picture", "save"),
        ("screenshot", "save"),
        ("quit", "quit"),
        ("exit", "quit"),
        ("slow", "uneven"),
        ("slower", "speed(False)"),
        ("help", "help"),
        ("shortcuts", "help"),
        ("grid", "app.grid"),
        ("jump", "first"),
        ("clipboard", "copy"),
        ("solver", "sampler"),
        ("model", "weights"),
        ("fullscreen", "zoom"),
        ("colors", "app.change_theme"),
        ("phase 3", "phase(3)"),
        ("PREVIOUS seed", "next_seed(-1)"),
        ("m", "sampler"),
        ("ctrl+z", "app.suspend_process"),
    ],
)
def test_words_find_what_people_mean(words, action):
    actions = [key.action for key in matching(RUN_KEYS, words)]
    assert action in actions[:8], actions


def test_noise_finds_the_dial_and_a_name_goes_before_other_words(drive):
    actions = [key.action for key in matching(RUN_KEYS, "noise")]
    assert {"noise(-1)", "noise(1)"} <= set(actions)
    assert first("redo") == "redo"
    assert first("quit") == "quit"


def test_nothing_that_fits_is_said(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        await d.press("ctrl+p", *"xyzzy")
        assert "no match for “xyzzy”" in d.text()
        await d.press("enter")
        assert isinstance(d.app.screen, Palette) or d.app.screen is d.screen
        assert not d.app._exit

    drive(act)


def test_every_action_is_offered_with_a_verb_and_its_key(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        await d.press("ctrl+p")
        palette = d.app.screen
        assert {key.action for key in palette.keys} == {k.action for k in RUN_KEYS} - {"interrupt"}
        choices = {choice.name: choice.key for choice in palette.box.choices}
        assert choices["Go to the noise"] == "Home"
        assert choices["Go ten steps back"] == "shift+←"
        assert choices["Inject less noise"] == "["
        assert choices["Search the commands"] == "Ctrl+P"
        assert choices["Quit"] == "q"
        assert all(name[0].isupper() for name in choices)

    drive(act)


@pytest.mark.parametrize("size", SIZES)
def test_enter_executes_and_the_key_stands_at_the_right(drive, size):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        await d.press("ctrl+p")
        for letter in "to the noise":
            await d.press("space" if letter == " " else letter)
        assert re.search(r"Go to the noise +Home │", d.text())
        await d.press("enter")
        await d.until(lambda: d.app.screen is d.screen and not d.screen.session.live)
        assert d.screen.session.index == 0

    drive(act, size=size)


def test_a_click_executes_and_typing_can_be_taken_back(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        await d.press("ctrl+p", *"zzz", "backspace", "ctrl+u")
        palette = d.app.screen
        assert len(palette.box.choices) == len(palette.keys)
        await d.press(*"redo")
        lines = d.lines()
        y = next(y for y, line in enumerate(lines) if "Redo" in line)
        assert await d.pilot.click(offset=(lines[y].index("Redo"), y))
        await d.until(lambda: "nothing to redo" in d.text())

    drive(act)


def test_escape_and_the_key_itself_close_it(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        for key in ("escape", "ctrl+p"):
            await d.press("ctrl+p")
            assert isinstance(d.app.screen, Palette)
            await d.press(key)
            assert d.app.screen is d.screen

    drive(act)


def test_a_command_that_has_no_room_ends_in_an_ellipsis(drive):
    async def act(d):
        await d.until(lambda: d.screen.state is State.DONE)
        await d.press("ctrl+p")
        row = next(line for line in d.lines() if "Use another backend" in line)
        assert re.search(r"… +B │", row), row

    drive(act, size=(40, 20))
