"""``diffviz doctor``: what was found out, and a card for each way to draw."""

import os
import subprocess
import sys

import pytest

from diffviz.core.errors import DiffvizError
from diffviz.tui.pixels.colours import Colours
from diffviz.tui.plain import doctor_backends
from diffviz.tui.plain.doctor import report
from diffviz.tui.terminal import Terminal

CODE = "import sys; from diffviz.tui.cli import main; sys.exit(main(['doctor', '--all']))"


def decided(pipes=(), **env) -> str:
    env = {"TERM": "xterm-256color", "LANG": "C.UTF-8"} | env
    return report(Terminal.decide(env, list(pipes), "utf-8"), everything=True)


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


@pytest.fixture
def installed(monkeypatch):
    """Return a set of the packages that are installed, on a computer without a GPU."""
    names = {"numpy"}
    monkeypatch.setattr(doctor_backends, "is_installed", lambda name: name in names)
    monkeypatch.setattr(doctor_backends, "find_device", lambda: "cpu")
    monkeypatch.setattr(doctor_backends, "version", lambda name: f"{name[0]}-1.5")
    return names


@pytest.mark.parametrize(
    ("there", "device", "backend"),
    [
        (["openvino", "torch"], "cpu", "openvino on cpu: the fastest"),
        (["torch"], "cpu", "pytorch on cpu: openvino is not installed"),
        ([], "cpu", "numpy on cpu: neither openvino nor torch is installed"),
        (["openvino", "torch"], "cuda", "pytorch on cuda: the only one"),
    ],
)
def test_the_backend_that_is_used_and_why(installed, monkeypatch, there, device, backend):
    installed |= {*there}
    monkeypatch.setattr(doctor_backends, "find_device", lambda: device)
    text = decided()
    assert f"\nbackend   {backend}" in text
    assert "\nnumpy     n-1.5\n" in text
    for name in ("openvino", "torch"):
        assert (f"\n{name:<10}{name[0]}-1.5\n" in text) == (name in there)
        assert (f"\n{name:<10}not installed" in text) == (name not in there)


def test_what_is_missing_comes_with_its_command(installed, monkeypatch):
    monkeypatch.setattr(sys, "prefix", "/nowhere")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setitem(sys.modules, "pip", sys)
    rows = dict(line.split(maxsplit=1) for line in decided().splitlines() if "not inst" in line)
    pip = f"{sys.executable} -m pip install"
    assert f": {pip} openvino" in rows["openvino"]
    assert f": {pip} torch torchvision (without CUDA: {pip} torch torchvision" in rows["torch"]


def test_a_device_that_fails_is_told(installed, monkeypatch):
    def fail():
        raise DiffvizError("torch can't be loaded")

    monkeypatch.setattr(doctor_backends, "find_device", fail)
    assert "backend   none on this device: torch can't be loaded" in decided()


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


def test_a_ruler_shows_whether_characters_are_drawn_wide():
    lines = report(Terminal(), everything=True).splitlines()
    at = next(number for number, line in enumerate(lines) if "twice as wide" in line)
    blocks, digits, advice = lines[at + 1 : at + 4]
    assert len(blocks) == len(digits)
    assert digits.isascii()
    assert not blocks.strip("|").isascii()
    assert "--color ascii" in advice
    assert "twice as wide" not in report(Terminal().showing(Colours.ASCII), everything=True)


def summary(terminal: Terminal | None = None) -> list[str]:
    env = {"TERM": "xterm-256color", "LANG": "C.UTF-8"}
    return report(terminal or Terminal.decide(env, [], "utf-8")).splitlines()


def test_three_lines_end_with_the_verdict(installed):
    installed |= {"openvino", "torch"}
    terminal, backend, verdict = summary()
    assert terminal.startswith("terminal  ")
    assert "256: TERM is xterm-256color" in terminal
    assert terminal.endswith("(more: diffviz doctor --all)")
    assert backend.startswith("backend   openvino on cpu")
    assert verdict == "verdict   all works: diffviz run"
    assert decided().splitlines()[-1] == verdict, "the same at the end of --all"


def test_the_verdict_says_what_is_missing(installed, monkeypatch):
    assert "all works but training; training needs PyTorch: " in summary()[-1]
    assert "torch" in summary()[-1].rpartition(": ")[2]
    pipe = Terminal.decide({"TERM": "xterm", "LANG": "C.UTF-8"}, ["stdout"], "utf-8")
    assert "diffviz run prints plain lines" in summary(pipe)[-1]

    def fail():
        raise DiffvizError("torch can't be loaded")

    monkeypatch.setattr(doctor_backends, "find_device", fail)
    assert summary()[-1].startswith("verdict   nothing can be sampled")
