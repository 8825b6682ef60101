"""Only what draws goes into a recording, and comes out of one."""

import pytest

from diffviz.tui.casts.sequences import DrawingFilter, drawing_only

DRAWS = [
    "plain text, ▀ and é\r\n\t",
    "\x1b[38;5;240;48;2;1;2;3m▀\x1b[0m",
    "\x1b[12;40H\x1b[2J\x1b[K\x1b[3A",
    "\x1b[?25l\x1b[?1049h\x1b7\x1b8\x1bM",
]
REACHES_FURTHER = [
    "\x1b[6n",
    "\x1b[c\x1b[>q",
    "\x1b[?1000h\x1b[?1003h\x1b[?1006h\x1b[?2004h\x1b[?1004h",
    "\x1b[?2026h\x1b[?2026$p\x1b[?2048$p",
    "\x1b[>1u\x1b[<u\x1b[?u",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1b]0;a title\x1b\\",
    "\x1bP+q544e\x1b\\",
    "\x1b_Gf=24;AAAA\x1b\\",
    "\x1b[21t\x1b[5i\x1bc\x1b#8\x1b(0",
    "\x07\x0e\x0f\x05\x00\x7f\x9b6n",
]


@pytest.mark.parametrize("text", DRAWS)
def test_drawing_sequences_pass(text):
    assert drawing_only(text) == text


@pytest.mark.parametrize("text", REACHES_FURTHER)
def test_other_sequences_are_removed(text):
    rest = drawing_only(f"a{text}b")
    assert rest.replace("6n", "") == "ab"  # after C1's CSI, which no terminal is sent
    assert "\x1b" not in rest


def test_sequences_split_over_two_writes_are_joined():
    whole = "".join(DRAWS) + "x\x1b]52;c;ZXZpbA==\x07y" + "\x1b[6n" + "z"
    for cut in range(len(whole)):
        stream = DrawingFilter()
        assert stream.feed(whole[:cut]) + stream.feed(whole[cut:]) == "".join(DRAWS) + "xyz", cut


def test_an_endless_sequence_is_dropped_at_a_limit():
    stream = DrawingFilter()
    stream.feed("\x1b[")
    for _ in range(100):
        stream.feed("0" * 1000)
    assert stream.feed("m then text").endswith("then text")
