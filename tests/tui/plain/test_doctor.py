"""``diffviz doctor``: what was found out, and a card for each way to draw."""

import os
import subprocess
import sys

import pytest

from diffviz.tui.pixels.colours import Colours
from diffviz.tui.plain.doctor import report
from diffviz.tui.terminal import Terminal

CODE = "import sys; from diffviz.tui.cli import main; sys.exit(main(['doctor']))"


def decided(pipes=(), **env) -> str:
    env = {"TERM": "xterm-256color", "LANG": "C.UTF-8"} | env
    return report(Terminal.decide(env, list(pipes), "utf-8"))


def cards(text: str) -> list[str]:
    return [line.split()[1].rstrip(":") for line in text.splitlines() if line.startswith("--color")]


def used(text: str) -> list[str]:
    return [line.split()[1].rstrip(":") for line in text.splitlines() if "used here" in line]


def test_a_test_card_is_printed_in_every_colour_mode():
    text = decided()
    assert cards(text) == [colours.value for colours in Colours]
    assert used(text) == ["256"]
    assert "colours   256: TERM is xterm-256color" in text
    assert used(decided(COLORTERM="truecolor", SSH_CONNECTION="a 1 b 2")) == ["256"], "its pictures"
    assert used(decided(NO_COLOR="1")) == ["mono"]


def test_without_a_terminal_only_text_is_printed():
    text = decided(["stdout"])
    assert "\x1b" not in text
    assert cards(text) == ["mono", "ascii"]
    assert used(text) == ["mono"]


def test_without_utf8_only_ascii_is_printed():
    text = decided(LANG="C")
    assert text.isascii()
    assert cards(text) == used(text) == ["ascii"]


@pytest.mark.skipif(not os.path.exists("/proc/self/environ"), reason="only Linux tells")
@pytest.mark.parametrize(
    ("locale", "says"),
    [
        ({"LANG": "C"}, "ascii: LANG is C"),
        ({"LANG": "xx_XX.ISO-8859-1"}, "ascii: LANG is xx_XX.ISO-8859-1"),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, "256: TERM is xterm-256color"),
        ({}, "256: TERM is xterm-256color"),
    ],
)
def test_the_locale_shown_is_the_users(locale, says):
    gone = ("LANG", "LC_ALL", "LC_CTYPE", "COLORTERM", "NO_COLOR", "TMUX", "STY")
    env = {name: value for name, value in os.environ.items() if name not in gone}
    env |= {"TERM": "xterm-256color"} | locale
    command = [sys.executable, "-c", CODE]
    told = subprocess.run(command, env=env, capture_output=True, check=True).stdout.decode()
    assert f"colours   {says}" in told
