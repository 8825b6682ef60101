"""Boxes over a screen: a border, a visible cursor, and the screen unchanged, on every terminal."""

import asyncio
import re

import pytest

from diffviz.tui.app import RunApp
from diffviz.tui.keys import State
from diffviz.tui.pixels.colours import Colours
from diffviz.tui.screens.help_screen import HelpScreen
from diffviz.tui.terminal import Terminal

from ..app_tester import AppTester, screen_lines, screen_strips

TERMINALS = {
    "dark": Terminal(),
    "light": Terminal(theme="light"),
    "256": Terminal(Colours.PALETTE, Colours.PALETTE),
    "16": Terminal(Colours.BASIC, Colours.BASIC),
    "mono": Terminal(Colours.MONO, Colours.MONO),
    "ascii": Terminal(Colours.ASCII, Colours.ASCII, braille=False),
}


@pytest.fixture
def drive_on(make_sampler, make_options, classifier):
    """Run ``act(tester)`` on a terminal, when the digit is finished."""

    def run(act, terminal: Terminal, size=(120, 40)):
        async def main():
            app = RunApp(make_options(), make_sampler(), classifier, terminal=terminal)
            async with app.run_test(size=size) as pilot:
                tester = AppTester(app, pilot)
                await tester.until(lambda: app.run_screen.state is State.DONE)
                await pilot.pause()
                await act(tester)
                app.bridge.driver.close()

        asyncio.run(main())

    return run


def cells(app) -> list[list[tuple[str, object, object]]]:
    """Return every cell of the screen: glyph, colour, background."""
    rows = []
    for strip in screen_strips(app):
        row = []
        for segment in strip:
            style = segment.style
            look = (style.color, style.bgcolor) if style else (None, None)
            row += [(glyph, *look) for glyph in segment.text]
        rows.append(row)
    return rows


@pytest.mark.parametrize("name", TERMINALS)
def test_the_screen_below_stays_as_it_is_and_the_box_has_a_border(drive_on, name):
    async def act(d):
        await d.press("2")
        for key in ("b", "question_mark", "ctrl+p", "colon", "m"):
            before = cells(d.app)
            await d.press(key)
            await d.until(lambda: d.app.screen is not d.app.run_screen)
            await d.pilot.pause(0.1)
            rows = list(zip(before, cells(d.app), strict=True))
            changed = [x for old, new in rows for x in range(100) if old[x] != new[x]]
            assert max(changed) - min(changed) < 99, f"{key}: as it was beside the box"
            assert rows[0][0] == rows[0][1], "the header too"
            corner = "+" if name == "ascii" else "╭"
            assert any(corner in line for line in screen_lines(d.app)[1:]), key
            await d.press("escape")
            await d.until(lambda: d.app.screen is d.app.run_screen)

    drive_on(act, TERMINALS[name], (100, 30))


@pytest.mark.parametrize("name", ["16", "mono", "ascii"])
@pytest.mark.parametrize("opener", ["ctrl+p", "m"])
def test_the_selected_row_of_a_list_is_marked(drive_on, opener, name):
    mark = ">" if name == "ascii" else "▸"

    def marked(d) -> list[str]:
        return [line for line in d.lines() if re.search(rf"[|│] ?{mark} \w", line)]

    async def act(d):
        await d.press(opener)
        await d.until(lambda: len(marked(d)) == 1)
        before = marked(d)
        await d.press("down")
        await d.until(lambda: len(marked(d)) == 1 and marked(d) != before)

    drive_on(act, TERMINALS[name], (80, 24))


@pytest.mark.parametrize(
    ("opener", "said"),
    [("ctrl+p", "up/down Enter: execute"), ("m", "Enter: choose  Esc: leave it")],
)
def test_the_keys_of_a_list_are_said_whole_in_the_smallest_terminal(drive_on, opener, said):
    async def act(d):
        await d.press(opener)
        await d.until(lambda: re.search(rf"{said} +[|]", d.text()))

    drive_on(act, TERMINALS["ascii"], (40, 20))


def test_the_typed_line_of_the_palette_ends_with_a_cursor_in_ascii(drive_on):
    async def act(d):
        await d.press("ctrl+p", *"slow")
        await d.until(lambda: "> slow| " in d.text())

    drive_on(act, TERMINALS["ascii"], (80, 24))


def test_the_help_filters_and_executes(drive_on):
    async def act(d):
        await d.press("question_mark", *"32 dig")
        box = d.app.screen.box
        assert [key.action for key in box.entries] == ["app.grid"]
        assert "32 digits at once" in d.text()
        assert "Go in time" not in d.text()
        await d.press("enter")
        await d.until(lambda: type(d.app.screen).__name__ == "GridScreen")
        await d.press("escape", "question_mark", *"zzz")
        assert "no key does that" in d.text()
        await d.press("escape")
        assert "Go in time" in d.text(), "the first Esc empties the filter"
        await d.press("escape")
        assert d.app.screen is d.app.run_screen

    drive_on(act, Terminal())


def test_the_help_has_one_page_where_all_keys_have_room(drive_on):
    async def act(d):
        await d.press("question_mark")
        box = d.app.screen.box
        assert box.pages == 1
        assert all(key.shown in d.text() for key in box.entries)
        assert "page" not in d.text()

    drive_on(act, Terminal(), (230, 60))


def test_a_click_in_the_help_executes(drive_on):
    async def act(d):
        await d.press("question_mark")
        lines = d.lines()
        y = next(y for y, line in enumerate(lines) if "choose a sampler" in line)
        assert await d.pilot.click(offset=(lines[y].index("choose a sampler"), y))
        await d.until(lambda: "sampler for the same seed" in d.text())

    drive_on(act, Terminal())


@pytest.mark.parametrize("size", [(40, 20), (60, 20), (80, 24), (120, 40), (230, 60)])
def test_every_key_of_the_help_is_reached_and_nothing_is_cut(drive_on, size):
    async def act(d):
        await d.press("question_mark")
        box = d.app.screen.box
        words = set()
        for page in range(box.pages):
            assert ("page" in d.text()) == (box.pages > 1), page
            words |= set(d.text().split())
            await d.press("pagedown")
        for key in box.entries:
            assert set(key.help.split()) <= words, key
        assert isinstance(d.app.screen, HelpScreen)
        selected = len(box.entries) - 1
        await d.press("up")
        assert box.selected == selected
        assert box._page == box.pages - 1, "the page follows"

    drive_on(act, Terminal(), size)


@pytest.mark.parametrize("keys", [(), ("question_mark",), ("ctrl+p", *"one step")])
def test_arrow_keys_are_named_where_there_is_only_ascii(drive_on, keys):
    async def act(d):
        await d.press("space", "left", *keys)
        await d.pilot.pause(0.1)
        shown = d.text()
        assert "left" in shown
        assert "shift <" not in shown
        assert "< >" not in shown.replace("< > ]", "")
        assert not any(f" {char} " in shown for char in "^v")

    drive_on(act, TERMINALS["ascii"], (80, 24))


@pytest.mark.parametrize("keys", [("2", "b"), ("question_mark",), ("colon",), ("2", "e")])
def test_the_screen_below_a_box_follows_the_size_of_the_terminal(drive_on, keys):
    async def act(d):
        await d.press(*keys)
        for size in [(60, 60), (80, 24), (120, 40), (60, 20)]:
            await d.pilot.resize_terminal(*size)
            await d.until(lambda n=size: len(d.lines()) == n[1] and len(d.lines()[0]) == n[0])
            footer = d.lines()[-1]
            assert "quit" in footer, (size, footer)

    drive_on(act, Terminal(), (100, 30))
