"""Commands that show how far they are: a signal ends them with the cursor back on."""

import os
import signal
import sys

import pytest

from diffviz.tui.terminal.signals import print_if_open

from ...processes import DIFFVIZ, TerminalProcess

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
GRID = ("--threads", 1, "--scenario", "grid", "--cast-version", 3)
HIDDEN, SHOWN = b"\x1b[?25l", b"\x1b[?25h"


def on_terminal(code: str, *arguments: object) -> TerminalProcess:
    return TerminalProcess(arguments, code, env=os.environ | {"TERM": "xterm-256color"})


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130), (signal.SIGQUIT, 131),
     (signal.SIGUSR2, 140)],
)  # fmt: skip
def test_a_signal_during_a_progress_bar_restores_the_cursor(number, status):
    with on_terminal(PROGRESS) as term:
        term.read_until(lambda: b"sampling" in term.printed)
        assert term.end(number) == status
        assert term.printed.rindex(SHOWN) > term.printed.rindex(HIDDEN)


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)],
)
def test_a_signal_during_a_recording_writes_what_was_recorded(tmp_path, number, status):
    path = tmp_path / "a.cast"
    with on_terminal(DIFFVIZ, "record", path, *GRID) as term:
        term.read_until(lambda: HIDDEN in term.printed)
        assert term.end(number) == status, term.text
        assert term.printed.rindex(SHOWN) > term.printed.rindex(HIDDEN)
        assert b"a.cast has the recording so far" in term.printed
    assert path.read_text().splitlines()[-1].endswith('"x", "0"]')


def test_a_closed_terminal_ends_a_recording_with_a_whole_file(tmp_path):
    path = tmp_path / "a.cast"
    with on_terminal(DIFFVIZ, "record", path, *GRID) as term:
        term.read_until(lambda: HIDDEN in term.printed)
        term.hang_up()
        term.process.send_signal(signal.SIGHUP)  # as its terminal's leader would have had
        assert term.process.wait(60) == 129
    assert path.read_text().splitlines()[-1].endswith('"x", "0"]')


def test_a_message_to_a_closed_terminal_raises_nothing(monkeypatch):
    with open("/dev/full", "w", buffering=1) as gone:
        monkeypatch.setattr(sys, "stdout", gone)
        print_if_open("the training goes on")  # raises nothing
        monkeypatch.undo()
        os.dup2(os.open(os.devnull, os.O_WRONLY), gone.fileno())  # so that closing it works
