"""The app in a real terminal (a pty): how it is left, and what it leaves behind."""

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

LAUNCH = """
import contextlib, fcntl, importlib.util, sys, termios
from dataclasses import replace
spec = importlib.util.spec_from_file_location("fakes", {conftest!r})
fakes = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fakes)
from diffviz.core.errors import DiffvizError
from diffviz.tui.app import run_app
from diffviz.tui.options import RunOptions

def refuse(weights):
    raise DiffvizError("no weights 'toy'")

def hang(weights):
    import threading
    threading.Event().wait(60)

def with_torch(weights):
    import atexit, types
    sys.modules["torch"] = types.ModuleType("torch")
    atexit.register(print, "torn down")
    return fakes.FakeSampler(permits=1)

class Endless(fakes.FakeSampler):
    # Never stops drawing.

    def sample(self, seeds, num_inference_steps=None, **how):
        import numpy as np
        rng = np.random.default_rng(0)
        step = next(super().sample(seeds, 10))
        for index in range(10**9):
            x_t = rng.normal(size=(1, 28, 28))
            yield replace(step, index=index, total=10**9, x_t=x_t)

with contextlib.suppress(OSError):
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that the kernel sends SIGHUP when it goes away

sources = dict(
    endless=Endless(),
    with_torch=with_torch, fake=fakes.FakeSampler(permits=1), refuse=refuse, hang=hang
)
sys.exit(run_app(RunOptions("toy", 7, 10, "cpu", 1, None), sources[{source!r}], fakes.FakeJudge()))
"""
ON = [b"\x1b[?1049h", b"\x1b[?1000h", b"\x1b[?1003h", b"\x1b[?25l", b"\x1b[?2004h"]
OFF = [b"\x1b[?1049l", b"\x1b[?1000l", b"\x1b[?1003l", b"\x1b[?25h", b"\x1b[?2004l"]


class Terminal:
    """A child on a pty of its own."""

    def __init__(self, source: str) -> None:
        conftest = os.path.join(os.path.dirname(__file__), "conftest.py")
        code = LAUNCH.format(conftest=conftest, source=source)
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.modes = termios.tcgetattr(slave)
        self.slave = slave
        self.out = b""
        self.child = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
            start_new_session=True,
        )

    def read_until(self, done) -> None:
        end = time.monotonic() + 30
        while not done():
            assert time.monotonic() < end, self.out[-500:]
            if select.select([self.master], [], [], 0.02)[0]:
                self.out += os.read(self.master, 65536)

    def wait(self) -> int:
        self.read_until(lambda: self.child.poll() is not None)
        while select.select([self.master], [], [], 0)[0]:
            self.out += os.read(self.master, 65536)
        return self.child.returncode

    def close(self) -> None:
        self.child.kill()
        self.child.wait()
        os.close(self.master)
        os.close(self.slave)


@pytest.fixture
def terminal():
    opened = []

    def make(source: str) -> Terminal:
        opened.append(Terminal(source))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.mark.parametrize("source", ["fake", "hang"])
@pytest.mark.parametrize(
    ("how", "code"),
    [
        (b"q", 0),
        (b"\x03", 130),
        (signal.SIGTERM, 143),
        (signal.SIGHUP, 129),
        (signal.SIGINT, 130),
    ],
)
def test_leaving_restores_the_terminal(terminal, source, how, code):
    term = terminal(source)
    term.read_until(lambda: "▀".encode() in term.out and b"quit" in term.out)
    if isinstance(how, bytes):
        os.write(term.master, how)
    else:
        term.child.send_signal(how)
    assert term.wait() == code
    for on, off in zip(ON, OFF, strict=True):
        assert on in term.out
        assert term.out.rindex(off) > term.out.rindex(on)
    assert termios.tcgetattr(term.slave) == term.modes
    assert b"Traceback" not in term.out
    left = term.out[term.out.rindex(b"\x1b[?1049l") :]
    told = b"diffviz run --weights toy --seed 7 --sampler ddpm --steps 10\r\n" in left
    assert told == (code in (0, 130)), "how to see it again, on the terminal as it was"


def test_missing_weights_are_one_line_after_the_terminal_is_restored(terminal):
    term = terminal("refuse")
    assert term.wait() == 1
    left = term.out[term.out.rindex(b"\x1b[?1049l") :]
    assert b"diffviz: error: no weights 'toy'\r\n" in left
    assert left.count(b"\n") == 1
    assert b"Traceback" not in term.out


def test_with_torch_nobody_waits_for_its_teardown(terminal):
    term = terminal("with_torch")
    term.read_until(lambda: b"pause" in term.out and b"1,234" in term.out)
    os.write(term.master, b"q")
    assert term.wait() == 0
    assert b"torn down" not in term.out


def test_a_terminal_that_goes_away_ends_the_app(terminal):
    term = terminal("endless")
    term.read_until(lambda: b"1,234" in term.out)
    os.close(term.slave)
    os.close(term.master)  # the kernel sends SIGHUP
    term.master, term.slave = (os.open(os.devnull, os.O_RDONLY) for _ in range(2))
    assert term.child.wait(20) == 129


def test_a_terminal_that_nobody_reads_cannot_hold_up_a_signal(terminal):
    term = terminal("endless")
    term.read_until(lambda: b"1,234" in term.out)
    time.sleep(1.0)  # until everything between it and us is full
    term.child.send_signal(signal.SIGTERM)
    assert term.child.wait(20) == 143
    assert termios.tcgetattr(term.slave) == term.modes
