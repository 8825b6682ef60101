"""What the terminal's window is told and asked: its title, and its background."""

import os

import pytest

from diffviz.core.phases import Phase
from diffviz.tui.keys import State
from diffviz.tui.screens.run.run_status import window_title
from diffviz.tui.terminal.themes import themed
from diffviz.tui.terminal.title import RESTORE, SAVE, set_title
from diffviz.tui.theme import BACKGROUND

from ...processes import TerminalProcess

RUN = ["run", "--sampler", "ddim", "--steps", "2", "--seed", "3", "--speed", "max"]


def painted(colour: str) -> bytes:
    """Return the sequence that paints a background."""
    return "48;2;{};{};{}".format(*(int(colour[i : i + 2], 16) for i in (1, 3, 5))).encode()


def run(*flags: str, background: str = "") -> TerminalProcess:
    """Run the app to its end; what was printed and left unread are kept."""
    env = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
    for name in ("NO_COLOR", "SSH_CONNECTION", "TMUX", "STY", "LC_ALL"):
        env.pop(name, None)
    with TerminalProcess([*RUN, *flags], env=env, background=background, patience=180) as term:
        term.read_until(lambda: b"done: " in term.printed)
        term.press(b"q")
        assert term.wait() == 0
        assert term.unread == 0, "an answer was left for the shell"
        return term


def test_an_automatic_theme_asks_and_the_title_is_given_back():
    term = run("--theme", "auto", background="ffff/ffff/ffff")
    assert painted(themed("light", BACKGROUND)) in term.printed
    begun, ended = term.printed.index(SAVE.encode()), term.printed.rindex(RESTORE.encode())
    assert begun < term.printed.index(set_title("diffviz seed 3").encode()) < ended
    assert term.printed.count(b"\x1b]2;") < 10, "not at each frame"


@pytest.mark.slow
@pytest.mark.parametrize("background", ["", "0000/0000/0000"])
def test_without_an_answer_or_with_a_dark_background_it_stays_dark(background):
    term = run("--theme", "auto", background=background)
    assert painted(themed("light", BACKGROUND)) not in term.printed
    assert painted(BACKGROUND) in term.printed


@pytest.mark.slow
def test_no_other_theme_asks():
    assert b"\x1b]11;" not in run().printed


def test_the_title_has_the_timestep_where_time_stands_still(drive):
    async def act(d):
        await d.until_t(778)
        session = d.screen.session
        phase = Phase.STATIC.label
        assert window_title(session, State.PLAYING) == f"diffviz seed 7 {phase}"
        assert d.app.window_title == f"diffviz seed 7 {phase}"
        await d.press("left")
        assert d.app.window_title == "diffviz seed 7 t=889"
        d.sampler.allow_all()
        await d.press("end")
        await d.until(lambda: d.screen.state is State.DONE)
        assert d.app.window_title == "diffviz seed 7"
        assert not d.app.titled, "not in tests and recordings"

    drive(act, permits=3)


def test_a_title_can_not_hold_sequences():
    assert set_title("a\x1b]2;b\x07") == "\x1b]2;a\\x1b]2;b\\x07\x1b\\"
