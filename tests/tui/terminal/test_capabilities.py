"""What is decided about a terminal: for every combination of what it says about itself."""

from itertools import product

import pytest

from diffviz.core.errors import DiffvizError
from diffviz.tui.pixels.colours import Colours
from diffviz.tui.terminal import LOCAL_FPS, REMOTE_FPS, Terminal
from diffviz.tui.terminal.capabilities import STILL_FPS
from diffviz.tui.terminal_app import TerminalApp

TRUE, PALETTE, BASIC, MONO, ASCII = Colours


def decide(*, pipes=(), encoding="utf-8", color="auto", fps=None, **env) -> Terminal:
    env = {"TERM": "xterm-256color", "LANG": "en_US.UTF-8"} | env
    env = {name: value for name, value in env.items() if value is not None}
    return Terminal.decide(env, list(pipes), encoding, color, fps)


# By TERM: without and with COLORTERM=truecolor.
TERMS = {
    "xterm": (BASIC, TRUE),
    "xterm-256color": (PALETTE, TRUE),
    "xterm-direct": (TRUE, TRUE),
    "xterm-kitty": (TRUE, TRUE),
    "xterm-ghostty": (TRUE, TRUE),
    "alacritty": (TRUE, TRUE),
    "foot-extra": (TRUE, TRUE),
    "tmux-256color": (PALETTE, TRUE),
    "screen": (BASIC, BASIC),
    "screen-256color": (PALETTE, PALETTE),
    "linux": (BASIC, TRUE),
    "rxvt-16color": (BASIC, TRUE),
    "vt100": (ASCII, ASCII),
    "xterm-mono": (MONO, MONO),
    "dumb": (MONO, MONO),
}
LOCALES = {
    ("utf-8", "en_US.UTF-8"): True,
    ("utf-8", "C.utf8"): True,
    ("utf-8", "de_DE.UTF-8@euro"): True,
    ("utf-8", None): True,
    ("utf-8", "C"): False,
    ("utf-8", "POSIX"): False,
    ("utf-8", "en_US.ISO-8859-1"): False,
    ("iso8859-1", "en_US"): False,
    ("ascii", "en_US.UTF-8"): False,
}


@pytest.mark.parametrize("term", TERMS)
def test_environment_decides_colours_and_app(term):
    """TERM x COLORTERM x NO_COLOR x locale x which streams are terminals."""
    every = product((None, "truecolor", "24bit", "yes"), (None, "", "1"), LOCALES, range(8))
    for colorterm, no_color, (encoding, locale), bits in every:
        pipes = [n for i, n in enumerate(("stdin", "stdout", "stderr")) if bits >> i & 1]
        terminal = decide(
            TERM=term,
            COLORTERM=colorterm,
            NO_COLOR=no_color,
            LANG=locale,
            encoding=encoding,
            pipes=pipes,
        )
        wanted = TERMS[term][colorterm in ("truecolor", "24bit")]
        if no_color:
            wanted = ASCII if term in ("linux", "vt100") else MONO
        if not LOCALES[encoding, locale]:
            wanted = ASCII
        assert terminal.colours is wanted
        assert terminal.interactive == (not pipes and term != "dumb")
        printable = wanted.plain or (term != "dumb" and "stdout" not in pipes)
        assert terminal.printing is (wanted if printable else terminal.printing)
        assert printable or terminal.printing.plain
        assert all(says for _, says in terminal.reasons)


@pytest.mark.parametrize("term", [None, "", "unknown", "dumb"])
def test_without_a_usable_term_there_is_no_app(term):
    assert not decide(TERM=term).interactive


@pytest.mark.parametrize("color", ["auto", *Colours])
def test_flags_override_the_environment(color):
    terminal = decide(NO_COLOR="1", LANG="C", SSH_TTY="/dev/pts/1", color=color, fps=7.0)
    assert terminal.colours is terminal.pictures
    assert terminal.colours.value == color or color == "auto"
    assert terminal.fps == 7.0


@pytest.mark.parametrize(
    ("asked", "found"),
    [("none", MONO), ("standard", BASIC), ("256", PALETTE), ("truecolor", TRUE), ("?", PALETTE)],
)
def test_textual_variables_are_respected(asked, found):
    terminal = decide(TEXTUAL_COLOR_SYSTEM=asked, TEXTUAL_FPS="12")
    assert terminal.colours is found
    assert terminal.fps == 12.0
    assert decide(TEXTUAL_FPS="x").fps == LOCAL_FPS


def test_over_ssh_pictures_use_fewer_colours_and_frames():
    near, far = decide(TERM="xterm-kitty"), decide(TERM="xterm-kitty", SSH_CONNECTION="a 1 b 2")
    assert (near.pictures, near.fps, near.remote) == (TRUE, LOCAL_FPS, False)
    assert (far.colours, far.pictures, far.fps) == (TRUE, PALETTE, REMOTE_FPS)
    assert near.rate is far.rate is None
    assert decide(SSH_CONNECTION="a 1 b 2", color="truecolor").pictures is TRUE


@pytest.mark.parametrize("env", [{"TMUX": "/tmp/t,1,0"}, {"STY": "1.a"}, {"TERM": "screen"}])
def test_a_multiplexer_over_ssh_gets_a_fixed_rate(env):
    assert decide(**env).rate is None
    far = decide(SSH_CONNECTION="a 1 b 2", **env)
    assert far.multiplexer in ("tmux", "screen")
    assert far.rate is not None
    assert far.rate <= 60_000


WEB = "textual.drivers.web_driver:WebDriver"


def test_a_given_driver_shows_the_app_in_full_colour_without_a_terminal():
    """As textual-serve starts a command, from a shell on another machine without UTF-8."""
    terminal = decide(
        TEXTUAL_DRIVER=WEB,
        TEXTUAL_FPS="60",
        TEXTUAL_COLOR_SYSTEM="truecolor",
        TERM=None,
        LANG="C",
        NO_COLOR="1",
        SSH_CONNECTION="a 1 b 2",
        TMUX="/tmp/t,1,0",
        encoding="ascii",
        pipes=["stdin", "stdout", "stderr"],
    )
    assert terminal.interactive
    assert terminal.elsewhere
    assert (terminal.colours, terminal.pictures, terminal.braille) == (TRUE, TRUE, True)
    assert (terminal.remote, terminal.multiplexer, terminal.rate) == (False, "", None)
    assert terminal.fps == LOCAL_FPS
    assert not terminal.escapes
    assert dict(terminal.reasons)["app"] == f"yes: TEXTUAL_DRIVER is {WEB}"
    flagged = decide(TEXTUAL_DRIVER=WEB, pipes=["stdin"], color="256", fps=5.0)
    assert (flagged.colours, flagged.fps) == (PALETTE, 5.0)
    assert not decide(TEXTUAL_DRIVER="", pipes=["stdin"]).interactive


@pytest.mark.parametrize("driver", ["nosuch:Driver", "textual.app:App", "os", "a b"])
def test_a_driver_that_is_none_is_refused(monkeypatch, driver):
    monkeypatch.setattr("textual.constants.DRIVER", driver)
    monkeypatch.setenv("TEXTUAL_DRIVER", driver)
    with pytest.raises(DiffvizError, match=f"'{driver}'.*unset it"):
        TerminalApp()


def test_reduced_motion_means_few_pictures_and_no_animation():
    for still in (decide(DIFFVIZ_REDUCE_MOTION="1"), Terminal.here(reduce_motion=True)):
        assert (still.still, still.fps) == (True, STILL_FPS)
        assert TerminalApp(still).animation_level == "none"
    assert decide(DIFFVIZ_REDUCE_MOTION="1", fps=1.0).fps == 1.0
    assert not decide(DIFFVIZ_REDUCE_MOTION="0").still
    assert TerminalApp(decide()).animation_level != "none"


def test_a_console_has_no_braille():
    assert not decide(TERM="linux").braille
    assert decide().braille


def test_a_digit_is_printed_in_colours_if_stdout_is_a_terminal():
    """As in a shell's greeting that throws away what goes to stderr."""
    greeting = decide(pipes=["stdin", "stderr"])
    assert not greeting.interactive
    assert greeting.printing is PALETTE
    assert decide(pipes=["stdout"]).printing is MONO
    assert decide(pipes=["stdout"], TERM="linux").printing is ASCII
