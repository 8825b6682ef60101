"""``diffviz play`` for real, on a pty: what it shows and how it leaves the terminal."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import pytest

from diffviz.tui.casts.cast import CastEncoder, CastHeader

CODE = "import sys; from diffviz.tui.cli import main; sys.exit(main())"


class Playing:
    """``diffviz play`` on a terminal of its own."""

    def __init__(self, path) -> None:
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        self.modes = termios.tcgetattr(self.slave)
        self.out = b""
        command = [sys.executable, "-c", CODE, "play", str(path)]
        tty = self.slave
        self.child = subprocess.Popen(
            command, stdin=tty, stdout=tty, stderr=tty, start_new_session=True
        )

    def read_until(self, done) -> None:
        end = time.monotonic() + 30
        while not done():
            assert time.monotonic() < end, self.out[-500:]
            if select.select([self.master], [], [], 0.02)[0]:
                self.out += os.read(self.master, 65536)

    def end(self) -> int:
        self.read_until(lambda: self.child.poll() is not None)
        while select.select([self.master], [], [], 0)[0]:
            self.out += os.read(self.master, 65536)
        return self.child.returncode


@pytest.fixture
def film(tmp_path):
    encoder = CastEncoder(CastHeader(80, 24))
    path = tmp_path / "a.cast"
    lines = [encoder.output(0.1 * number, f"frame {number}") for number in range(5)]
    path.write_text("".join([encoder.header.line(), *lines]))
    return path


@pytest.fixture
def play(film):
    opened = []

    def start() -> Playing:
        opened.append(Playing(film))
        return opened[-1]

    yield start
    for one in opened:
        one.child.kill()
        one.child.wait()
        os.close(one.master)
        os.close(one.slave)


@pytest.mark.parametrize(
    ("how", "code"), [(b"q", 0), (b"\x03", 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_the_terminal_is_as_it_was(play, how, code):
    playing = play()
    playing.read_until(lambda: b"frame 4" in playing.out)
    if isinstance(how, bytes):
        os.write(playing.master, how)
    else:
        playing.child.send_signal(how)
    assert playing.end() == code
    for mode in (b"\x1b[?1049", b"\x1b[?25"):
        on, off = (b"h", b"l") if mode.endswith(b"1049") else (b"l", b"h")
        assert playing.out.rindex(mode + off) > playing.out.rindex(mode + on)
    assert termios.tcgetattr(playing.slave) == playing.modes
    assert b"Traceback" not in playing.out


def test_a_terminal_that_is_closed_ends_it_as_a_hang_up(play):
    playing = play()
    playing.read_until(lambda: b"frame 0" in playing.out)
    os.close(playing.master)  # no SIGHUP: it isn't the leader of this terminal's session
    playing.master = os.open(os.devnull, os.O_RDONLY)
    assert playing.child.wait(20) == 129


@pytest.mark.parametrize("typed", [True, False])
def test_a_second_interrupt_changes_nothing(play, typed):
    playing = play()
    playing.read_until(lambda: b"frame 4" in playing.out)
    for _ in range(2):
        if playing.child.poll() is None:
            if typed:
                os.write(playing.master, b"\x03")
            else:
                playing.child.send_signal(signal.SIGINT)
        time.sleep(0.05)  # until it is on its way out
    assert playing.end() == 130
    assert termios.tcgetattr(playing.slave) == playing.modes


def test_what_was_cut_off_is_played_up_to_there(play, film):
    film.write_bytes(film.read_bytes()[:-6])
    playing = play()
    playing.read_until(lambda: b" end " in playing.out)
    os.write(playing.master, b"q")
    assert playing.end() == 0
    assert b"frame 3" in playing.out
    assert b"frame 4" not in playing.out
    assert b"was cut off in line 6" in playing.out[playing.out.rindex(b"\x1b[?1049l") :]
