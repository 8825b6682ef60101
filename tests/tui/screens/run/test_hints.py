"""Hints at keys that were never used: after some quiet time, one at a time, and once only."""

import pytest

from diffviz.tui.keys import State
from diffviz.tui.screens.run.hints import HINTS, QUIET_S, SHOWN_S
from diffviz.tui.screens.run.run_screen import FRAMES_PER_S
from diffviz.tui.widgets.bars import Footer


async def done(d) -> None:
    await d.until(lambda: d.screen.state is State.DONE)
    await d.pilot.pause()


def wait(d, seconds: float) -> None:
    """Let the frames of some seconds pass."""
    for _ in range(round(seconds * FRAMES_PER_S)):
        d.screen.pull()


def hint(d) -> str:
    """Return the hint on the screen; empty for none."""
    notice = d.screen.query_one("#footer", Footer).notice
    return notice.removeprefix("hint: ") if notice.startswith("hint: ") else ""


def test_nothing_is_hinted_at_unless_it_was_asked_for(drive):
    async def act(d):
        await done(d)
        wait(d, 3 * (QUIET_S + SHOWN_S))
        assert not hint(d)
        assert d.app.choices.known_keys == ()

    drive(act)


def test_hints_come_one_after_the_other_and_never_again(drive):
    async def act(d):
        await done(d)
        d.screen.hints.begin(["move"])
        wait(d, QUIET_S - 1)
        assert not hint(d)
        wait(d, 2)
        await d.pilot.pause()
        first = hint(d)
        assert first == HINTS[1].words
        assert f"hint: {first}" in d.footer()
        assert "done: " in d.at("phase"), "the message of the end stays"
        wait(d, SHOWN_S)
        await d.pilot.pause()
        assert not hint(d)
        assert "space replay" in d.footer()
        wait(d, QUIET_S + 1)
        assert hint(d) == HINTS[2].words
        assert d.app.choices.known_keys == ("move", "branch", "zoom")
        wait(d, 60)
        assert not hint(d), "two from one start to the end"

    drive(act, size=(120, 40))


def test_a_key_puts_hints_off_and_is_known_from_then_on(drive):
    async def act(d):
        await done(d)
        d.screen.hints.begin([])
        wait(d, QUIET_S - 1)
        await d.press("z", "z", "z", "z")
        wait(d, QUIET_S - 1)
        assert not hint(d)
        assert d.app.choices.known_keys == ("zoom",)
        wait(d, 2)
        assert hint(d)
        await d.press("left")
        assert not hint(d), "what one does goes before"

    drive(act)


def test_no_hint_while_another_screen_is_shown_or_at_what_has_no_effect(drive):
    async def act(d):
        await done(d)
        d.screen.hints.begin([h.action for h in HINTS if h.action != "digit"])
        await d.press("question_mark")
        wait(d, 2 * QUIET_S)
        assert not hint(d)
        await d.press("escape")
        wait(d, 2 * QUIET_S)
        assert not hint(d), "these weights have no labels"

    drive(act)


def test_no_hint_while_the_weights_are_loading(drive):
    async def act(d):
        d.screen.hints.begin([])
        d.screen.enter(State.LOADING)
        wait(d, 2 * QUIET_S)
        assert not hint(d), "no key has an effect yet"
        d.screen.enter(State.PLAYING)
        wait(d, QUIET_S + 1)
        assert hint(d)

    drive(act, permits=1)


@pytest.mark.parametrize(
    "size",
    [
        (40, 20),
        (80, 24),
        *(pytest.param(size, marks=pytest.mark.slow) for size in ((60, 20), (200, 60))),
    ],
)
def test_hints_are_whole_and_cover_no_message(drive, size):
    async def act(d):
        await done(d)
        d.screen.hints.begin([])
        for _ in HINTS:
            wait(d, QUIET_S + 1)
            await d.pilot.pause()
            assert d.at("phase").startswith("done: ")
            if hint(d):
                assert d.footer().strip() == f"hint: {hint(d)}"
            await d.press("plus", "minus")
            d.screen.status.clear_notice()
            d.screen.show_status()
            await d.pilot.pause()

    drive(act, size=size)


def test_a_hint_gives_way_to_another_message_in_the_footer(drive):
    async def act(d):
        await done(d)
        footer = d.screen.query_one("#footer", Footer)
        d.screen.hints.begin([])
        wait(d, QUIET_S + 1)
        assert hint(d)
        footer.show_notice("recording", None)
        wait(d, SHOWN_S + 2 * QUIET_S)
        assert footer.notice == "recording"

    drive(act)


def test_every_hint_names_an_action_that_there_is(drive):
    async def act(d):
        for given in HINTS:
            name = f"action_{given.action}"
            assert hasattr(d.screen, name) or hasattr(d.app, name), given

    drive(act)
