"""``diffviz play`` for real, on a pty: what it shows and how it leaves the terminal."""

import os
import signal

import pytest

from diffviz.tui.casts.cast import CastEncoder, CastHeader

from ...processes import TerminalProcess


@pytest.fixture
def cast(tmp_path):
    encoder = CastEncoder(CastHeader(80, 24))
    path = tmp_path / "a.cast"
    lines = [encoder.output(0.1 * number, f"frame {number}") for number in range(5)]
    path.write_text("".join([encoder.header.line(), *lines]))
    return path


@pytest.fixture
def play(cast):
    opened = []

    def start(**popen) -> TerminalProcess:
        opened.append(TerminalProcess(["play", cast], size=(100, 30), **popen))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


@pytest.mark.parametrize(
    ("how", "code"), [(b"q", 0), (b"\x03", 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_keys_and_signals_end_play_with_the_terminal_restored(play, how, code):
    playing = play()
    playing.read_until(lambda: b"frame 4" in playing.printed)
    playing.send(how)
    assert playing.end() == code
    for mode in (b"\x1b[?1049", b"\x1b[?25"):
        on, off = (b"h", b"l") if mode.endswith(b"1049") else (b"l", b"h")
        assert playing.printed.rindex(mode + off) > playing.printed.rindex(mode + on)
    assert playing.modes_restored


def test_a_closed_terminal_exits_129(play):
    playing = play()
    playing.read_until(lambda: b"frame 0" in playing.printed)
    playing.hang_up()  # no SIGHUP: it isn't the leader of this terminal's session
    assert playing.process.wait(20) == 129


@pytest.mark.parametrize("typed", [True, False])
def test_a_second_interrupt_does_not_change_the_exit_status(play, typed):
    playing = play()
    playing.read_until(lambda: b"frame 4" in playing.printed)
    interrupt = b"\x03" if typed else signal.SIGINT
    playing.send(interrupt)
    playing.read_until(lambda: b"\x1b[?1049l" in playing.printed)  # it is on its way out
    playing.send(interrupt)
    assert playing.end() == 130
    assert playing.modes_restored


def test_a_terminal_with_only_ascii_gets_only_ascii(play, cast):
    encoder = CastEncoder(CastHeader(80, 24))
    drawn = encoder.output(0.1, "\x1b[1m█▀ an…\x1b[0m") + encoder.output(0.2, "seen")
    cast.write_text(encoder.header.line() + drawn)
    playing = play(env=os.environ | {"LC_ALL": "C"})
    playing.read_until(lambda: b" end " in playing.printed)
    playing.press(b"q")
    assert playing.end() == 0
    assert playing.printed.isascii()
    assert b'\x1b[1m#" ...\x1b[0m' in playing.printed
    assert b"left/right 5 s" in playing.printed


def test_a_truncated_cast_is_played_and_reported(play, cast):
    cast.write_bytes(cast.read_bytes()[:-6])
    playing = play()
    playing.read_until(lambda: b" end " in playing.printed)
    playing.press(b"q")
    assert playing.end() == 0
    assert b"frame 3" in playing.printed
    assert b"frame 4" not in playing.printed
    assert b"was cut off in line 6" in playing.printed[playing.printed.rindex(b"\x1b[?1049l") :]
