"""Commands that show how far they are: a signal ends them with the cursor back on."""

import os
import pty
import select
import signal
import subprocess
import sys
import time

import pytest

from diffviz.tui.terminal.exit_signals import say

RECORD = "import sys; from diffviz.tui.cli import main; sys.exit(main())"
PROGRESS = """
import sys, time
from diffviz.tui.cli import guarded
from diffviz.tui.plain.progress import work_progress

def command():
    with work_progress() as bar:
        bar("sampling", 1, 10)
        while True:
            time.sleep(0.05)  # one long sleep could begin just after the signal

sys.exit(guarded(command))
"""
HIDDEN, SHOWN = b"\x1b[?25l", b"\x1b[?25h"


class OnTerminal:
    """A Python program on a pty, for as long as the block lasts."""

    def __init__(self, code: str, *arguments: object) -> None:
        self.master, slave = pty.openpty()
        self.out = b""
        self.child = subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=os.environ | {"TERM": "xterm-256color"},
            start_new_session=True,
        )
        os.close(slave)

    def __enter__(self) -> "OnTerminal":
        return self

    def __exit__(self, *error: object) -> None:
        self.child.kill()
        self.child.wait()
        os.close(self.master)

    def read_until(self, done) -> None:
        end = time.monotonic() + 60
        while not done():
            assert time.monotonic() < end, self.out[-500:]
            if select.select([self.master], [], [], 0.02)[0]:
                try:
                    self.out += os.read(self.master, 65536)
                except OSError:  # all of it is read, and the child has gone
                    return

    def end(self) -> int:
        self.read_until(lambda: False)
        return self.child.wait(60)


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)],
)
def test_a_progress_bar(number, status):
    with OnTerminal(PROGRESS) as term:
        term.read_until(lambda: b"sampling" in term.out)
        term.child.send_signal(number)
        assert term.end() == status
        assert term.out.rindex(SHOWN) > term.out.rindex(HIDDEN)
        assert b"Traceback" not in term.out


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)],
)
def test_a_recording_keeps_what_there_is(tmp_path, number, status):
    path = tmp_path / "a.cast"
    with OnTerminal(RECORD, "record", path, "--threads", 1, "--scenario", "grid") as term:
        term.read_until(lambda: HIDDEN in term.out)
        term.child.send_signal(number)
        assert term.end() == status, term.out
        assert term.out.rindex(SHOWN) > term.out.rindex(HIDDEN)
        assert b"a.cast has what there was" in term.out
        assert b"Traceback" not in term.out
    assert path.read_text().splitlines()[-1].endswith('"x", "0"]')


def test_a_recording_whose_terminal_is_closed(tmp_path):
    path = tmp_path / "a.cast"
    with OnTerminal(RECORD, "record", path, "--threads", 1, "--scenario", "grid") as term:
        term.read_until(lambda: HIDDEN in term.out)
        os.close(term.master)
        term.master = os.open(os.devnull, os.O_RDONLY)
        term.child.send_signal(signal.SIGHUP)  # as its terminal's leader would have had
        assert term.child.wait(60) == 129
    assert path.read_text().splitlines()[-1].endswith('"x", "0"]')


def test_last_words_to_a_terminal_that_is_gone(monkeypatch):
    with open("/dev/full", "w", buffering=1) as gone:
        monkeypatch.setattr(sys, "stdout", gone)
        say("the training goes on")  # raises nothing
        monkeypatch.undo()
        os.dup2(os.open(os.devnull, os.O_WRONLY), gone.fileno())  # so that closing it works
