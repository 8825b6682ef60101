"""The terminal's answer about its background: understood, and never taken for keys."""

import pytest
from textual._xterm_parser import XTermParser
from textual.events import Key

from diffviz.tui.terminal.background import BackgroundAnswer, BackgroundAnswered, is_light

CURSOR = "\x1b[5;7R"


def taken(answer: BackgroundAnswer, *parts: str) -> list:
    """Return what is left of what the terminal sends, as the driver reads it."""
    parser = XTermParser()
    messages = [message for part in parts for message in parser.feed(part)]
    return [left for message in messages for left in answer.take(message)]


@pytest.fixture
def asked() -> BackgroundAnswer:
    answer = BackgroundAnswer()
    answer.expected = True
    return answer


@pytest.mark.parametrize(
    ("colour", "light"),
    [("ffff/ffff/ffff", True), ("1212/1414/1717", False), ("f/f/e", True), ("00/00/80", False)],
)
@pytest.mark.parametrize("end", ["\x1b\\", "\x07"])
def test_the_answer_is_understood_and_no_key_is_pressed_by_it(asked, colour, light, end):
    left = taken(asked, f"\x1b]11;rgb:{colour}{end}", CURSOR, "b")
    answers = [message for message in left if isinstance(message, BackgroundAnswered)]
    assert [answer.light for answer in answers] == [light]
    assert [key.key for key in left if isinstance(key, Key)] == ["b"]
    assert not asked.expected


def test_an_answer_in_pieces_is_one(asked):
    left = taken(asked, "\x1b]11;rg", "b:ffff/ff", "ff/ffff\x1b", "\\", CURSOR)
    assert any(isinstance(message, BackgroundAnswered) for message in left)
    assert not any(isinstance(message, Key) for message in left)


def test_keys_before_an_answer_are_keys(asked):
    left = taken(asked, "g", "^", "b")
    assert [key.character for key in left if isinstance(key, Key)] == ["g", "^", "b"]


def test_what_is_held_back_comes_when_no_answer_follows(asked):
    assert taken(asked, "^") == []
    assert [key.character for key in asked.over()] == ["^"]
    assert [key.character for key in taken(asked, "^", "]")] == ["^", "]"]


def test_an_answer_that_is_no_colour_changes_nothing(asked):
    assert taken(asked, "\x1b]11;?\x1b\\") == []
    assert is_light("ffff", "ffff", "0000")
    assert not is_light("ff", "00", "00")
