"""``diffviz run`` for real in terminals of many kinds: no traceback, nothing it can't show."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from itertools import product

import pytest

COMMAND = [sys.executable, "-c", "import sys; from diffviz.tui.cli import main; sys.exit(main())"]
RUN = ["run", "--sampler", "ddim", "--steps", "2", "--seed", "3"]
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
    """Run it on a pty that answers like a terminal, press q when it is done."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    child = subprocess.Popen(
        [*COMMAND, *RUN], stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True
    )
    os.close(slave)
    out, end, pressed = b"", time.monotonic() + 180, False
    while time.monotonic() < end:
        try:
            new = os.read(master, 1 << 16) if select.select([master], [], [], 0.05)[0] else b""
        except OSError:  # the child has gone
            break
        out += new
        os.write(master, b"\x1b[1;1R" * new.count(b"\x1b[6n"))
        if not pressed and b"done: seed 3" in out and b"quit" in out:
            os.write(master, b"q")
            pressed = True
    os.close(master)  # what still runs gets SIGHUP
    return child.wait(), out


def check(term, colorterm, no_color, locale, tty) -> None:
    env = environment(term, colorterm, no_color, locale)
    if not tty:
        done = subprocess.run([*COMMAND, *RUN], env=env, capture_output=True, check=False)
        code, out = done.returncode, done.stdout + done.stderr
    else:
        code, out = on_terminal(env)
    assert code == 0, out[-300:]
    assert b"Traceback" not in out
    assert b"done: seed 3" in out
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
def test_a_few_terminals(kind):
    check(*kind)


@pytest.mark.slow
@pytest.mark.parametrize("kind", MATRIX, ids=str)
def test_all_terminals(kind):
    check(*kind)
