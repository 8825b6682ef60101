"""Habits from other terminal programs that no other test holds: docs/habits.md lists them all."""

import re
from pathlib import Path

import pytest

from diffviz.tui.command_palette import Palette
from diffviz.tui.keys import State
from diffviz.tui.screens.question import QuestionScreen

from .test_keys import SCREENS as TABLES

SCREENS = {
    "grid": ["g"],
    "race": ["c"],
    "forward": ["f"],
    "branch": ["3", "b", "1"],
    "tree": ["T"],
    "draw": ["D"],
}
BOXES = {"help": ["question_mark"], "palette": ["ctrl+p"], "prompt": ["colon"], "menu": ["m"]}
TABLE = Path(__file__).parents[2] / "docs" / "habits.md"


async def done(d) -> None:
    await d.until(lambda: d.screen.state is State.DONE)
    await d.pilot.pause()


@pytest.mark.parametrize("name", SCREENS)
def test_q_quits_from_every_screen(drive, name):
    async def act(d):
        await done(d)
        await d.press(*SCREENS[name])
        await d.until(lambda: d.app.screen is not d.screen)
        await d.until(lambda: not isinstance(d.app.screen, QuestionScreen))
        await d.press("q")
        await d.until(lambda: d.app._exit)
        assert d.app.return_code == 0

    drive(act)


@pytest.mark.parametrize("name", [*SCREENS, *BOXES])
def test_escape_goes_back_and_never_quits(drive, name):
    async def act(d):
        await done(d)
        await d.press(*(SCREENS | BOXES)[name])
        await d.until(lambda: d.app.screen is not d.screen)
        await d.pilot.pause()
        await d.press("escape")
        await d.until(lambda: d.app.screen is d.screen)
        await d.press("escape", "escape")
        assert d.app.screen is d.screen
        assert not d.app._exit

    drive(act)


def test_slash_searches_the_commands(drive):
    async def act(d):
        await done(d)
        await d.press("slash", *"exit")
        assert isinstance(d.app.screen, Palette)
        assert "Quit" in d.text()

    drive(act)


def test_the_hints_of_the_last_row_can_be_clicked(drive):
    async def act(d):
        await done(d)
        footer = d.footer()
        assert await d.pilot.click(offset=(footer.index("next seed") + 2, 23))
        await d.until(lambda: d.screen.session.seed == 8)
        await done(d)
        assert await d.pilot.click(offset=(d.footer().index("? help"), 23))
        await d.until(lambda: d.app.screen is not d.screen)
        await d.press("escape")
        assert await d.pilot.click(offset=(d.footer().index("q quit"), 23))
        await d.until(lambda: d.app._exit)

    drive(act)


def test_arrows_and_letters_move_in_lists(drive):
    async def act(d):
        await done(d)
        await d.press("m")
        box = d.app.screen.box
        last = len(box.choices) - 1
        for key, selected in (
            ("j", 1),
            ("down", 2),
            ("k", 1),
            ("up", 0),
            ("end", last),
            ("home", 0),
        ):
            await d.press(key)
            assert box.selected == selected, key

    drive(act)


def test_space_pauses_and_goes_on(drive):
    async def act(d):
        await d.until_t(778)
        await d.press("space")
        assert d.screen.state is State.PAUSED
        await d.press("space")
        assert d.screen.state is State.PLAYING

    drive(act, permits=3)


def test_copying_reaches_the_terminal_s_clipboard(drive):
    async def act(d):
        written = []
        await done(d)
        d.app._driver.write = written.append
        await d.press("y")
        assert any(re.match(r"\x1b\]52;c;", text) for text in written)

    drive(act)


def test_what_keys_change_is_what_is_remembered(drive):
    async def act(d):
        await done(d)
        before = d.app.choices
        await d.press("t", "minus", "tab")
        after = d.app.choices
        assert (before.theme, after.theme) == ("dark", "light")
        assert before.pace != after.pace
        assert before.panels != after.panels

    drive(act)


@pytest.mark.parametrize("name", TABLES)
def test_every_screen_has_the_keys_for_help_and_leaving(name):
    actions = {name: key.action for key in TABLES[name] for name in key.names.split(",")}
    wanted = {"question_mark": "help", "q": "quit", "ctrl+c": "interrupt"}
    assert wanted.items() <= actions.items()


def test_each_row_names_tests_that_there_are():
    rows = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 15
    for row in rows:
        named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", row)
        assert named or "| no: " in row, row
        for file, test in named:
            assert f"def {test}(" in (Path(__file__).parent / file).read_text("utf-8"), test
