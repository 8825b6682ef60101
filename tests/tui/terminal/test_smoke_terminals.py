"""``diffviz run`` for real in terminals of many kinds: no traceback, nothing it can't show."""

import os
import re
import subprocess
import sys
from itertools import product

import pytest

from ...processes import DIFFVIZ, TerminalProcess

RUN = ["run", "--sampler", "ddim", "--steps", "2", "--seed", "3", "--speed", "max"]
COLOUR = re.compile(rb"\x1b\[[\d;]*(?<!\d)(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[\d;]*m")

MATRIX = list(
    product(
        ("xterm-256color", "xterm", "screen", "linux", "vt100", "dumb", None),
        (None, "truecolor"),
        (None, "1"),
        ("C.UTF-8", "C"),
        (True, False),
    )
)
QUICK = [
    ("xterm-256color", None, None, "C.UTF-8", True),
    ("linux", None, "1", "C", True),
    ("xterm-256color", "truecolor", None, "C.UTF-8", False),
]


def environment(term, colorterm, no_color, locale) -> dict[str, str]:
    gone = ("TERM", "COLORTERM", "NO_COLOR", "LC_ALL", "LC_CTYPE", "TMUX", "STY", "SSH_CONNECTION")
    env = {k: v for k, v in os.environ.items() if k not in gone}
    told = {"TERM": term, "COLORTERM": colorterm, "NO_COLOR": no_color, "LANG": locale}
    return env | {name: value for name, value in told.items() if value is not None}


def on_terminal(env: dict[str, str]) -> tuple[int, bytes]:
    """Run it on a terminal, and press q when it is done."""
    with TerminalProcess(RUN, env=env, patience=180) as term:
        term.read_until(
            lambda: (
                term.process.poll() is not None
                or (b"done: " in term.printed and b"quit" in term.printed)
            )
        )
        term.press(b"q")
        return term.wait(), term.printed


def check(term, colorterm, no_color, locale, tty) -> None:
    env = environment(term, colorterm, no_color, locale)
    if not tty:
        done = subprocess.run(
            [sys.executable, "-c", DIFFVIZ, *RUN], env=env, capture_output=True, check=False
        )
        code, out = done.returncode, done.stdout + done.stderr
    else:
        code, out = on_terminal(env)
    assert code == 0, out[-300:]
    assert b"Traceback" not in out
    assert b"done: " in out
    app = tty and term not in ("dumb", None)
    assert (b"\x1b[?1049h" in out) == app
    if not app:
        assert b"\x1b" not in out
        assert out.isascii()
    if locale == "C":
        assert out.isascii()
    if no_color or term == "vt100":
        assert not COLOUR.search(out)
    elif app and locale != "C" and not (colorterm and term != "screen"):
        assert b"[48;2;" not in out
        assert b";48;2;" not in out


@pytest.mark.parametrize("kind", QUICK, ids=str)
def test_run_works_in_a_few_terminals(kind):
    check(*kind)


@pytest.mark.slow
@pytest.mark.parametrize("kind", MATRIX, ids=str)
def test_run_works_in_all_terminals(kind):
    check(*kind)
